"""The ledger of a contract, for those who keep it: granted, sold, and an entry taken back (domain.md sections 6 and 9)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import frappe
from frappe import _

from crm_support_ext.constants import AGENT_MANAGER, CONTRACT, CONTRACT_MANAGER
from crm_support_ext.domain.booking import Lines
from crm_support_ext.domain.contracts import LIVE, Contract, State
from crm_support_ext.domain.results import Refusal
from crm_support_ext.domain.strippen import REVERSIBLE, amount
from crm_support_ext.services import ledger
from crm_support_ext.store import ledger_words
from crm_support_ext.store.contention import patiently
from crm_support_ext.store.contracts import as_rule
from crm_support_ext.store.frappe import now
from crm_support_ext.store.ledger import SiteLedger, Trial, balance_of, desk_zone, lock

KEEPERS = (CONTRACT_MANAGER,)
REVERSERS = (CONTRACT_MANAGER, AGENT_MANAGER)
BEGUN = frozenset(State) - {State.DRAFT}

Book = Callable[[SiteLedger, Contract, datetime, ZoneInfo], Lines | Refusal]


@frappe.whitelist()
def standing(contract: str) -> dict[str, Any]:
	"""The balance of a contract, and what the present user may do with its ledger; for whoever may read the contract.

	``may_correct`` has the kinds of entry that they may take back.
	"""
	doc = _read(contract)
	state, roles = State(doc.state), {*frappe.get_roles()}
	kinds = sorted(kind.value for kind in REVERSIBLE)
	return {
		"balance": ledger_words.left(balance_of(doc.name)),
		"may_add": state in LIVE and not roles.isdisjoint(KEEPERS),
		"may_correct": kinds if state in BEGUN and not roles.isdisjoint(REVERSERS) else [],
	}


@frappe.whitelist(methods=["POST"])
def grant(contract: str, units: str | float, reason: str) -> dict[str, Any]:
	"""Grant strippen by hand, with a reason, until the end of the contract year. Answers entries and balance."""
	frappe.only_for(KEEPERS, message=True)
	size = _units(units)
	return _booked(
		contract, LIVE, lambda store, value, at, zone: ledger.grant(store, value, size, at, zone, reason)
	)


@frappe.whitelist(methods=["POST"])
def purchase(contract: str, units: str | float, reason: str = "") -> dict[str, Any]:
	"""Book strippen that the customer bought, until the end of the contract year. Answers entries and balance."""
	frappe.only_for(KEEPERS, message=True)
	size = _units(units)
	return _booked(
		contract, LIVE, lambda store, value, at, zone: ledger.buy(store, value, size, at, zone, reason)
	)


@frappe.whitelist(methods=["POST"])
def correct(contract: str, number: int, reason: str) -> dict[str, Any]:
	"""Take an entry back by a new one that names it. Answers entries and balance."""
	frappe.only_for(REVERSERS, message=True)
	return _booked(
		contract, BEGUN, lambda store, value, at, zone: ledger.correct(store, value, number, at, zone, reason)
	)


@frappe.whitelist()
def preview(contract: str, number: int) -> dict[str, Any]:
	"""What the correction of an entry would do, in a sentence, and whether it is possible; nothing is booked."""
	frappe.only_for(REVERSERS, message=True)
	value, at, zone, trial = _in(BEGUN, _read(contract)), now(), desk_zone(), Trial()
	ledger.catch_up(trial, value, at, zone)
	before, entry = trial.account.balance, trial.entry(contract, number)
	lines = ledger.correct(trial, value, number, at, zone, reason="…")
	if isinstance(lines, Refusal) or entry is None:
		return {"possible": False, "words": ledger_words.refused(lines)}
	return {
		"possible": True,
		"words": ledger_words.correction(entry, lines, before, trial.account.balance),
	}


def _booked(contract: str, states: frozenset[State], book: Book) -> dict[str, Any]:
	_read(contract)
	lines = patiently(lambda: book(SiteLedger(), _in(states, lock(contract)), now(), desk_zone()))
	if isinstance(lines, Refusal):
		frappe.throw(ledger_words.refused(lines), title=_("Not possible"))
	return {"entries": [line.number for line in lines], "balance": ledger_words.left(balance_of(contract))}


def _read(contract: str) -> Any:
	doc = frappe.get_doc(CONTRACT, contract)
	doc.check_permission("read")
	return doc


def _in(states: frozenset[State], row: Any) -> Contract:
	"""The contract as it is today, if it is in one of these states."""
	if State(row.state) not in states:
		words = _("{0} is {1}: nothing can be booked on its ledger like this.")
		frappe.throw(words.format(row.name, _(row.state)), title=_("Not possible"))
	return as_rule(row)


def _units(units: str | float) -> Decimal:
	"""A typed number of strippen; one that came as JSON is taken as it was written."""
	try:
		return amount(str(units).strip())
	except ValueError:
		words = _("“{0}” is no number of strippen. Write it with at most two places, such as 2.50.")
		frappe.throw(words.format(units), title=_("Not possible"))
