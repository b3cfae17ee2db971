"""What a maintenance contract gives: strippen a year, what becomes of the rest, what happens when they run out.

What a ledger has booked stays as it is; a change of the plan counts from the next booking on.
"""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document


class MaintenancePlan(Document):
	"""Kept by contract managers; several contracts share one."""

	def validate(self) -> None:
		if self.on_shortage == "Purchase" and not self.purchase:
			frappe.throw(
				_("Say how many strippen are bought at once when the balance is too low, such as 10.")
			)
		if not 0 <= (self.upgrade_discount or 0) <= 100:
			frappe.throw(_("The discount on upgrades lies between 0 and 100 %."))
