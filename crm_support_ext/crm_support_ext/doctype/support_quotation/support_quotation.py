"""An offer for paid work on a ticket: an estimate in strippen with a maximum, or a fixed price."""

from __future__ import annotations

import frappe
from frappe.model.document import Document


class SupportQuotation(Document):
	"""Made by agents, answered in the portal."""


def on_doctype_update() -> None:
	"""The indexes by which rows are found, and what must be there once."""
	frappe.db.add_index("Support Quotation", ["state", "valid_until"])
