"""A piece of work on a ticket, and how it was settled (domain.md 5)."""

from __future__ import annotations

import frappe
from frappe.model.document import Document


class TicketWorkLog(Document):
	"""Written by booking and withdrawing alone; nobody writes a row by hand."""


def on_doctype_update() -> None:
	"""The indexes by which rows are found, and what must be there once."""
	frappe.db.add_index("Ticket Work Log", ["start"])
