"""The targets of a priority tier as this contract has them, instead of the desk's own."""

from __future__ import annotations

from frappe.model.document import Document


class ContractTierTarget(Document):
	"""Checked by the contract that it belongs to."""
