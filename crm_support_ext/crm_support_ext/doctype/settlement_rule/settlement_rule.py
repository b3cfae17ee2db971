"""A row of the table that decides how a piece of work is settled. What is left empty fits everything."""

from __future__ import annotations

from frappe.model.document import Document


class SettlementRule(Document):
	"""Checked by the table that it belongs to."""
