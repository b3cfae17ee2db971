"""A maintenance contract of one customer: a plan, a term, who may order, our people, its own hours and targets."""

from __future__ import annotations

from datetime import date

import frappe
from frappe.model.document import Document
from frappe.utils import add_to_date, getdate


class MaintenanceContract(Document):
	"""Kept by contract managers; its ledger of strippen hangs on it."""

	@property
	def next_upgrade(self) -> date | None:
		"""The day from which an upgrade is due again: at most one in two years."""
		return getdate(add_to_date(self.last_upgrade, years=2)) if self.last_upgrade else None


def on_doctype_update() -> None:
	"""The index by which the nightly job finds what ends."""
	frappe.db.add_index("Maintenance Contract", ["state", "end"])
