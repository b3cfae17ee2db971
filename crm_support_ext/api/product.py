"""The products that a ticket may be about, for whoever may make one."""

from __future__ import annotations

import frappe

from crm_support_ext.constants import PRODUCT, TICKET


@frappe.whitelist()
def names() -> list[str]:
	"""The names of the products, in order."""
	frappe.has_permission(TICKET, "create", throw=True)
	return frappe.get_all(PRODUCT, pluck="name", order_by="name")
