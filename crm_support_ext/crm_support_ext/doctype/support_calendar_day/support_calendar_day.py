"""A day on which a desk differs from its week and its country's public holidays."""

from __future__ import annotations

from frappe.model.document import Document


class SupportCalendarDay(Document):
	"""Checked by the calendar that it belongs to."""
