"""The contracts, plans, tariff and table of settlement that contract managers keep, as the values of the rules.

Whatever depends on a ticket's contract asks here: its hours and targets by the contract of the day on which the
ticket was made, its work by that of the day of the work. What is only read takes no lock; ``lock_customer`` is for
who changes a contract, so that two people cannot make two contracts overlap.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.query_builder import Order
from frappe.utils import getdate

from crm_support_ext.constants import CONTRACT, CUSTOMER, ENTRY, PLAN, RULES, TARIFF, TICKET_PRODUCT
from crm_support_ext.domain import settlement
from crm_support_ext.domain.chain import read_moment
from crm_support_ext.domain.contracts import (
	COUNTING,
	Contract,
	OnShortage,
	Plan,
	State,
	contract_on,
	renewed,
)
from crm_support_ext.domain.settlement import Choice, Place, Role, Rule
from crm_support_ext.domain.strippen import two_places
from crm_support_ext.domain.tariff import Price
from crm_support_ext.store.frappe import site_time

FIELDS = ("name", "customer", "product", "plan", "state", "start", "end", "renews", "renew_months")
"""The columns of a contract that make its value."""

_COUNTING = tuple(state.value for state in COUNTING)


def decimal(amount: Any) -> Decimal:
	"""An amount as a form keeps it, exact to two places: the one place where a float becomes a Decimal."""
	return two_places(Decimal(str(amount or 0)))


def plan_named(name: str) -> Plan:
	"""A Maintenance Plan as a value."""
	doc = frappe.get_cached_doc(PLAN, name)
	return Plan(
		doc.name,
		strippen_per_year=decimal(doc.strippen_per_year),
		is_pro_rata=bool(doc.pro_rata),
		carry_over=decimal(doc.carry_over),
		on_shortage=OnShortage(doc.on_shortage.lower()),
		purchase=decimal(doc.purchase),
	)


def as_stored(row: Any) -> Contract:
	"""A Maintenance Contract as it is written down."""
	return Contract(
		row.name or "",
		row.customer,
		plan_named(row.plan),
		getdate(row.start),
		getdate(row.end),
		row.product or "",
	)


def as_rule(doc: Any, day: date | None = None) -> Contract:
	"""A Maintenance Contract as a value, as it is on a day: with the terms by which it has renewed itself until then.

	So what is counted from it does not hang on whether the nightly job has written the renewal down yet.
	"""
	day = day or getdate()
	return _as_on(doc, _rows(doc.customer) if _has_renewed(doc, day) else (), day)


def is_still(contract: Contract, row: Any, day: date) -> bool:
	"""Whether a contract that was chosen for a day is what its row says, read again under its lock."""
	return is_counting(row) and as_rule(row, day) == contract


def contracts_of(customer: str, day: date | None = None) -> list[Contract]:
	"""The contracts of a customer whose days count, the newest first, as they are on a day."""
	rows = _rows(customer)
	return [_as_on(row, rows, day or getdate()) for row in rows]


def contract_of(customer: str | None, product: str | None, day: date) -> Contract | None:
	"""The contract under which a customer's work for a product is done on a day; None: there is none."""
	if not customer:
		return None
	return contract_on(contracts_of(customer, day), customer, product or "", day)


def contract_of_ticket(ticket: Any, day: date | None = None) -> Contract | None:
	"""The contract that counts for a ticket: for work on a day, or, without one, for its hours and targets."""
	if not ticket or not ticket.customer:
		return None
	key = (ticket.customer, ticket.get(TICKET_PRODUCT), day or getdate(ticket.creation))
	kept = ticket.flags if isinstance(ticket, Document) else frappe._dict()
	known = kept.setdefault("cse_contracts", {})
	if key not in known:
		known[key] = contract_of(*key)
	return known[key]


def is_under(ticket: Any, contract: str) -> bool:
	"""Whether this contract counts for a ticket's hours and targets."""
	found = contract_of_ticket(ticket)
	return bool(found) and found.name == contract


def document_of_ticket(ticket: Any) -> Any:
	"""The Maintenance Contract by whose hours and targets a ticket is counted; None: by the desk's own.

	``cse_counted_by`` is one that is not saved yet, of which somebody asks what it would move.
	"""
	if ticket and ticket.flags and ticket.flags.cse_counted_by:
		return ticket.flags.cse_counted_by
	contract = contract_of_ticket(ticket)
	return frappe.get_cached_doc(CONTRACT, contract.name) if contract else None


def last_booked(contract: str) -> date | None:
	"""The day of the last entry in a contract's ledger; None: it has no entry."""
	filters = {"contract": contract}
	at = frappe.db.get_value(ENTRY, filters, "at", order_by="number desc", for_update=True)
	return site_time(read_moment(at)).date() if at else None


def is_counting(doc: Any) -> bool:
	"""Whether the days of this contract count."""
	return State(doc.state) in COUNTING


def lock_customer(*customers: str | None) -> None:
	"""Let nobody else change a contract of these customers until this transaction ends. The first lock of all."""
	table = frappe.qb.DocType(CUSTOMER)
	for name in sorted(filter(None, set(customers))):
		frappe.qb.from_(table).select(table.name).where(table.name == name).for_update().run()


def others_of(doc: Any) -> list[Contract]:
	"""The customer's other contracts whose days count, as they are now, with what others have just written."""
	return [as_stored(row) for row in _rows(doc.customer, for_update=True) if row.name != doc.name]


def _rows(customer: str, *, for_update: bool = False) -> list[Any]:
	table = frappe.qb.DocType(CONTRACT)
	query = (
		frappe.qb.from_(table)
		.select(*FIELDS)
		.where((table.customer == customer) & table.state.isin(_COUNTING))
		.orderby(table.start, table.name, order=Order.desc)
	)
	return (query.for_update() if for_update else query).run(as_dict=True)


def _has_renewed(row: Any, day: date) -> bool:
	is_due = row.state == State.ACTIVE.value and row.renews and row.renew_months
	return bool(is_due) and getdate(row.end) < day


def _as_on(row: Any, rows: Sequence[Any], day: date) -> Contract:
	return [as_stored(row), *_renewals(row, rows, day)][-1]


def renewals_due(doc: Any, day: date) -> list[Contract]:
	"""What a contract has become by a day, term after term, since its last one was written down."""
	return list(_renewals(doc, _rows(doc.customer), day))


def _renewals(row: Any, rows: Sequence[Any], day: date) -> Iterator[Contract]:
	if not _has_renewed(row, day):
		return
	contract, others = as_stored(row), [as_stored(other) for other in rows if other.name != row.name]
	while contract.end < day:
		contract = renewed(contract, row.renew_months)
		if any(contract.overlaps(other) for other in others):
			return  # another has taken its place
		yield contract


def tariff() -> dict[str, Price]:
	"""The tariff of the site, by activity."""
	rows = frappe.get_all(TARIFF, fields=["name", "cost_by", "strippen"])
	return {row.name: _price(row.cost_by, decimal(row.strippen)) for row in rows}


def _price(cost_by: str, strippen: Decimal) -> Price:
	is_fixed = cost_by == "Fixed number"
	return Price(fixed=strippen) if is_fixed else Price(strippen)


def rules() -> tuple[Rule, ...]:
	"""The table of settlement of the site; the one of the house where nobody has written one."""
	return rules_of(frappe.get_cached_doc(RULES)) or settlement.RULES


SAYS_OF_CONTRACT = {None: "", True: "with a contract", False: "without a contract"}
"""What a row of Settlement Rules says of the customer's contract."""


def rules_of(doc: Any) -> tuple[Rule, ...]:
	"""The rows of Settlement Rules, in order."""
	has_contract = {words: has for has, words in SAYS_OF_CONTRACT.items()}
	return tuple(
		Rule(
			Choice(row.settlement),
			kind=row.kind or "",
			activity=row.activity or "",
			role=Role(row.role) if row.role else None,
			place=Place(row.place) if row.place else None,
			has_contract=has_contract.get(row.contract or ""),
		)
		for row in doc.rules
	)
