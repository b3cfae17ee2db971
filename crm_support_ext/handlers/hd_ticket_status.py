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
			_(
				"{0} belongs to the life cycle: it stays enabled, with the category {1}. Change its colour, order or customer label instead."
			).format(doc.name, CATEGORY[Status(doc.name)])
		)


def before_rename(doc: Any, method: str | None, old: str, new: str, merge: bool = False) -> None:
	"""Refuse to rename one of the six."""
	if old in STATUSES:
		frappe.throw(
			_(
				"{0} belongs to the life cycle and cannot be renamed. Change its customer label instead."
			).format(old)
		)


def after_delete(doc: Any, method: str | None = None) -> None:
	"""Make one of the six again: every new ticket and every button needs it."""
	if doc.name in STATUSES:
		frappe.copy_doc(doc).insert(ignore_permissions=True)
		frappe.msgprint(_("{0} belongs to the life cycle; it was made again.").format(doc.name))
