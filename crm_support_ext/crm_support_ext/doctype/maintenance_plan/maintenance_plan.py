"""What a maintenance contract gives: strippen a year, what becomes of the rest, what happens when they run out."""

from __future__ import annotations

from frappe.model.document import Document


class MaintenancePlan(Document):
	"""Kept by contract managers; several contracts share one."""
