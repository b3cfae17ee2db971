"""HD Ticket Status: the six statuses of the life cycle keep their names and categories."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _

from crm_support_ext.constants import CATEGORY, STATUSES
from crm_support_ext.domain.lifecycle import Status


def validate(doc: Any, method: str | None = None) -> None:
	"""Refuse to disable one of the six or to change its category."""
	if doc.name in STATUSES and (not doc.enabled or doc.category != CATEGORY[Status(doc.name)]):
		frappe.throw(
			_("{0} belongs to the life cycle: it stays enabled, with the category {1}. Change its colour, order or customer label instead.").format(
				doc.name, CATEGORY[Status(doc.name)]
			)
		)


def before_rename(doc: Any, method: str | None, old: str, new: str, merge: bool = False) -> None:
	"""Refuse to rename one of the six."""
	on_trash(doc)


def on_trash(doc: Any, method: str | None = None) -> None:
	"""Refuse to delete one of the six."""
	if doc.name in STATUSES and not frappe.flags.in_uninstall:
		frappe.throw(_("{0} belongs to the life cycle and can be neither renamed nor deleted.").format(doc.name))
