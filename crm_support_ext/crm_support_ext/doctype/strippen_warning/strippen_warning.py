"""That a share of a contract year's strippen was used up, and who was told. Once for each share and year."""

from __future__ import annotations

import frappe
from frappe.model.document import Document


class StrippenWarning(Document):
	"""Written by the warnings alone."""


def on_doctype_update() -> None:
	"""The indexes by which rows are found, and what must be there once."""
	frappe.db.add_unique("Strippen Warning", ["contract", "period", "share"])
