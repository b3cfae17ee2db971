"""Who was told of a warning, and what became of the SMS."""

from __future__ import annotations

import frappe
from frappe.model.document import Document


class TargetWarningRecipient(Document):
	"""A row is written by ``store/warnings.py``, what became of its SMS by ``store/warning_sms.py``."""


def on_doctype_update() -> None:
	"""The index by which is known when somebody had the last digest."""
	frappe.db.add_index("Target Warning Recipient", ["user", "told_as", "told_at"])
