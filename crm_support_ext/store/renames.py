"""A customer, a contact or a product is renamed, merged into another or deleted: what parked items, releases and
installations make of it.

The framework moves or empties the links of the tickets by itself, and saves none of them. It counts nobody anew, knows
nothing of names that are made of other names, and leaves two installations where there may be one.
"""

from __future__ import annotations

from typing import Literal

import frappe
from frappe import _
from frappe.model.rename_doc import rename_doc

from crm_support_ext.constants import INSTALLATION, PARKING, RELEASE, TICKET
from crm_support_ext.store import parkings

Who = Literal["customer", "contact"]


def read_anew(field: Who, *names: str) -> None:
	"""Let the waits of these customers or contacts be whose the tickets are by now, and count anew for what they wait."""
	fields = ["name", "ticket", "item", "until"]
	waits = frappe.get_all(PARKING, filters={field: ("in", names)}, fields=fields)
	items = {wait.item for wait in waits if not wait.until}
	parkings.lock(items)
	for wait in waits:
		who = ["customer", "contact", "raised_by"]
		ticket = frappe.db.get_value(TICKET, wait.ticket, who, as_dict=True) or frappe._dict()
		found = {"customer": ticket.customer, "contact": ticket.contact or ticket.raised_by}[field]
		kept = {field: found} if wait.until or field == "contact" else {field: found, "judge_again": 1}
		frappe.db.set_value(PARKING, wait.name, kept, update_modified=False)
	parkings.recount(items)


def forget_installations(customer: str) -> None:
	"""A customer that is deleted has nothing installed."""
	frappe.db.delete(INSTALLATION, {"customer": customer})


def keep_one_installation(field: str, old: str, new: str) -> None:
	"""Before one customer or product (``field``) is merged into another: of two installations of one product at one
	customer's, that which was with the other stays."""
	other = {"customer": "product", "product": "customer"}[field]
	stay = frappe.get_all(INSTALLATION, filters={field: new}, pluck=other)
	frappe.db.delete(INSTALLATION, {field: old, other: ("in", stay or [""])})


def check_releases(old: str, new: str) -> None:
	"""Refuse to merge two products that have a release of the same version."""
	both = [set(frappe.get_all(RELEASE, filters={"product": name}, pluck="version")) for name in (old, new)]
	for version in sorted(set.intersection(*both)):
		frappe.throw(
			_(
				"{0} and {1} both have a release {2}, so they stay two products. Delete one of the two releases first."
			).format(old, new, version)
		)


def rename_releases(product: str) -> None:
	"""Name the releases of a product after it, as they were before it was renamed or another was merged into it."""
	rows = frappe.get_all(RELEASE, filters={"product": product}, fields=["name", "version"])
	for row in rows:
		if row.name != f"{product} {row.version}":
			rename_doc(
				RELEASE,
				row.name,
				f"{product} {row.version}",
				force=True,
				ignore_permissions=True,
				show_alert=False,
				rebuild_search=False,
			)
