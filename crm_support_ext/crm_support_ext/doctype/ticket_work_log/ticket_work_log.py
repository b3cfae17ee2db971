"""A piece of work on a ticket, and how it was settled (domain.md 5). It stays as it was booked; it can be withdrawn."""

from __future__ import annotations

from typing import Any, NoReturn

import frappe
from frappe import _
from frappe.model.document import Document


class TicketWorkLog(Document):
	"""Written by ``store/work_logs.py`` alone, which says so by a flag; nobody else adds, changes or deletes one."""

	def validate(self) -> None:
		if not self.flags.cse_books:
			_refuse()

	def before_rename(self, *names: Any) -> None:
		_refuse()

	def on_trash(self) -> None:
		_refuse()


def _refuse() -> NoReturn:
	frappe.throw(
		_(
			"Work is logged on the ticket, with “Work”, and stays as it was booked. If it is wrong, withdraw it and log it anew."
		),
		frappe.PermissionError,
		title=_("Not possible"),
	)


def on_doctype_update() -> None:
	"""The indexes by which rows are found."""
	frappe.db.add_index("Ticket Work Log", ["start"])
	frappe.db.add_index("Ticket Work Log", ["agent", "creation"])
