"""All that stands on the page of a contract: what store/contract_sheets.py says of it, its ledger, its quotations."""

from __future__ import annotations

from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.query_builder import DocType
from frappe.query_builder.functions import Sum
from frappe.utils import add_days, getdate

from crm_support_ext.constants import BOOKED, CONTRACT, ENTRY, QUOTATION, WORK_LOG
from crm_support_ext.domain.contracts import State as ContractState
from crm_support_ext.domain.quotations import State
from crm_support_ext.domain.strippen import OPENING, Account, Kind
from crm_support_ext.store import contract_sheets as sheets
from crm_support_ext.store.amounts import day_in_words, hours, strippen
from crm_support_ext.store.frames import url_if_seen
from crm_support_ext.store.ledger import LedgerBroken, account_of
from crm_support_ext.store.quotation_words import address_of as quotation_url
from crm_support_ext.store.quotation_words import figures
from crm_support_ext.store.quotations import to_answer
from crm_support_ext.store.readers import contracts_read_by
from crm_support_ext.store.statement_sheets import column_words, latest
from crm_support_ext.store.statements import Period, choice_of, period_of, this_year

MOST = 50
"""So many entries stand on the page; all are in the statement."""


def page_of(name: str, others: list[str]) -> dict[str, Any]:
	"""The sheet of a contract; ``others`` are those from which the reader can choose."""
	doc = frappe.get_cached_doc(CONTRACT, name)
	first, last = this_year(name)
	return {
		"head": sheets.head(doc),
		"choices": sheets.choices(others) if len(others) > 1 else [],
		"quotations": waiting_quotations() or _sent_under(name),
		"included": sheets.included(doc),
		"people": sheets.people(doc),
		"remote_access": sheets.remote_access(doc),
		"hours": _hours(name, first, last),
		"statement": choice_of(name, first, last),
		"words": words(),
		**_of_the_ledger(doc, period_of(name, first, last)),
	}


def _of_the_ledger(doc: Any, period: Period) -> dict[str, Any]:
	"""Balance and entries; of a ledger that is not as it was written only that."""
	try:
		rows = list(latest(period, MOST))
		account = account_of(doc.name)
		return {
			"balance": sheets.balance(account, _kinds(account), getdate()),
			"entries": {"rows": rows, "words": _how_many(len(rows), period.count)},
		}
	except LedgerBroken as broken:
		frappe.clear_messages()
		return {"broken": str(broken), "entries": {"rows": []}}


def _kinds(account: Account) -> dict[str, Kind]:
	"""By which entry each lot was opened."""
	filters = {"contract": account.contract, "lot": ("in", [lot.name for lot in account.lots])}
	opening = {"kind": ("in", [kind.value for kind in OPENING])}
	rows = frappe.get_all(ENTRY, filters=filters | opening, fields=["lot", "kind"]) if account.lots else []
	return {row.lot: Kind(row.kind) for row in rows}


def _how_many(shown: int, count: int) -> str:
	if shown < count:
		return _("The last {0} of {1} entries of this contract year; the statement has them all.").format(
			shown, count
		)
	return _("All entries of this contract year, the newest first.")


def waiting_quotations() -> list[dict[str, str]]:
	"""The quotations that wait for the present reader's answer, under whichever contract or none."""
	names = to_answer(frappe.session.user)
	return _quotations(name=("in", names)) if names else []


def _sent_under(contract: str) -> list[dict[str, str]]:
	"""For the desk: those that wait for the customer's answer."""
	return _quotations(contract=contract)


def _quotations(**filters: Any) -> list[dict[str, str]]:
	rows = frappe.get_all(
		QUOTATION,
		filters={"state": State.SENT.value, "valid_until": (">=", getdate()), **filters},
		fields="*",
		order_by="valid_until asc, name asc",
	)
	return [
		{
			"name": row.name,
			"text": row.text or "",
			"figures": figures(row),
			"until": _("Answer by {0}").format(day_in_words(row.valid_until)),
			"url": quotation_url(row.name),
			"ticket": row.ticket or "",
			"ticket_url": url_if_seen(row.ticket),
		}
		for row in rows
	]


def _hours(contract: str, first: date, last: date) -> list[tuple[str, str]]:
	"""The hours that were worked under the contract on these days, by settlement."""
	log = DocType(WORK_LOG)
	rows = (
		frappe.qb.from_(log)
		.select(log.settlement, Sum(log.minutes))
		.where((log.contract == contract) & (log.state == BOOKED))
		.where((log.start >= first) & (log.start < add_days(last, 1)))
		.groupby(log.settlement)
		.orderby(log.settlement)
	).run()
	return [(_(settlement), hours(int(minutes))) for settlement, minutes in rows]


def own_contracts(user: str) -> dict[str, Any]:
	"""What the running contracts of a customer's reader have left, for the page on which a ticket is made."""
	docs = [frappe.get_cached_doc(CONTRACT, name) for name in contracts_read_by(user)]
	running = [doc for doc in docs if doc.state == ContractState.ACTIVE.value]
	left = {doc.name: _left(doc.name) for doc in running}
	items = [
		{
			"label": ", ".join(filter(None, (doc.name, doc.product, left[doc.name]))),
			"url": sheets.address_of(doc.name),
		}
		for doc in running
	]
	only = next(iter(left.values())) if len(left) == 1 else ""
	return {"label": only or _("Contract"), "items": items}


def _left(contract: str) -> str:
	try:
		return _("{0} left").format(strippen(account_of(contract).balance))
	except LedgerBroken:
		frappe.clear_messages()
		return ""


def words() -> dict[str, str]:
	"""What stands around the figures."""
	return {
		**column_words(),
		"print": _("Print"),
		"statement": _("Statement"),
		"choices": _("Your contracts"),
		"quotations": _("Quotations that wait for your answer"),
		"answer": _("Read and answer"),
		"balance": _("Balance"),
		"agreed": _("What is agreed"),
		"remote_access": _("How we connect to your computers"),
		"people": _("People"),
		"ours": _("Whom you can call"),
		"orderers": _("Who may order for you"),
		"nobody": _("Nobody is named."),
		"entries": _("What was granted and used"),
		"no_entries": _("Nothing was booked in this contract year yet."),
		"hours": _("Hours of work in this contract year"),
	}
