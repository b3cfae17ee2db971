"""How long an agent has worked on a ticket and not booked yet."""

from __future__ import annotations

import frappe
from frappe.model.document import Document


class WorkTimer(Document):
	"""Written by its API alone; an agent has one for each ticket."""


def on_doctype_update() -> None:
	"""The indexes by which rows are found, and what must be there once."""
	frappe.db.add_unique("Work Timer", ["ticket", "agent"])
