""""""

from __future__ import annotations

from frappe.model.document import Document


class PriorityTier(Document):
	"""A row is written by ``store/targets.py`` alone."""
