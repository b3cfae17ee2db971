"""A contact of the customer who may order paid work and accept quotations."""

from __future__ import annotations

from frappe.model.document import Document


class ContractOrderer(Document):
	"""Checked by the contract that it belongs to."""
