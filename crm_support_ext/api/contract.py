"""The buttons on a contract's form in the desk."""

from __future__ import annotations

from typing import Any

import frappe
from frappe.utils import cint, getdate

from crm_support_ext.constants import CONTRACT, CUSTOMER
from crm_support_ext.domain.contracts import State, following
from crm_support_ext.store import contract_moves


@frappe.whitelist()
def moves(contract: str) -> list[str]:
	"""The states into which the present user may bring a contract now; none for who only reads it."""
	doc = frappe.get_doc(CONTRACT, contract)
	doc.check_permission("read")
	state, not_by_hand = State(doc.state), {State.EXPIRED}
	if state is State.EXPIRED:
		not_by_hand.add(State.ACTIVE)  # that is a renewal
	return [to.value for to in following(state) if to not in not_by_hand and doc.has_permission("write")]


@frappe.whitelist(methods=["POST"])
def move(contract: str, state: str, last_day: str | None = None) -> dict[str, Any]:
	"""Activate, suspend or end a contract; an ended one counts until its last day. Answers its state and last day."""
	frappe.get_doc(CONTRACT, contract).check_permission("write")
	doc = contract_moves.move_to(contract, State(state), getdate(last_day) if last_day else None)
	return {"state": doc.state, "end": doc.end}


@frappe.whitelist(methods=["POST"])
def renew(contract: str, months: int | str | None = None) -> dict[str, Any]:
	"""Join another term to a contract, of its own number of months or of this many. Answers its state and last day."""
	frappe.get_doc(CONTRACT, contract).check_permission("write")
	doc = contract_moves.renew(contract, cint(months))
	return {"state": doc.state, "end": doc.end}


@frappe.whitelist()
@frappe.validate_and_sanitize_search_inputs
def contacts(
	doctype: str, txt: str, searchfield: str, start: int, page_len: int, filters: dict
) -> list[tuple[str, ...]]:
	"""The contacts of a customer from whom those are chosen who may order, for whoever writes contracts."""
	frappe.has_permission(CONTRACT, "write", throw=True)
	contact, member = frappe.qb.DocType("Contact"), frappe.qb.DocType("HD Customer Member")
	wanted = f"%{txt}%"
	return (
		frappe.qb.from_(member)
		.join(contact)
		.on(contact.name == member.contact_name)
		.select(contact.name, contact.full_name, contact.email_id)
		.where((member.parenttype == CUSTOMER) & (member.parent == filters.get("customer")))
		.where(contact.name.like(wanted) | contact.full_name.like(wanted) | contact.email_id.like(wanted))
		.orderby(contact.full_name)
		.limit(page_len)
		.offset(start)
	).run()
