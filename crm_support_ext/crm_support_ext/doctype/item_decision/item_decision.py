"""What was decided on a parked item, by whom and why, and where the item stood then."""

from __future__ import annotations

from frappe.model.document import Document


class ItemDecision(Document):
	"""Written when it is decided, and never changed."""
