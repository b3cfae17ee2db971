"""Promises of the site: one row of Ticket Promise each; the ticket shows when the open one is due.

A save decides what it means for the promise before it writes the ticket, whose row it has locked, and writes the
promise after it. The field on the ticket is written here alone, so it says without a look whether one is open.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import frappe

from crm_support_ext.constants import (
	AGREED_ON,
	NEXT_UPDATE,
	PROMISE,
	SETTINGS,
	TICKET,
	TICKET_IMPORT,
	WAITING_ON,
)
from crm_support_ext.domain.business_calendar import days
from crm_support_ext.domain.lifecycle import Status
from crm_support_ext.domain.promises import (
	CARRYING,
	Begins,
	Happening,
	State,
	Terms,
	default_due,
	fate,
	moved_to,
	step,
	warned_from,
)
from crm_support_ext.store.calendars import calendar_of, tier_for
from crm_support_ext.store.courses import agreed_of
from crm_support_ext.store.frappe import moment, now, site_time, status_of
from crm_support_ext.store.holders import assigned
from crm_support_ext.store.wording import as_html, with_next_update


@dataclass(frozen=True)
class Made:
	"""A promise as a person makes it, with the words that go to the customer, if any."""

	due: datetime
	by: str = ""
	words: str = ""


@dataclass(frozen=True)
class Change:
	"""What a save does to a ticket's promise: how the open one ends and when, and what begins, or when it is due instead."""

	at: datetime
	ends: State | None = None
	ended_at: datetime | None = None
	begins: Made | None = None
	moves_to: datetime | None = None


def terms() -> Terms:
	"""The lengths that an administrator chose."""
	settings, usual = frappe.get_cached_doc(SETTINGS), Terms()
	return Terms(
		part=Fraction(round(settings.promise_share or 0), 100) or usual.part,
		at_latest=days(settings.promise_days) if settings.promise_days else usual.at_latest,
		parked=days(settings.promise_parked_days) if settings.promise_parked_days else usual.parked,
		warn_before=timedelta(hours=settings.promise_warn_hours)
		if settings.promise_warn_hours
		else usual.warn_before,
	)


def default_of(doc: Any, at: datetime) -> datetime | None:
	"""When a default promise of this ticket that begins now is due."""
	tier = tier_for(doc, doc.priority)
	return default_due(status_of(doc), tier, agreed_of(doc), calendar_of(doc), at, terms())


def is_carried(doc: Any) -> bool:
	"""Whether the ticket neither waits on its customer nor is answered."""
	return status_of(doc) in CARRYING


def is_close(doc: Any, at: datetime) -> bool:
	"""Whether the moment of the warning has come: it is time to write to the customer."""
	filters = {"open_of": str(doc.name), "warn_at": (">", site_time(at))}
	return bool(doc.get(NEXT_UPDATE)) and not frappe.db.exists(PROMISE, filters)


def follow(doc: Any) -> None:
	"""Decide what the save of this ticket means for its promise, and show it on the ticket."""
	before, at = doc.get_doc_before_save(), doc.flags.cse_at or now()
	shown = before.get(NEXT_UPDATE) if before else None
	change = _change(doc, before, moment(shown) if shown else None, at)
	follows = change.moves_to or (change.begins and change.begins.due)
	after = site_time(follows) if follows else None if change.ends else shown
	doc.set(NEXT_UPDATE, after)
	line = doc.get(WAITING_ON)
	has_time = bool(shown) and line == before.get(WAITING_ON)  # else it was made anew in this save
	doc.set(WAITING_ON, with_next_update(line, after, has_time=has_time))
	if change.ends or follows:
		doc.flags.cse_promised = change


def _change(doc: Any, before: Any, due: datetime | None, at: datetime) -> Change:
	made = doc.flags.pop("cse_promise", None)
	decided = step(status_of(doc), bool(due), _happening(doc, before, made))
	ends = fate(due, at, decided.ends) if due and decided.ends else None
	moves = due is not None and decided.begins is Begins.MOVED
	return Change(
		at,
		ends,
		due if ends is State.BROKEN else at,
		_begun(doc, decided.begins, at, made),
		_moved(doc, before, due, at) if moves else None,
	)


def keep(doc: Any) -> None:
	"""Write what this save did to the promise, if anything."""
	change: Change | None = doc.flags.pop("cse_promised", None)
	if change is None:
		return
	if change.ends:
		end(doc, change.ends, change.ended_at)
	if change.begins:
		begin(doc, change.begins, change.at)
	elif change.moves_to:
		again = _times(doc, change.moves_to, change.at) | {"warned_at": None}
		frappe.db.set_value(PROMISE, {"open_of": str(doc.name)}, again)


def end(doc: Any, state: State, at: datetime, **more: Any) -> None:
	"""End the open promise of a ticket."""
	ended = {"state": state.value, "decided_at": site_time(at), "open_of": None, **more}
	if holder := first_assignee(doc):
		ended["holder"] = holder
	frappe.db.set_value(PROMISE, {"open_of": str(doc.name)}, ended)


def begin(doc: Any, made: Made, at: datetime) -> None:
	"""Let a promise of a ticket begin that has none."""
	row = {
		"doctype": PROMISE,
		"ticket": str(doc.name),
		"open_of": str(doc.name),
		"state": State.OPEN.value,
		"holder": first_assignee(doc),
		"is_default": int(not made.by),
		"made_by": made.by or None,
		"message": made.words or None,
	}
	frappe.get_doc({**row, **_times(doc, made.due, at)}).db_insert()


def _times(doc: Any, due: datetime, at: datetime) -> dict[str, Any]:
	warned = warned_from(at, due, calendar_of(doc), terms())
	return {"made_at": site_time(at), "due": site_time(due), "warn_at": warned and site_time(warned)}


def first_assignee(doc: Any) -> str | None:
	"""Who holds the ticket's promise; None if nobody does."""
	return next(iter(assigned(doc)), None)


def _happening(doc: Any, before: Any, made: Made | None) -> Happening:
	told = bool(doc.flags.pop("cse_words", False))
	if before is None:
		return Happening()
	parked = Status.PARKED.value in (doc.status, before.status) and doc.status != before.status
	return Happening(
		words=told and frappe.flags.cse_words_along != str(doc.name),
		made=made is not None,
		moved=parked or doc.has_value_changed("priority") or doc.has_value_changed(AGREED_ON),
	)


def _begun(doc: Any, begins: Begins, at: datetime, made: Made | None) -> Made | None:
	if frappe.flags.cse_history:
		return None  # what comes in from an old desk is promised to nobody; see begin_missing
	if begins is Begins.MADE:
		return made
	due = default_of(doc, at) if begins is Begins.DEFAULT else None
	return Made(due) if due else None


def _moved(doc: Any, before: Any, due: datetime, at: datetime) -> datetime | None:
	"""When the open promise is due instead, if it is a default that has not passed."""
	row = frappe.db.get_value(PROMISE, {"open_of": str(doc.name)}, "is_default")
	fresh = default_of(doc, at) if row and at <= due else None
	if fresh is None:
		return None
	was_parked = before.status == Status.PARKED.value
	to = moved_to(due, fresh, parked=doc.status == Status.PARKED.value and not was_parked)
	return to if to != due else None


def make(doc: Any, due: datetime, words: str = "") -> None:
	"""Let the present user promise the customer of this ticket to be heard of by then; ``words`` go to the customer."""
	doc.flags.cse_promise = Made(due, frappe.session.user, words)
	doc.flags.cse_words = bool(words)
	doc.save(ignore_permissions=True)
	if words:
		with words_along(doc):
			doc.reply_via_agent(message=as_html(words), to=doc.raised_by)


@contextmanager
def words_along(doc: Any) -> Iterator[None]:
	"""What is said to the customer of this ticket meanwhile goes along with the promise that was just made."""
	frappe.flags.cse_words_along = str(doc.name)
	try:
		yield
	finally:
		frappe.flags.cse_words_along = None


def renew(doc: Any, at: datetime) -> None:
	"""Let a default begin on a ticket outside of a save, and show it."""
	due = default_of(doc, at) if is_carried(doc) else None
	if due:
		begin(doc, Made(due), at)
	after = due and site_time(due)
	line = with_next_update(doc.get(WAITING_ON), after, has_time=bool(doc.get(NEXT_UPDATE)))
	frappe.db.set_value(TICKET, doc.name, {NEXT_UPDATE: after, WAITING_ON: line}, update_modified=False)


def begin_missing(log: str | None = None) -> None:
	"""Let a default begin now on every ticket that should carry a promise and carries none.

	Those that are still coming in from an old desk wait for the end of their ``log``.
	"""
	tickets, entries = frappe.qb.DocType(TICKET), frappe.qb.DocType(TICKET_IMPORT)
	query = (
		frappe.qb.from_(tickets)
		.select(tickets.name)
		.where(tickets.status.isin([status.value for status in CARRYING]) & tickets[NEXT_UPDATE].isnull())
	)
	mine = frappe.qb.from_(entries).select(entries.ticket)
	if log:
		query = query.where(tickets.name.isin(mine.where(entries.log == log)))
	else:
		query = query.where(tickets.name.notin(mine.where(entries.finished == 0)))
	at = now()
	for name in query.run(pluck=True):
		renew(frappe.get_doc(TICKET, name), at)


def forget(ticket: str) -> None:
	"""The promises go with their ticket."""
	frappe.db.delete(PROMISE, {"ticket": ticket})
