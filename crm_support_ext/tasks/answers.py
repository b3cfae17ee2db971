"""Answer everybody who is due one: their item was released or declined, or their version has changed (domain.md section 7).

Each is claimed by its row and its ticket's, answered in a transaction of its own, and looked at again under the lock; so
any number of workers may run, be stopped and be killed, and nobody is told twice. A ticket that somebody is saving at
this moment waits for the next run.
"""

from __future__ import annotations

import time

import frappe
from frappe import _

from crm_support_ext.constants import PARKING
from crm_support_ext.store import releases
from crm_support_ext.store.answers import Due, answer, claim, next_due
from crm_support_ext.store.frappe import as_system, now
from crm_support_ext.tasks.pieces import each, report_once

BATCH = 500
MINUTES = 20
"""So long a run answers at most; the next one comes by the clock."""


def run() -> None:
	"""Answer all who are due, in the desk's own name, each of them tried once; then note which releases are out."""
	with as_system():
		_answer_all(time.monotonic() + MINUTES * 60)
		releases.finish()
		frappe.db.commit()  # nosemgrep: what is left to answer is looked at anew by the next run


def _answer_all(ends: float) -> None:
	tried: dict[str, Due] = {}
	while time.monotonic() < ends and (batch := next_due(BATCH, tried)):
		tried.update({wanted.name: wanted for wanted in batch})
		each([wanted.name for wanted in batch], lambda name: _answer(tried[name]), _report)


def _answer(wanted: Due) -> None:
	if row := claim(wanted):
		answer(row, now())
		if row.job_error:
			frappe.db.set_value(PARKING, row.name, "job_error", None, update_modified=False)


def _report(name: str, error: Exception) -> None:
	report_once(
		PARKING, name, "job_error", _("Ticket #{0} cannot be told what became of its parked item"), error
	)
