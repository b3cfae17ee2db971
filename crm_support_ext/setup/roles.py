"""The roles of who keeps contracts and sells strippen, and of who decides on parked items and releases."""

from __future__ import annotations

import frappe

from crm_support_ext.constants import CONTRACT_MANAGER, PRODUCT_DIRECTOR

ROLES = (CONTRACT_MANAGER, PRODUCT_DIRECTOR)


def create() -> None:
	"""Make the roles that are missing."""
	for role in ROLES:
		if not frappe.db.exists("Role", role):
			frappe.get_doc({"doctype": "Role", "role_name": role, "desk_access": 1}).insert(
				ignore_permissions=True
			)


def remove() -> None:
	"""Take the roles away from their users and from the site, unless another app's records rest on them."""
	for role in ROLES:
		used = any(frappe.db.exists(doctype, {"role": role}) for doctype in ("DocPerm", "Custom DocPerm"))
		if frappe.db.exists("Role", role) and not used:
			frappe.db.delete("Has Role", {"role": role})
			frappe.delete_doc("Role", role, force=True, ignore_permissions=True)
