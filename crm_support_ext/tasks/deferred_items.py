"""Every day: a deferred item whose day has come has its place in the order again."""

from __future__ import annotations

from datetime import datetime

import frappe
from frappe import _

from crm_support_ext.constants import PARKED_ITEM
from crm_support_ext.domain.decisions import Decision, State
from crm_support_ext.store import decisions
from crm_support_ext.store.frappe import now, site_time
from crm_support_ext.store.wording import site_language
from crm_support_ext.tasks.pieces import each

DESK = "Administrator"
"""In whose name the desk itself decides."""


def run() -> None:
	"""Take back what is due, each in a transaction of its own; a job that runs twice finds nothing left."""
	at = now()
	each(decisions.due_back(site_time(at).date()), lambda name: _take_back(name, at), _report)


def _take_back(name: str, at: datetime) -> None:
	row = decisions.locked(name)
	if State(row.state) is State.DEFERRED and row.deferred_until <= site_time(at).date():
		reason = _("The day to which it was deferred has come.", lang=site_language())
		decisions.decide(name, Decision.TAKE_BACK, at, by=DESK, reason=reason)


def _report(name: str, error: Exception) -> None:
	frappe.log_error(
		title=_("Parked item {0} cannot come back on its day").format(name),
		reference_doctype=PARKED_ITEM,
		reference_name=name,
	)
