"""What is done with a contract: activated, suspended, ended, renewed; and by the clock renewed or expired.

Each is one save, which checks it (the controller of Maintenance Contract). The customer is locked first, so that two
who do something at one moment wait for each other instead of going in a circle.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.utils import add_days, format_date, getdate

from crm_support_ext.constants import CONTRACT
from crm_support_ext.domain.contracts import COUNTING, Contract, State, overlapping, renewed
from crm_support_ext.store.contracts import as_stored, lock_customer, renewals_due


def for_change(name: str, day: date | None = None) -> Any:
	"""A contract to be changed, locked after its customer, with the terms by which it has renewed itself until a day."""
	lock_customer(frappe.db.get_value(CONTRACT, name, "customer"))
	doc = frappe.get_doc(CONTRACT, name, for_update=True)
	_join(doc, renewals_due(doc, day or getdate()))
	return doc


def move_to(name: str, state: State, last_day: date | None = None) -> Any:
	"""Bring a contract into a state; one that is ended counts until its last day, today if none is given."""
	doc = for_change(name)
	if state is State.ENDED:
		doc.end = min(last_day or getdate(), getdate(doc.end))
		if doc.end < getdate(doc.start):
			frappe.throw(
				_(
					"{0} begins on {1}. Suspend it until it is clear whether it is wanted, or delete it."
				).format(name, format_date(doc.start))
			)
	doc.state = state.value
	return doc.save()


def renew(name: str, months: int = 0) -> Any:
	"""Join another term to a contract, of its own length or of so many months; one that has expired runs again."""
	doc = for_change(name)
	if doc.state not in (State.ACTIVE.value, State.EXPIRED.value):
		frappe.throw(
			_("{0} is {1}. Only a contract that is active or has expired is renewed.").format(
				name, _(doc.state)
			)
		)
	months = months or doc.renew_months
	if months <= 0:
		frappe.throw(_("Say by how many months {0} is renewed.").format(name))
	_join(doc, [renewed(as_stored(doc), months)])
	doc.state = State.ACTIVE.value
	return doc.save()


def that_end(day: date) -> list[str]:
	"""The active contracts whose last day was before this one. One that is suspended waits for whoever resumes it."""
	filters = {"state": State.ACTIVE.value, "end": ("<", day)}
	return frappe.get_all(CONTRACT, filters=filters, pluck="name", order_by="end, name")


def settle_end(name: str, day: date) -> None:
	"""A contract whose last day has passed: renewed by as many terms as have begun since, or expired."""
	doc = for_change(name, day)
	is_over = doc.state == State.ACTIVE.value and getdate(doc.end) < day
	if is_over:
		doc.state = State.EXPIRED.value
	if is_over or doc.flags.cse_terms:
		doc.save(ignore_permissions=True)


def _join(doc: Any, terms: list[Contract]) -> None:
	"""Put further terms into a contract: each runs from the day after the one before."""
	joined = doc.flags.setdefault("cse_terms", [])
	for term in terms:
		joined.append((getdate(add_days(doc.end, 1)), term.end))
		doc.end = term.end


def check_merge(field: str, old: str, new: str) -> None:
	"""A customer or product that is merged into another must not leave two contracts for one day."""
	filters = {field: ("in", (old, new)), "state": ("in", [state.value for state in COUNTING])}
	docs = frappe.get_all(CONTRACT, filters=filters, fields=["*"], order_by="name")
	for one, other in overlapping(replace(as_stored(doc), **{field: new}) for doc in docs):
		frappe.throw(
			_("{0} and {1} would cover the same days if {2} became {3}. End one of them first.").format(
				one.name, other.name, old, new
			),
			title=_("Two contracts for one day"),
		)
