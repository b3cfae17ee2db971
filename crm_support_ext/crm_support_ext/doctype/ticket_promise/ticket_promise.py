"""What the customer of a ticket was promised: to hear from us again before a time. And what became of it."""

from __future__ import annotations

import frappe
from frappe.model.document import Document


class TicketPromise(Document):
	"""A row is written by ``store/promises.py`` alone. ``open_of`` lets a ticket have one that is open."""


def on_doctype_update() -> None:
	"""The indexes by which the job finds what is due, and the report what was decided."""
	frappe.db.add_index("Ticket Promise", ["state", "due"])
	frappe.db.add_index("Ticket Promise", ["state", "warn_at"])
	frappe.db.add_index("Ticket Promise", ["decided_at"])
