"""When a desk is open."""

from __future__ import annotations

from frappe.model.document import Document


class SupportCalendar(Document):
	"""A row is written by ``store/targets.py`` alone."""
