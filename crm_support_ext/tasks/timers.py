"""Every five minutes: ask about, and close, the resolved tickets whose time has come (domain.md section 1, Timers).

The record says which: the line in which a ticket stands Resolved carries the moment, and what was done about it.
Each line is claimed by its row, dealt with in a transaction of its own, and looked at again under the lock; so
any number of workers may run, and be killed, and nothing is done twice or forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import frappe
from frappe import _

from crm_support_ext.constants import STATUS_LOG, TICKET_IMPORT
from crm_support_ext.domain.lifecycle import Status, Timing
from crm_support_ext.services import timers
from crm_support_ext.store.frappe import FrappeStore, moment, now, site_time, timing
from crm_support_ext.tasks.pieces import each, report_once

BATCH = 500


def run() -> None:
	"""Ask and close what is due, a batch of each; if a whole batch was dealt with, another run follows at once."""
	at, chosen = now(), timing()
	surveys = due(at, chosen.survey_after_hours, unasked=True).run(pluck=True)
	asked = _each(surveys, lambda line: _ask(line, at, chosen))
	closed = _each(due(at, chosen.close_after_hours).run(pluck=True), lambda line: _close(line, at))
	if BATCH in (asked, closed):
		frappe.enqueue(
			"crm_support_ext.tasks.timers.run", queue="long", job_id="cse-timers", deduplicate=True
		)


def due(at: datetime, hours: int, *, unasked: bool = False) -> Any:
	"""The query for the lines of tickets that were resolved at least so many hours ago and still are.

	Those that failed before come last, so that however many they are the others get their turn.
	"""
	log, entries = frappe.qb.DocType(STATUS_LOG), frappe.qb.DocType(TICKET_IMPORT)
	coming_in = frappe.qb.from_(entries).select(entries.ticket).where(entries.finished == 0)
	query = (
		frappe.qb.from_(log)
		.select(log.name)
		.where((log.to_status == Status.RESOLVED.value) & log.left_at.isnull())
		.where(log.at <= site_time(at - timedelta(hours=hours)))
		.where(log.ticket.notin(coming_in))
		.orderby(log.timer_error.isnotnull())
		.orderby(log.at)
		.limit(BATCH)
	)
	return query.where(log.survey.isnull()) if unasked else query


def _each(lines: list[str], deal_with: Callable[[Any], None]) -> int:
	"""Deal with each line, if no other worker does; the answer is how many went well."""
	return each(lines, lambda name: _deal(name, deal_with), _report)


def _deal(name: str, deal_with: Callable[[Any], None]) -> None:
	for line in _claimed(name):
		deal_with(line)
		if line.timer_error:
			frappe.db.set_value(STATUS_LOG, name, "timer_error", None, update_modified=False)


def _report(name: str, error: Exception) -> None:
	title = _("Ticket #{0} cannot be asked about or closed")
	report_once(STATUS_LOG, name, "timer_error", title, error)


def _claimed(name: str) -> Iterator[Any]:
	"""The line, locked; nothing if another worker has it, or if the ticket has moved on meanwhile."""
	log = frappe.qb.DocType(STATUS_LOG)
	yield from (
		frappe.qb.from_(log)
		.select(log.name, log.ticket, log.at, log.survey, log.timer_error)
		.where((log.name == name) & log.left_at.isnull())
		.for_update(skip_locked=True)
	).run(as_dict=True)


def _ask(line: Any, at: datetime, chosen: Timing) -> None:
	if not line.survey:
		store = FrappeStore()
		timers.ask_satisfaction(store, store.ticket(line.ticket), moment(line.at), at, chosen)


def _close(line: Any, at: datetime) -> None:
	store = FrappeStore()
	ticket = store.ticket(line.ticket, for_update=True)
	timers.close(store, ticket, at)
	ticket.doc.save(ignore_permissions=True)
