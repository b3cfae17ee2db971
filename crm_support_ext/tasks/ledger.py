"""Every night: what the turn of a contract year brings, on each contract whose days count (domain.md section 6).

Contracts renew themselves or expire first. Then each gets the lines that are due, at the moments at which they were, so
that a job which was off for days, or runs twice, leaves the same ledger. A contract that somebody is at is left to
them: every booking makes up what is due before it books.
"""

from __future__ import annotations

from datetime import datetime

import frappe
from frappe import _

from crm_support_ext.constants import CONTRACT
from crm_support_ext.domain.contracts import COUNTING
from crm_support_ext.services import ledger
from crm_support_ext.store.contracts import as_rule
from crm_support_ext.store.frappe import now, site_time
from crm_support_ext.store.ledger import LedgerBroken, SiteLedger, desk_zone
from crm_support_ext.tasks import contracts
from crm_support_ext.tasks.pieces import each

BATCH = 500
_COUNTING = [state.value for state in COUNTING]


def run(after: str = "") -> None:
	"""Turn the years of a batch of contracts, those after this one by name; the next batch is a job of its own."""
	if not after:
		contracts.run()
	at, filters = now(), {"state": ("in", _COUNTING), "name": (">", after)}
	names = frappe.get_all(CONTRACT, filters=filters, pluck="name", order_by="name", limit=BATCH)
	each(names, lambda name: _turn(name, at), _report)
	if len(names) == BATCH:
		frappe.enqueue("crm_support_ext.tasks.ledger.run", queue="long", after=names[-1])


def turn(contract: str) -> None:
	"""Book now what is due on one contract, which was just activated or renewed."""
	at = now()
	each([contract], lambda name: _turn(name, at), _report)


def _turn(name: str, at: datetime) -> None:
	if _claim(name):
		contract = as_rule(frappe.get_doc(CONTRACT, name), site_time(at).date())
		ledger.catch_up(SiteLedger(), contract, at, desk_zone())


def _claim(name: str) -> bool:
	"""Lock a contract whose days count, if nobody else is at it."""
	rows = frappe.qb.DocType(CONTRACT)
	mine = (rows.name == name) & rows.state.isin(_COUNTING)
	return bool(frappe.qb.from_(rows).select(rows.name).where(mine).for_update(skip_locked=True).run())


def _report(name: str, error: Exception) -> None:
	if not isinstance(error, LedgerBroken):  # of that the contract managers are told
		title = _("The year of contract {0} cannot be turned").format(name)
		frappe.log_error(title=title, reference_doctype=CONTRACT, reference_name=name)
