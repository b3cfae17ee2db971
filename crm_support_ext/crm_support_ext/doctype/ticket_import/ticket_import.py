"""Which ticket of the site a ticket of an imported log became, and how far it was played."""

from __future__ import annotations

import frappe
from frappe.model.document import Document


class TicketImport(Document):
	"""A row is written by ``store/history.py`` alone."""


def on_doctype_update() -> None:
	"""One ticket of a log becomes one ticket of the site, however often the import is started."""
	frappe.db.add_unique("Ticket Import", ["log", "log_ticket"])
