"""That a ticket waits, or waited, for a parked item, and what its reporter was told when that was decided."""

from __future__ import annotations

import frappe
from frappe.model.document import Document

from crm_support_ext.constants import PARKING


class TicketParking(Document):
	"""Written by the desk itself (store/parkings.py)."""


def on_doctype_update() -> None:
	"""Who waits for an item is counted from an index."""
	frappe.db.add_index(PARKING, ["item", "until", "customer", "contact", "regression"], "by_item")
