"""Every five minutes: mark the promises that have passed, and warn of those that are about to (domain.md section 3).

Each is claimed by its row and its ticket's, dealt with in a transaction of its own, and looked at again under the
lock; so any number of workers may run, and be killed, and nobody is told twice and no breach counted twice.
A ticket that somebody is saving at this moment waits for the next run.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import frappe
from frappe import _

from crm_support_ext.constants import PROMISE, TICKET
from crm_support_ext.domain.business_calendar import days
from crm_support_ext.domain.promises import State
from crm_support_ext.domain.results import Refusal
from crm_support_ext.store import drafts, notices, promises
from crm_support_ext.store.absences import held_by
from crm_support_ext.store.calendars import calendar_of
from crm_support_ext.store.frappe import can_mail, moment, now, site_time
from crm_support_ext.store.wording import in_words, language_of
from crm_support_ext.tasks.pieces import each, report_once

BATCH = 500


def run() -> None:
	"""Deal with what is due, a batch of each; if a whole batch was dealt with, another run follows at once."""
	at = now()
	broken = _each(passed(at).run(pluck=True), lambda row, ticket: _break(row, ticket, at))
	warned = _each(to_warn(at).run(pluck=True), lambda row, ticket: _warn(row, ticket, at))
	if BATCH in (broken, warned):
		frappe.enqueue(
			"crm_support_ext.tasks.promises.run", queue="long", job_id="cse-promises", deduplicate=True
		)


def passed(at: datetime) -> Any:
	"""The query for the open promises that have passed."""
	rows = frappe.qb.DocType(PROMISE)
	return _open(rows).where(rows.due < site_time(at)).orderby(rows.job_error.isnotnull()).orderby(rows.due)


def to_warn(at: datetime) -> Any:
	"""The query for the open promises whose holder is to be warned now; those that failed before come last."""
	rows = frappe.qb.DocType(PROMISE)
	query = _open(rows).where((rows.warn_at <= site_time(at)) & rows.warned_at.isnull())
	return query.orderby(rows.job_error.isnotnull()).orderby(rows.warn_at)


def _open(rows: Any) -> Any:
	return frappe.qb.from_(rows).select(rows.name).where(rows.state == State.OPEN.value).limit(BATCH)


def _each(names: list[str], deal_with: Callable[[Any, Any], None]) -> int:
	"""Deal with each promise, if no other worker does; the answer is how many went well."""
	return each(names, lambda name: _deal(name, deal_with), _report)


def _deal(name: str, deal_with: Callable[[Any, Any], None]) -> None:
	if row := _claimed(name):
		deal_with(row, frappe.get_doc(TICKET, row.ticket, for_update=True))
		if row.job_error:
			frappe.db.set_value(PROMISE, name, "job_error", None, update_modified=False)


def _report(name: str, error: Exception) -> None:
	report_once(PROMISE, name, "job_error", _("The promise of ticket #{0} cannot be dealt with"), error)


def _claimed(name: str) -> Any | None:
	"""The open promise, locked with its ticket; None if somebody has one of them, or if it has ended meanwhile."""
	rows, tickets = frappe.qb.DocType(PROMISE), frappe.qb.DocType(TICKET)
	found = (
		frappe.qb.from_(rows)
		.join(tickets)
		.on(tickets.name == rows.ticket)
		.select(rows.name, rows.ticket, rows.due, rows.warn_at, rows.warned_at, rows.job_error)
		.where((rows.name == name) & (rows.state == State.OPEN.value))
		.for_update(skip_locked=True)
	).run(as_dict=True)
	return found[0] if found else None


def _break(row: Any, ticket: Any, at: datetime) -> None:
	due = moment(row.due)
	if due >= at:
		return
	promises.end(ticket, State.BROKEN, due)
	promises.renew(ticket, at)
	for user in held_by(ticket, at).told:
		lang = language_of(user)
		line = _("The customer was promised an update by {0} and has had none", lang=lang)
		notices.tell([user], ticket, line.format(in_words(due, lang)))


def _warn(row: Any, ticket: Any, at: datetime) -> None:
	if row.warned_at or moment(row.warn_at) > at:
		return
	calendar = calendar_of(ticket)
	if not calendar.is_open(at):
		opening = calendar.add(at, days(0))
		later = None if isinstance(opening, Refusal) else site_time(opening)
		frappe.db.set_value(PROMISE, row.name, "warn_at", later, update_modified=False)
		return
	held = held_by(ticket, at)
	told = {"holder": held.holder, "deputy": held.deputy, "taken_over_by": held.deputy}
	frappe.db.set_value(PROMISE, row.name, told | {"warned_at": site_time(at)}, update_modified=False)
	for user in held.told:
		_tell(user, ticket, moment(row.due), held.holder, at)


def _tell(user: str, ticket: Any, due: datetime, holder: str | None, at: datetime) -> None:
	"""Ring the bell, and mail the message that can go to the customer."""
	mail = drafts.warning(ticket, due, user, holder, promises.default_of(ticket, at))
	notices.tell([user], ticket, mail.subject)
	if can_mail():
		frappe.sendmail(
			recipients=[user],
			subject=mail.subject,
			message=mail.body,
			reference_doctype=TICKET,
			reference_name=str(ticket.name),
			email_headers={"X-Auto-Generated": "cse-promise", "Auto-Submitted": "auto-generated"},
		)
