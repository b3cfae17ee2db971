"""A quotation, for a contact who may order, and for the desk: `/support/quotation?name=SQ-00001`. Opening it answers nothing."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _

from crm_support_ext.constants import QUOTATION
from crm_support_ext.permissions import may_answer_quotation, may_see_quotation
from crm_support_ext.store.frames import Step, frame, let_guests_log_in, url_if_seen
from crm_support_ext.store.quotation_sheets import sheet_of
from crm_support_ext.store.quotation_words import address_of

no_cache = 1


def get_context(context: Any) -> None:
	"""The quotation; a page that says so where there is none, or none that the reader may see."""
	name = str(frappe.form_dict.get("name") or "")
	let_guests_log_in(address_of(name))
	if not may_see_quotation(name):
		context.frame = frame(_("Quotation"))
		context.http_status_code = 404
		context.words = _("There is no such quotation, or it is not yours to see.")
		return
	doc = frappe.get_doc(QUOTATION, name)
	context.frame = frame(_("Quotation {0}").format(name), Step(f"#{doc.ticket}", url_if_seen(doc.ticket)))
	context.sheet = sheet_of(doc, may_answer=may_answer_quotation(name))
