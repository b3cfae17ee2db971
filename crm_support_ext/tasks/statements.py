"""Long statements are made here, one at a time, so that whoever asked sees how far it is; after a day they are removed."""

from __future__ import annotations

from typing import Any

import frappe

from crm_support_ext.constants import REQUESTED_STATEMENT
from crm_support_ext.permissions import may_see_contract
from crm_support_ext.store import statement_files as files
from crm_support_ext.store.statements import period_of


def make(file: str) -> None:
	"""Make a statement that was asked for, as its reader and in the reader's language; one that is begun is left alone."""
	row = frappe.get_doc(REQUESTED_STATEMENT, file, for_update=True)
	if row.state != files.WAITING:
		return
	_note(row, state=files.RUNNING)
	frappe.set_user(row.reader)
	frappe.local.lang = row.language or frappe.local.lang
	try:
		files.keep(file, _content(row))
	except Exception:
		frappe.db.rollback()
		frappe.log_error(f"Statement {file}")
		_note(row, state=files.FAILED)
	frappe.db.commit()


def _content(row: Any) -> bytes:
	if not may_see_contract(row.contract):
		raise frappe.PermissionError(row.contract)
	period = period_of(row.contract, row.first_day, row.last_day)
	return files.content_of(period, row.form, lambda entries: _note(row, done=entries))


def remove_old() -> None:
	"""Remove what was made more than a day ago, with its file."""
	for name in files.outdated():
		frappe.delete_doc(REQUESTED_STATEMENT, name, force=True, ignore_permissions=True)
		frappe.db.commit()


def _note(row: Any, **facts: Any) -> None:
	row.db_set(facts)
	frappe.db.commit()
