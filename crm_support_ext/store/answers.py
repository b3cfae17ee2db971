"""Everybody who waits for something that is out, or was declined, is told so once (domain.md section 7).

A row of Ticket Parking that is open is due an answer if its item was declined; if it was released and the row was not
judged for that release; or if what runs at the customer's has changed since. Who is told what to install, or that it is
not built, has their answer: the ticket is Resolved. All others wait on, Parked.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

import frappe

from crm_support_ext.constants import PARKED_ITEM, PARKING, REASON, RELEASE, TICKET, TICKET_IMPORT
from crm_support_ext.domain.decisions import State
from crm_support_ext.domain.lifecycle import Event, Status
from crm_support_ext.domain.releases import ANSWERS, Judgement, Verdict, judge
from crm_support_ext.domain.results import Refusal
from crm_support_ext.store import answer_mail, parked_items
from crm_support_ext.store.frappe import site_time
from crm_support_ext.store.installations import as_rule, installed, lines, release_of

DECLINED = "Declined"
"""The answer to who waited for a declined item."""


def due(*, whatever_the_stage: bool = False) -> tuple[Any, Any, Any]:
	"""The query for the rows that are due an answer, still without columns, and its two tables: waits and items.

	Those of a release that was stopped are left out, unless ``whatever_the_stage``, and tickets that are still coming
	in from an old desk.
	"""
	rows, items, releases, entries = map(frappe.qb.DocType, (PARKING, PARKED_ITEM, RELEASE, TICKET_IMPORT))
	coming_in = frappe.qb.from_(entries).select(entries.ticket).where(entries.finished == 0)
	unjudged = rows.release.isnull() | (rows.release != items.release) | (rows.judge_again == 1)
	released = (items.state == State.RELEASED.value) & unjudged
	if not whatever_the_stage:
		released &= releases.state.isin([stage.value for stage in ANSWERS])
	query = (
		frappe.qb.from_(items)
		.join(rows)
		.on(rows.item == items.name)
		.left_join(releases)
		.on(releases.name == items.release)
		.where((items.tickets > 0) & rows.until.isnull())
		.where((items.state == State.DECLINED.value) | released)
		.where(rows.ticket.notin(coming_in))
	)
	return query, rows, items


class Due(NamedTuple):
	"""A row that is due an answer, with the ticket and the item that are locked before it."""

	name: str
	ticket: str
	item: str


def next_due(most: int, tried: Collection[str]) -> list[Due]:
	"""Rows that are due an answer and were not tried; those that failed before come last."""
	query, rows, _items = due()
	query = query.select(rows.name, rows.ticket, rows.item)
	query = query.orderby(rows.job_error.isnotnull()).orderby(rows.since)
	if tried:
		query = query.where(rows.name.notin(list(tried)))
	return [Due(*found) for found in query.limit(most).run()]


def claim(wanted: Due) -> Any | None:
	"""The row, locked after its ticket and its item; None if somebody has the ticket, or if it waits no more."""
	tickets, rows = frappe.qb.DocType(TICKET), frappe.qb.DocType(PARKING)
	query = frappe.qb.from_(tickets).select(tickets.status).where(tickets.name == wanted.ticket)
	if query.for_update(skip_locked=True).run(pluck=True) != [Status.PARKED.value]:
		return None
	parked_items.locked(wanted.item)
	found = (
		frappe.qb.from_(rows)
		.select(rows.name, rows.ticket, rows.item, rows.customer, rows.answer, rows.release)
		.select(rows.judge_again, rows.job_error)
		.where((rows.name == wanted.name) & (rows.item == wanted.item) & rows.until.isnull())
		.for_update()
	).run(as_dict=True)
	return found[0] if found else None


def answer(row: Any, at: datetime) -> None:
	"""Give a claimed row the answer that it is due now, if it still is: ticket, words and mail in one transaction."""
	item = frappe.db.get_value(
		PARKED_ITEM, row.item, ["title", "product", "state", "release", "reason"], as_dict=True
	)
	if item.state == State.DECLINED.value:
		_tell(row, item, DECLINED, Event.ITEM_DECLINED, item.reason, at)
	elif item.state == State.RELEASED.value:
		_judge(row, item, at)


def _judge(row: Any, item: Any, at: datetime) -> None:
	release = release_of(item.release)
	if release.state not in [stage.value for stage in ANSWERS]:
		return  # stopped meanwhile
	if row.release == item.release and not row.judge_again:
		return
	theirs = installed(row.customer, item.product)
	rule = as_rule(release)
	judgement = judge(lines(item.product), rule, as_rule(theirs).line if theirs else None)
	if isinstance(judgement, Refusal):
		raise frappe.ValidationError(
			f"{item.product}: {judgement.facts['version']} is no version that is out"
		)
	if judgement.verdict is Verdict.NOT_MEANT or (row.release, row.answer) == (
		item.release,
		judgement.verdict.value,
	):
		_note(row, judgement.verdict.value, item.release, at)  # there is nothing new to say
		return
	event = Event.ITEM_RELEASED if judgement.resolves else None
	_tell(row, item, judgement.verdict.value, event, item.release, at, (release, theirs, judgement))


def _tell(
	row: Any,
	item: Any,
	said: str,
	event: Event | None,
	reason: str | None,
	at: datetime,
	judged: tuple[Any, Any, Judgement] | None = None,
) -> None:
	ticket = frappe.get_doc(TICKET, row.ticket, for_update=True)
	address = answer_mail.address_of(ticket)
	ticket.flags.cse_event = event
	ticket.flags.cse_words = ticket.flags.cse_replied = bool(address)
	ticket.set(REASON, reason if event else None)
	if address:
		ticket.first_responded_on = ticket.first_responded_on or site_time(at)
		ticket.last_agent_response = site_time(at)
	ticket.save(ignore_permissions=True)
	_note(row, said, item.release if judged else None, at)
	answer_mail.tell(ticket, item, row.name, address, judged)


def _note(row: Any, said: str, release: str | None, at: datetime) -> None:
	noted = {"answer": said, "release": release, "judge_again": 0}
	if row.answer != said or row.release != release:
		noted["answered_at"] = site_time(at)
	frappe.db.set_value(PARKING, row.name, noted, update_modified=False)
