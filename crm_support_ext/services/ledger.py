"""Book strippen (domain.md section 6): work, purchases, grants by hand, what is given back, corrections.

Every booking first catches up the yearly lines that are due by then, and then books; the lines of both are sealed and
added together. If the booking is refused, the yearly lines are added all the same. A ledger is in order of time: what
is booked for a moment before its last entry is dated, and judged, as that entry.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal

from crm_support_ext.domain import booking
from crm_support_ext.domain.booking import Lines
from crm_support_ext.domain.chain import in_zone, seal
from crm_support_ext.domain.contracts import Contract
from crm_support_ext.domain.payment import Costing, Payment, pay
from crm_support_ext.domain.results import Refusal
from crm_support_ext.domain.strippen import NOTHING, Account, Kind, account_after, amount
from crm_support_ext.domain.yearly import yearly
from crm_support_ext.services.ports import Head, LedgerStore


@dataclass(frozen=True)
class _Opened:
	"""A ledger as it was, the yearly lines that are due, the account with them, and the moment of the booking."""

	before: Head
	due: Lines
	account: Account
	at: datetime


def catch_up(store: LedgerStore, contract: Contract, at: datetime, zone: tzinfo) -> Lines:
	"""Add the yearly lines that are due by a moment and not there yet; the answer is those lines."""
	opened = _open(store, contract, at, zone)
	_append(store, opened, ())
	return opened.due


def book(
	store: LedgerStore, contract: Contract, costing: Costing, at: datetime, zone: tzinfo
) -> Payment | Refusal:
	"""Pay work that is settled in strippen. Refusal: ``balance_too_low`` (facts ``left``, ``wanted``)."""
	opened = _open(store, contract, at, zone)
	payment = pay(opened.account, contract, costing, opened.at)
	_append(store, opened, () if isinstance(payment, Refusal) else payment.lines)
	return payment


def buy(
	store: LedgerStore, contract: Contract, units: Decimal, at: datetime, zone: tzinfo, reason: str = ""
) -> Lines | Refusal:
	"""Add a lot that the customer bought; it lasts to the end of the contract year. Refusals: those of ``grant``."""
	return _add_lot(store, contract, Kind.PURCHASE, units, at, zone, reason)


def grant(
	store: LedgerStore, contract: Contract, units: Decimal, at: datetime, zone: tzinfo, reason: str
) -> Lines | Refusal:
	"""Add a lot that somebody grants by hand; it lasts to the end of the contract year.

	Refusals: ``nothing_to_add`` (fact ``units``), ``outside_contract`` (facts ``day``, ``start``, ``end``),
	``reason_missing``.
	"""
	if not booking.one_line(reason):
		return Refusal("reason_missing")
	return _add_lot(store, contract, Kind.GRANT, units, at, zone, reason)


def give_back(
	store: LedgerStore, contract: Contract, work_log: str, at: datetime, zone: tzinfo, reason: str = ""
) -> Lines:
	"""Give back what a work log used and still has; the answer is empty if that is nothing."""
	opened = _open(store, contract, at, zone)
	entries = store.entries_of(contract.name, work_log)
	lines = booking.release(opened.account, entries, opened.at, reason)
	_append(store, opened, lines)
	return lines


def correct(
	store: LedgerStore, contract: Contract, number: int, at: datetime, zone: tzinfo, reason: str
) -> Lines | Refusal:
	"""Reverse an entry by a new one. Refusals: ``no_such_entry`` (fact ``number``), those of ``booking.correct``."""
	opened = _open(store, contract, at, zone)
	entry = store.entry(contract.name, number)
	if entry is None:
		lines: Lines | Refusal = Refusal("no_such_entry", {"number": number})
	else:
		reversal = store.reversal_of(contract.name, number)
		lines = booking.correct(opened.account, entry, reversal, opened.at, reason)
	_append(store, opened, () if isinstance(lines, Refusal) else lines)
	return lines


def _open(store: LedgerStore, contract: Contract, at: datetime, zone: tzinfo) -> _Opened:
	before = store.head(contract.name)
	last = before.account.at
	moment = in_zone(max(at, last) if last else at, zone)
	due = yearly(before.account, contract, moment, zone)
	return _Opened(before, due, account_after(before.account, due), moment)


def _append(store: LedgerStore, opened: _Opened, lines: Lines) -> None:
	added = (*opened.due, *lines)
	if added:
		store.append(opened.account.contract, seal(*opened.before, added))


def _add_lot(
	store: LedgerStore,
	contract: Contract,
	kind: Kind,
	units: Decimal,
	at: datetime,
	zone: tzinfo,
	reason: str,
) -> Lines | Refusal:
	opened = _open(store, contract, at, zone)
	lines = _lot(opened, contract, kind, amount(units), reason)
	_append(store, opened, () if isinstance(lines, Refusal) else lines)
	return lines


def _lot(opened: _Opened, contract: Contract, kind: Kind, units: Decimal, reason: str) -> Lines | Refusal:
	day = opened.at.date()
	year = contract.year_of(day)
	if year is None:
		return Refusal("outside_contract", {"day": day, "start": contract.start, "end": contract.end})
	if units <= NOTHING:
		return Refusal("nothing_to_add", {"units": units})
	if kind is Kind.GRANT:
		return booking.grant(opened.account, units, opened.at, day, year.last, reason)
	return booking.purchase(opened.account, units, opened.at, day, year.last, reason)
