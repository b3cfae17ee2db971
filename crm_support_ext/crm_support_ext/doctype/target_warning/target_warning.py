"""A warning that a target runs out: one row for each threshold of a ticket's clock, for as long as the ticket is there."""

from __future__ import annotations

import frappe
from frappe.model.document import Document


class TargetWarning(Document):
	"""A row is written by ``store/warnings.py`` alone."""


def on_doctype_update() -> None:
	"""Nobody is warned twice of the same threshold, whoever writes."""
	frappe.db.add_unique("Target Warning", ["ticket", "clock", "percent"])
