"""Who may do what on the desk (domain.md section 9)."""

from __future__ import annotations

from typing import Any

import frappe

from crm_support_ext.constants import (
	AGENT_MANAGER,
	CAN_GO_ON,
	CONTRACT,
	CONTRACT_MANAGER,
	PRODUCT_DIRECTOR,
	QUOTATION,
	REASON,
	SYSTEM_MANAGER,
	TICKET,
	TICKET_PRODUCT,
	WAY_AROUND,
	WORK_LOG,
)
from crm_support_ext.domain.lifecycle import MAY, Actor, Event, Status, decide
from crm_support_ext.domain.quotations import State as Quoted
from crm_support_ext.store.frappe import is_desk_user, status_of
from crm_support_ext.store.orderers import orders_of
from crm_support_ext.store.readers import contracts_read_by

CUSTOMERS_OWN = frozenset(
	{"subject", "description", "attachment", "feedback", "feedback_rating", "feedback_extra", REASON}
)
"""The fields of a ticket that are the customer's to write, besides the template's and a close or reopening."""

CUSTOMERS_FIRST = frozenset(
	{
		*("ticket_type", "contact", "customer", "template", "raised_by", "via_customer_portal"),
		*(CAN_GO_ON, WAY_AROUND, TICKET_PRODUCT),
	}
)
"""What a customer may choose once, when the ticket is made; the helpdesk checks contact and customer."""


DECIDED_ELSEWHERE = frozenset({"status", "status_category", "key"})
"""Decided anew at every save, or made by the helpdesk when the ticket is made."""


def actor() -> Actor:
	"""On whose behalf the present request acts."""
	user = frappe.session.user
	if user == "Administrator" or not {AGENT_MANAGER, SYSTEM_MANAGER}.isdisjoint(frappe.get_roles(user)):
		return Actor.MANAGER
	return Actor.AGENT if is_desk_user(user) else Actor.CUSTOMER


def has_app_permission() -> bool:
	"""Whether the list of apps shows the Support Desk to the present user."""
	return actor() is not Actor.CUSTOMER


def may(doc, event: Event) -> bool:
	"""Whether the present user may bring this about on a ticket as it stands: the tables of the life cycle."""
	return event in MAY[actor()] and isinstance(decide(status_of(doc), event), Status)


def is_product_director(user: str | None = None) -> bool:
	"""Whether this user, or the present one, decides on parked items and releases."""
	user = user or frappe.session.user
	return user == "Administrator" or PRODUCT_DIRECTOR in frappe.get_roles(user)


def sees_all_work(user: str) -> bool:
	"""Whether this user reads everybody's work logs; an agent reads their own."""
	roles = {AGENT_MANAGER, CONTRACT_MANAGER, SYSTEM_MANAGER}
	return user == "Administrator" or not roles.isdisjoint(frappe.get_roles(user))


def work_logs_of(user: str | None = None, doctype: str | None = None) -> str:
	"""The condition of lists and reports on the work logs that a user reads."""
	user = user or frappe.session.user
	return "" if sees_all_work(user) else f"`tab{WORK_LOG}`.agent = {frappe.db.escape(user)}"


def may_see_work_log(doc: Any, ptype: str = "read", user: str | None = None, **_: Any) -> bool:
	"""Whether a user reads this work log; what else may be done with it, its roles say."""
	user = user or frappe.session.user
	return sees_all_work(user) or doc.agent == user


def may_see_contract(contract: str, user: str | None = None) -> bool:
	"""Whether a user may read a contract with its balance and statement: whoever reads contracts on the desk, its
	orderers, and the managers of its customer."""
	user = user or frappe.session.user
	if user == "Guest" or not frappe.db.exists(CONTRACT, contract):
		return False
	return bool(frappe.has_permission(CONTRACT, "read", user=user)) or contract in contracts_read_by(user)


def may_answer_quotation(name: str) -> bool:
	"""Whether the present user may order, and so answer this quotation; a draft is nobody's but the desk's."""
	row = frappe.db.get_value(QUOTATION, name, ["customer", "contract", "state"], as_dict=True)
	if not row or row.state == Quoted.DRAFT.value:
		return False
	return orders_of(frappe.session.user).include(row.customer, row.contract)


def may_see_quotation(name: str) -> bool:
	"""Whether the present user may read this quotation: who may answer it, and whoever reads it on the desk."""
	if not name or not frappe.db.exists(QUOTATION, name):
		return False
	return may_answer_quotation(name) or bool(frappe.has_permission(QUOTATION, "read", name))


def template_fields(template: str | None) -> set[str]:
	"""The fields that the ticket's template lets the customer fill in."""
	rows = frappe.get_cached_doc("HD Ticket Template", template or "Default").fields
	return {
		row.fieldname for row in rows if not row.hide_from_customer and not row.fieldname.startswith("cse_")
	}


def not_the_customers(doc) -> list[str]:
	"""The fields that differ from what is stored, or from a new ticket's, and are not the customer's to write."""
	own = CUSTOMERS_OWN | template_fields(doc.template)
	if doc.is_new():
		before, own = frappe.new_doc(TICKET), own | CUSTOMERS_FIRST
	else:
		before = doc.get_doc_before_save()
	return [
		field.fieldname
		for field in doc.meta.get("fields")
		if field.fieldname not in own | DECIDED_ELSEWHERE
		and field.fieldtype not in frappe.model.no_value_fields
		and _differs(doc, before, field.fieldname)
	]


def _differs(doc, before, fieldname: str) -> bool:
	old, new = before.get(fieldname) or None, doc.get(fieldname) or None
	return old != new and str(old) != str(new)
