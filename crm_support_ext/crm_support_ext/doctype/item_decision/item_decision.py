"""What was decided on a parked item, by whom and why, and where the item stood then."""

from __future__ import annotations

from typing import NoReturn

import frappe
from frappe import _
from frappe.model.document import Document


class ItemDecision(Document):
	"""Written when it is decided (store/decisions.py), and never made, changed or deleted otherwise, by anybody."""

	def validate(self) -> None:
		_stays()

	def on_trash(self) -> None:
		_stays()


def _stays() -> NoReturn:
	frappe.throw(
		_("What was decided stays as it was written. Decide again on the parked item instead."),
		frappe.PermissionError,
	)
