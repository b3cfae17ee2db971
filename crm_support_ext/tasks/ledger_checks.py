"""Every night: prove each ledger from its first entry to its last, and tell of a fault (domain.md section 6)."""

from __future__ import annotations

import frappe
from frappe import _

from crm_support_ext.constants import CONTRACT
from crm_support_ext.store import ledger_checks
from crm_support_ext.tasks.pieces import each

BATCH = 200


def run(after: str = "") -> None:
	"""Check a batch of ledgers, those after this one by name; the next batch is a job of its own."""
	names = [name for name in ledger_checks.all_ledgers() if name > after]
	each(names[:BATCH], _look, _report)
	if len(names) > BATCH:
		frappe.enqueue("crm_support_ext.tasks.ledger_checks.run", queue="long", after=names[BATCH - 1])


def look_at(contract: str) -> None:
	"""Check one ledger now: somebody met a fault in it."""
	each([contract], _look, _report)


def _look(contract: str) -> None:
	found = ledger_checks.faults(contract)
	frappe.db.commit()  # nosemgrep: reading took its time; what is written is written on what is there now
	ledger_checks.keep(contract, found)


def _report(name: str, error: Exception) -> None:
	title = _("The ledger of contract {0} cannot be checked").format(name)
	frappe.log_error(title=title, reference_doctype=CONTRACT, reference_name=name)
