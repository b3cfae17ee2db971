"""The six statuses in the customer's words (domain.md section 1), in the one language that the helpdesk can show."""

from __future__ import annotations

import frappe
from frappe import _

from crm_support_ext.constants import SETTINGS, TICKET_STATUS
from crm_support_ext.domain.lifecycle import Status


def site_language() -> str:
	"""The language in which the site speaks to everyone: the setting, else the system's."""
	return frappe.get_cached_doc(SETTINGS).wording_language or frappe.db.get_default("lang") or "en"


def customer_wording() -> dict[Status, str]:
	"""What the customer reads for each status. Closed stays as it is: the portal knows it by that word."""
	lang = site_language()
	return {
		Status.NEW: _("Not yet taken up", lang=lang),
		Status.OPEN: _("An agent works on it", lang=lang),
		Status.PENDING: _("We wait for your answer", lang=lang),
		Status.PARKED: _("Needs a software change", lang=lang),
		Status.RESOLVED: _("Answered", lang=lang),
	}


def apply_wording() -> None:
	"""Write the customer's words into the status records."""
	for status, words in customer_wording().items():
		frappe.db.set_value(TICKET_STATUS, status.value, {"different_view": 1, "label_customer": words})
	frappe.clear_document_cache(TICKET_STATUS)
