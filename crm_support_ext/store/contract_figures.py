"""What contract managers must see coming: which contracts expire, which are nearly used up, who has none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

import frappe
from frappe.query_builder.functions import Count, Max, Sum

from crm_support_ext.constants import BOOKED, CONTRACT, TICKET, WORK_LOG
from crm_support_ext.domain.contracts import COUNTING, Contract, State
from crm_support_ext.domain.strippen import Account
from crm_support_ext.domain.strippen_warnings import SHARES, share_used
from crm_support_ext.store.contracts import FIELDS, as_rule
from crm_support_ext.store.ledger import LedgerBroken, account_of

NEARLY = SHARES[0]
"""At so many per cent used a contract is nearly used up."""

YEAR = timedelta(days=365)
RUNNING = (State.ACTIVE.value, State.SUSPENDED.value)
_FIELDS = [*FIELDS, "notice_days"]


class Standing(NamedTuple):
	"""A contract as it stands on a day; ``account`` is None if its ledger is not as it was written."""

	doc: Any
	contract: Contract
	account: Account | None
	day: date

	@property
	def used(self) -> float | None:
		"""How many per cent of the contract year's strippen are used; None: there were none."""
		share = share_used(self.account, self.day) if self.account else None
		return None if share is None else float(share * 100)

	@property
	def is_nearly_used_up(self) -> bool:
		"""Whether the first share of which somebody is warned is reached."""
		share = share_used(self.account, self.day) if self.account else None
		return share is not None and share * 100 >= NEARLY

	@property
	def days_left(self) -> int:
		"""The days from this one to the last of its term."""
		return (self.contract.end - self.day).days

	@property
	def expires_soon(self) -> bool:
		"""Whether it is in its last days and does not renew itself."""
		is_near = 0 <= self.days_left <= (self.doc.notice_days or 0)
		return self.doc.state == State.ACTIVE.value and not self.doc.renews and is_near


def standings(day: date, only: Mapping[str, Any] | None = None) -> list[Standing]:
	"""The contracts that the present user may read, as they stand; those that end first, first."""
	docs = frappe.get_list(
		CONTRACT, filters=dict(only or {}), fields=_FIELDS, order_by="end, name", limit_page_length=0
	)
	return [Standing(doc, as_rule(doc, day), _account(doc.name), day) for doc in docs]


def _account(contract: str) -> Account | None:
	try:
		return account_of(contract)
	except LedgerBroken:
		frappe.clear_last_message()
		return None


def expiring(day: date) -> list[str]:
	"""The contracts that end within their notice and do not renew themselves."""
	filters = {"state": State.ACTIVE.value, "renews": 0, "end": (">=", day)}
	rows = frappe.get_list(
		CONTRACT, filters=filters, fields=["name", "end", "notice_days"], limit_page_length=0
	)
	return [row.name for row in rows if (row.end - day).days <= (row.notice_days or 0)]


def nearly_used_up(day: date) -> list[str]:
	"""The active contracts of which the first share is used that somebody is warned of."""
	found = standings(day, {"state": State.ACTIVE.value})
	return [standing.contract.name for standing in found if standing.is_nearly_used_up]


def without_contract(day: date) -> list[Any]:
	"""The customers with tickets in the year before a day and without a contract on it; most tickets first.

	Rows of ``customer``, ``tickets``, ``last_ticket``, ``minutes`` that were worked without a contract, and of the last
	contract that they had, if any, ``contract`` and ``ended``.
	"""
	tickets = frappe.qb.DocType(TICKET)
	rows = (
		frappe.qb.from_(tickets)
		.select(tickets.customer, Count("*").as_("tickets"), Max(tickets.creation).as_("last_ticket"))
		.where((tickets.creation >= day - YEAR) & tickets.customer.isnotnull() & (tickets.customer != ""))
		.groupby(tickets.customer)
	).run(as_dict=True)
	known, minutes = _counting(day), _minutes_without(day)
	covered = {contract.customer for contract in known if contract.covers(day)}
	last = {contract.customer: contract for contract in known}
	for row in rows:
		had = last.get(row.customer)
		row.update(
			{"minutes": minutes.get(row.customer, 0), "contract": had and had.name, "ended": had and had.end}
		)
	found = [row for row in rows if row.customer not in covered]
	return sorted(found, key=lambda row: (-row.tickets, row.customer))


def _counting(day: date) -> list[Contract]:
	"""The contracts whose days count, as they are on a day; those that end last, last."""
	filters = {"state": ("in", [state.value for state in COUNTING])}
	docs = frappe.get_all(CONTRACT, filters=filters, fields=_FIELDS)
	return sorted((as_rule(doc, day) for doc in docs), key=lambda contract: contract.end)


def _minutes_without(day: date) -> dict[str, int]:
	logs = frappe.qb.DocType(WORK_LOG)
	without = logs.contract.isnull() | (logs.contract == "")
	return dict(
		frappe.qb.from_(logs)
		.select(logs.customer, Sum(logs.minutes))
		.where((logs.state == BOOKED) & (logs.start >= day - YEAR) & without & (logs.minutes > 0))
		.groupby(logs.customer)
		.run()
	)
