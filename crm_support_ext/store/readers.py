"""Who at a customer's reads its contracts: those whom a contract names as orderers, and the customer's managers.

The columns "customer contact" and "customer manager" of domain.md section 9. A draft is nobody's but the desk's.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe.query_builder import DocType, Order

from crm_support_ext.constants import CONTRACT, CUSTOMER
from crm_support_ext.domain.contracts import State

ORDERER = "Contract Orderer"
MEMBER = "HD Customer Member"


def contracts_read_by(user: str) -> list[str]:
	"""The contracts that this user reads as a customer: those that run first, the newest before the older."""
	contract = DocType(CONTRACT)
	rows = (
		frappe.qb.from_(contract)
		.select(contract.name, contract.state)
		.where(contract.state != State.DRAFT.value)
		.where(contract.name.isin(ordered_by(user)) | contract.customer.isin(managed_by(user)))
		.orderby(contract.start, contract.name, order=Order.desc)
		.run(as_dict=True)
	)
	return [row.name for row in sorted(rows, key=lambda row: row.state != State.ACTIVE.value)]


def ordered_by(user: str) -> Any:
	"""A query for the contracts that name this user as orderer; who has left the customer orders nothing more."""
	orderer, contact, contract, member = map(DocType, (ORDERER, "Contact", CONTRACT, MEMBER))
	return (
		frappe.qb.from_(orderer)
		.join(contact)
		.on(contact.name == orderer.contact)
		.join(contract)
		.on(contract.name == orderer.parent)
		.join(member)
		.on((member.parent == contract.customer) & (member.contact_name == orderer.contact))
		.select(orderer.parent)
		.where((orderer.parenttype == CONTRACT) & (member.parenttype == CUSTOMER) & (contact.user == user))
	)


def managed_by(user: str) -> Any:
	"""A query for the customers that this user manages in the portal."""
	member, contact = DocType(MEMBER), DocType("Contact")
	return (
		frappe.qb.from_(member)
		.join(contact)
		.on(contact.name == member.contact_name)
		.select(member.parent)
		.where((member.parenttype == CUSTOMER) & (member.is_manager == 1) & (contact.user == user))
	)
