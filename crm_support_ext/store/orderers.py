"""Who may order paid work for a customer, and so is asked about a quotation (domain.md sections 4, 5 and 9).

Those whom the contract names, and the customer's managers in the portal; the managers are asked where the contract
names nobody who can log in, or where there is no contract.
"""

from __future__ import annotations

from typing import NamedTuple

import frappe

from crm_support_ext.constants import CONTRACT, CUSTOMER
from crm_support_ext.store.readers import MEMBER, ORDERER, managed_by, ordered_by


class Orderer(NamedTuple):
	"""A contact who may order, and the login by which they answer."""

	contact: str
	full_name: str
	user: str


class Orders(NamedTuple):
	"""For which customers, and under which contracts, somebody may order."""

	customers: frozenset[str]
	contracts: frozenset[str]

	def include(self, customer: str, contract: str | None) -> bool:
		"""Whether work for this customer, under this contract or without one, is among them."""
		return customer in self.customers or contract in self.contracts


def orderers_of(customer: str, contract: str | None) -> list[Orderer]:
	"""Who is asked, in the order in which the contract or the customer has them."""
	named = {"parenttype": CONTRACT, "parent": contract}
	theirs = {"parenttype": CUSTOMER, "parent": customer}
	members = frappe.get_all(MEMBER, theirs, ["contact_name", "is_manager"], order_by="idx")
	there = {member.contact_name for member in members}
	ordering = frappe.get_all(ORDERER, named, pluck="contact", order_by="idx") if contract else []
	found = _with_login([contact for contact in ordering if contact in there])
	return found or _with_login([member.contact_name for member in members if member.is_manager])


def orders_of(user: str) -> Orders:
	"""What this user may order."""
	managed, ordered = managed_by(user).run(pluck=True), ordered_by(user).run(pluck=True)
	return Orders(frozenset(managed), frozenset(ordered))


def _with_login(contacts: list[str]) -> list[Orderer]:
	rows = frappe.get_all("Contact", {"name": ("in", contacts)}, ["name", "full_name", "user"])
	people = {row.name: row for row in rows if _can_log_in(row.user)}
	return [
		Orderer(name, people[name].full_name or people[name].user, people[name].user)
		for name in dict.fromkeys(contacts)
		if name in people
	]


def _can_log_in(user: str | None) -> bool:
	return bool(user and frappe.db.get_value("User", user, "enabled", cache=True))
