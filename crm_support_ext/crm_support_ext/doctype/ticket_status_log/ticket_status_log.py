"""The record of a ticket: one row for each change of status, never changed but for when it ended and what the timers did."""

from __future__ import annotations

import frappe
from frappe.model.document import Document


class TicketStatusLog(Document):
	"""A row is written by ``store/frappe.py`` alone."""


def on_doctype_update() -> None:
	"""The index by which the timers find what is due."""
	frappe.db.add_index("Ticket Status Log", ["to_status", "left_at", "at"])
