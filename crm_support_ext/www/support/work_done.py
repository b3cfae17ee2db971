"""The hours and the progress of a ticket, for whoever may read it: `/support/work-done?ticket=42`."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _

from crm_support_ext.constants import TICKET
from crm_support_ext.store.frames import Step, frame, let_guests_log_in, tickets_url
from crm_support_ext.store.work_sheets import address_of, sheet_of

no_cache = 1


def get_context(context: Any) -> None:
	"""The sheet; a page that says so where there is no such ticket, or none that the reader may see."""
	name = str(frappe.form_dict.get("ticket") or "")
	let_guests_log_in(address_of(name))
	if not name or not frappe.get_list(TICKET, filters={"name": name}, limit=1):
		context.frame = frame(_("Hours and progress"))
		context.http_status_code = 404
		context.words = _("There is no such ticket, or it is not yours to see.")
		return
	context.frame = frame(_("Hours and progress"), Step(f"#{name}", tickets_url(name)))
	context.sheet = sheet_of(name)
