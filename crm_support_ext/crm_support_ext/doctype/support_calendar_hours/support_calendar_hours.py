"""An interval of a weekday in which a desk is open."""

from __future__ import annotations

from frappe.model.document import Document


class SupportCalendarHours(Document):
	"""Checked by the calendar that it belongs to."""
