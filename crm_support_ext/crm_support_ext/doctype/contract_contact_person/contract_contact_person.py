"""One of our people whom the customer may always ask for."""

from __future__ import annotations

from frappe.model.document import Document


class ContractContactPerson(Document):
	"""Checked by the contract that it belongs to."""
