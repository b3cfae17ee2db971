"""The page behind the link that asks a reporter whether it is fixed."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.rate_limiter import rate_limit

from crm_support_ext.domain.releases import Fixed
from crm_support_ext.store import fixed, fixed_links
from crm_support_ext.store.contention import patiently
from crm_support_ext.store.frappe import now


@frappe.whitelist(allow_guest=True, methods=["POST"])
@rate_limit("key", limit=30, seconds=60 * 60)
def answer(key: str, fixed_for_me: str) -> None:
	"""Say Yes or No, by whoever has the link, and show the page again, which says what counts. The key is the permission."""
	if fixed_for_me not in [each.value for each in Fixed]:
		frappe.throw(_("Answer Yes or No; nothing was changed."))
	patiently(lambda: fixed.say(key, Fixed(fixed_for_me), now()))
	frappe.local.response["type"] = "redirect"
	frappe.local.response["location"] = fixed_links.address_of(key)
