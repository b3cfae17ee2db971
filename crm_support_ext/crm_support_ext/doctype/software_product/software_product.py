"""A product that customers have tickets and contracts for."""

from __future__ import annotations

from frappe.model.document import Document


class SoftwareProduct(Document):
	"""Kept by administrators."""
