"""A way into the customer's machines, what was agreed about it, by whom and until when. Never a password."""

from __future__ import annotations

from frappe.model.document import Document


class ContractRemoteAccess(Document):
	"""Checked by the contract that it belongs to."""
