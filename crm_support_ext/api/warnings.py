"""The page behind the link in a warning."""

from __future__ import annotations

import frappe
from frappe.rate_limiter import rate_limit

from crm_support_ext.store import warning_links
from crm_support_ext.store.frappe import now


@frappe.whitelist(allow_guest=True, methods=["POST"])
@rate_limit(limit=30, seconds=60 * 60)
def acknowledge(key: str) -> None:
	"""Say that a warning was seen, by whoever has its link, and show the page again. The key is the permission."""
	warning_links.acknowledge(key, now())
	frappe.local.response["type"] = "redirect"
	frappe.local.response["location"] = warning_links.address_of(key)
