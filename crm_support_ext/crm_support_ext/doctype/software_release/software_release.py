"""A version of a product: an upgrade, or an update of one (domain.md section 7, seeds/001)."""

from __future__ import annotations

from frappe.model.document import Document


class SoftwareRelease(Document):
	"""Kept by the product director."""
