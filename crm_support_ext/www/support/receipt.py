"""The receipt of a ticket, for whoever may read the ticket: `/support/receipt?ticket=42`."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import frappe
from frappe import _

from crm_support_ext.constants import TICKET
from crm_support_ext.store.frappe import is_desk_user
from crm_support_ext.store.receipt_sheets import address_of, sheet_of

no_cache = 1


def get_context(context: Any) -> None:
	"""The receipt; a page that says so where there is no such ticket, or none that the reader may see."""
	name, user = str(frappe.form_dict.get("ticket") or ""), frappe.session.user
	if user == "Guest":
		frappe.flags.redirect_location = "/login?redirect-to=" + quote(address_of(name), safe="")
		raise frappe.Redirect(302)
	context.update({"title": _("Receipt"), "lang": frappe.local.lang})
	if not name or not frappe.get_list(TICKET, filters={"name": name}, limit=1):
		context.http_status_code = 404
		context.words = _("There is no such ticket, or it is not yours to see.")
		return
	context.sheet = sheet_of(name)
	place = "tickets" if is_desk_user(user) else "my-tickets"
	context.back = f"/helpdesk/{place}/{quote(name)}"
