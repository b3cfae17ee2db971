"""A workaround that was given, and when it failed, if it did."""

from __future__ import annotations

from frappe.model.document import Document


class TicketWorkaround(Document):
	"""A row is written by ``store/targets.py`` alone."""
