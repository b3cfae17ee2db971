"""The ordered table by which each piece of work is settled."""

from __future__ import annotations

from frappe.model.document import Document


class SettlementRules(Document):
	"""The first row that fits decides."""
