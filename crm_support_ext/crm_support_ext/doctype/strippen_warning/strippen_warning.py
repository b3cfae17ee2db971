"""That a share of a contract year's strippen was used up, and who was told. Once for each share and year."""

from __future__ import annotations

import frappe
from frappe.model.document import Document


class StrippenWarning(Document):
	"""Written by ``store/strippen_warnings.py`` alone."""


def on_doctype_update() -> None:
	"""No share of a year is warned of twice; by the other index the job finds whom to tell."""
	frappe.db.add_unique("Strippen Warning", ["contract", "period", "share"])
	frappe.db.add_index("Strippen Warning", ["told_at"])
