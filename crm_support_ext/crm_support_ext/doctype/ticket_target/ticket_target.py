"""What the clocks of a ticket show: derived from its record, for lists and reports."""

from __future__ import annotations

from frappe.model.document import Document


class TicketTarget(Document):
	"""A row is written by ``store/targets.py`` alone."""
