"""Which version of a product runs at a customer's."""

from __future__ import annotations

from frappe.model.document import Document


class CustomerInstallation(Document):
	"""Kept by the desk."""
