"""Warnings of targets that run out: who was told of what, when, once each (domain.md section 2).

A row of Target Warning is made when a threshold is reached and lives on with what became of it. The functions here
do one piece of work each, on a row that their caller has claimed, and leave the transaction to the caller.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import frappe
from frappe import _
from frappe.query_builder.functions import Max
from frappe.utils import add_to_date

from crm_support_ext.constants import (
	SETTINGS,
	TARGET,
	TARGET_WARNING,
	TICKET,
	TICKET_IMPORT,
	TICKET_PRODUCT,
	TIER,
	WARNING_RECIPIENT,
)
from crm_support_ext.domain.course import Course
from crm_support_ext.domain.lifecycle import Status
from crm_support_ext.domain.promises import stand_in
from crm_support_ext.domain.warnings import Reached, Rhythm, Warned, reached
from crm_support_ext.store.absences import away
from crm_support_ext.store.calendars import hours_of_warning
from crm_support_ext.store.frappe import can_mail, moment, site_time
from crm_support_ext.store.holders import assignees, managers
from crm_support_ext.store.targets import clocks_of, recount
from crm_support_ext.store.warning_lines import WarningLine, line_of
from crm_support_ext.store.warning_links import link_of
from crm_support_ext.store.warning_sms import TO_SEND, can_send
from crm_support_ext.store.warning_words import mail_at_once, mail_digest, mail_manager

BATCH = 500
DIGEST, AT_ONCE, MANAGER = "Digest", "At once", "Manager"
WAITING, SENT, LEFT_OUT = "Waiting", "Sent", "Left out"


def rhythm() -> Rhythm:
	"""How often digests go and when the manager is told, as an administrator chose."""
	settings = frappe.get_cached_doc(SETTINGS)
	return Rhythm(
		timedelta(minutes=settings.warn_digest_minutes or 0),
		timedelta(minutes=settings.manager_after_minutes or 0),
	)


def who_is_told(ticket: Any, at: datetime) -> list[str]:
	"""Those who hold the ticket, or stand in for them; its managers if nobody does."""
	absent = away(at)
	there = [stand_in(user, absent) for user in assignees(ticket)]
	return list(dict.fromkeys(filter(None, there))) or managers(ticket)


def to_notice(at: datetime) -> list[str]:
	"""The tickets of which a clock has reached a threshold, without those that are still being brought in."""
	targets, entries = frappe.qb.DocType(TARGET), frappe.qb.DocType(TICKET_IMPORT)
	coming_in = frappe.qb.from_(entries).select(entries.ticket).where(entries.finished == 0)
	return (
		frappe.qb.from_(targets)
		.select(targets.ticket)
		.where((targets.next_warning_at <= site_time(at)) & targets.ticket.notin(coming_in))
		.orderby(targets.next_warning_at)
		.limit(BATCH)
	).run(pluck=True)


def notice(name: str, at: datetime) -> None:
	"""Make a row for what the ticket's clocks have reached, and let it say when they reach the next."""
	doc = frappe.get_doc(TICKET, name)
	course, calendar = clocks_of(doc)
	kept = frappe.db.get_value(TARGET, name, ["warned_response", "warned_target"], as_dict=True)
	warned = Warned(int(kept.warned_response or 0), int(kept.warned_target or 0))
	for found in reached(course, calendar, at, warned) if course else ():
		_make(doc, course, found)
		frappe.db.set_value(TARGET, name, f"warned_{found.clock.value}", found.percent)
	recount(name)


def _make(doc: Any, course: Course, found: Reached) -> None:
	"""The row of a threshold. What still waits of lower ones is not told any more: the higher one says it."""
	key = {"ticket": str(doc.name), "clock": found.clock.value}
	if frappe.db.exists(TARGET_WARNING, {**key, "percent": found.percent}):
		return
	for row in frappe.get_all(TARGET_WARNING, filters={**key, "state": WAITING}, fields=["name", "sent_at"]):
		frappe.db.set_value(TARGET_WARNING, row.name, "state", SENT if row.sent_at else LEFT_OUT)
	tier = course.tier.name if course.tier else None
	at_once = tier and frappe.db.get_value(TIER, tier, "at_once")
	frappe.get_doc(
		{
			"doctype": TARGET_WARNING,
			**key,
			"percent": found.percent,
			"reached_at": site_time(found.at),
			"tier": tier,
			"channel": AT_ONCE if at_once else DIGEST,
			"state": WAITING,
		}
	).insert(ignore_permissions=True)


def waiting_at_once(at: datetime) -> list[str]:
	"""The warnings that cannot wait, of tickets for which the desk is open."""
	return [row.warning for row in _waiting(AT_ONCE) if hours_of_warning(row).is_open(at)]


def tell_at_once(name: str, at: datetime) -> None:
	"""Tell those who hold the ticket, by mail and by SMS, if the desk is open and the clock still runs."""
	warning = frappe.get_doc(TARGET_WARNING, name)
	doc = frappe.get_doc(TICKET, warning.ticket)
	line, calendar = line_of(warning, doc, at), hours_of_warning(doc)
	users = [user for user in who_is_told(doc, at) if can_mail() or can_send(user)]
	if line is None:
		_leave_out_if_closed(warning, doc)
	elif users and calendar.is_open(at):
		others = [user for user in managers(doc) if user not in users]
		due = rhythm().manager_at(calendar, at) if others else None
		after = {
			"manager_due_at": due and site_time(due),
			"manager_told_at": None if others else site_time(at),
		}
		for user, name in _tell(warning, users, AT_ONCE, at, state=SENT, **after):
			if can_mail():
				mail_at_once(user, line, link_of(name))


def digests_due(at: datetime) -> dict[str, list[str]]:
	"""Who is to get a digest now, and the warnings that may be in it."""
	found: dict[str, list[str]] = defaultdict(list)
	rows, chosen = _waiting(DIGEST) if can_mail() else [], rhythm()
	last: dict[str, datetime | None] = {}
	for row in rows:
		calendar = hours_of_warning(row)
		for user in who_is_told(row, at) if calendar.is_open(at) else ():
			last.setdefault(user, last_digest(user))
			if chosen.digest_goes(calendar, last[user], at):
				found[user].append(row.warning)
	return found


def tell_in_digest(user: str, names: Sequence[str], at: datetime) -> None:
	"""Send one mail about these warnings, as far as the user still holds the tickets and has not had them yet."""
	last, lines = last_digest(user), []
	for name in names:
		try:
			lines += _in_digest(user, name, last, at)
		except Exception as error:  # of one ticket: the others are told all the same
			report_once(name, error)
	if lines:
		mail_digest(user, lines)


def _in_digest(user: str, name: str, last: datetime | None, at: datetime) -> list[WarningLine]:
	"""The line of a warning in a user's digest, noted as told; none if it is not for them, or not now."""
	warning = frappe.get_doc(TARGET_WARNING, name)
	doc = frappe.get_doc(TICKET, warning.ticket)
	line, missing = line_of(warning, doc, at), set(who_is_told(doc, at)) - set(_had(warning))
	if line is None:
		_leave_out_if_closed(warning, doc)
	elif not missing:
		warning.db_set("state", SENT)
	elif user in missing and rhythm().digest_goes(hours_of_warning(doc), last, at):
		_tell(warning, [user], DIGEST, at, state=WAITING if missing - {user} else SENT)
		return [line]
	return []


def last_digest(user: str) -> datetime | None:
	"""When the user had the last digest."""
	told = frappe.qb.DocType(WARNING_RECIPIENT)
	query = frappe.qb.from_(told).select(Max(told.told_at))
	last = query.where((told.user == user) & (told.told_as == DIGEST)).run(pluck=True)[0]
	return moment(last) if last else None


def to_tell_manager(at: datetime) -> list[str]:
	"""The warnings that nobody acknowledged in time."""
	filters = {"manager_due_at": ("<=", site_time(at)), "acknowledged_at": ("is", "not set")}
	return frappe.get_all(
		TARGET_WARNING, filters=filters, pluck="name", order_by="manager_due_at", limit=BATCH
	)


def tell_manager(name: str, at: datetime) -> None:
	"""Tell the managers who have not heard of it, if the desk is open; nobody if the clock no longer runs."""
	warning = frappe.get_doc(TARGET_WARNING, name)
	doc = frappe.get_doc(TICKET, warning.ticket)
	if not hours_of_warning(doc).is_open(at):
		return
	line, had = line_of(warning, doc, at), _had(warning)
	users = [user for user in managers(doc) if user not in had] if line else []
	after = {"manager_due_at": None, "manager_told_at": site_time(at) if users else None}
	for user, name in _tell(warning, users, MANAGER, at, **after):
		if can_mail():
			minutes = rhythm().manager_after // timedelta(minutes=1)
			mail_manager(user, line, link_of(name), had, minutes)


def forget(ticket: str) -> None:
	"""A ticket that is deleted takes its warnings along."""
	names = frappe.get_all(TARGET_WARNING, filters={"ticket": ticket}, pluck="name")
	frappe.db.delete(WARNING_RECIPIENT, {"parent": ("in", names or [""])})
	frappe.db.delete(TARGET_WARNING, {"ticket": ticket})


def _waiting(channel: str) -> list[Any]:
	"""The tickets with a warning of which not everybody was told who holds them, and the name of that warning."""
	filters = {"state": WAITING, "channel": channel}
	rows = frappe.get_all(TARGET_WARNING, filters=filters, fields=["name", "ticket"], order_by="reached_at")
	tickets = frappe.get_all(
		TICKET,
		filters={
			"name": ("in", [row.ticket for row in rows] or [0]),
			"status": ("!=", Status.RESOLVED.value),
		},
		fields=["name", "customer", TICKET_PRODUCT, "creation", "agent_group", "_assign"],
	)
	known = {str(ticket.name): ticket for ticket in tickets}
	return [frappe._dict(known[row.ticket], warning=row.name) for row in rows if row.ticket in known]


def set_aside(name: str, error: Exception, at: datetime) -> None:
	"""Note what keeps somebody from being warned, and let a ticket wait an hour so that it starves no other."""
	report_once(name, error)
	if frappe.db.exists(TARGET, name):
		later = site_time(at + timedelta(hours=1))
		frappe.db.set_value(TARGET, name, "next_warning_at", later, update_modified=False)


def report_once(name: str, error: Exception) -> None:
	"""Put what keeps somebody from being warned into the Error Log, once a day for each cause."""
	title = _("Nobody can be warned: {0}").format(str(error)[:80] or type(error).__name__)
	known = {"method": title, "reference_name": name, "creation": (">", add_to_date(None, days=-1))}
	if not frappe.db.exists("Error Log", known):
		frappe.log_error(title=title, reference_doctype=TARGET_WARNING, reference_name=name)


def _had(warning: Any) -> list[str]:
	"""Who was told of it so far."""
	return [recipient.user for recipient in warning.recipients]


def _tell(
	warning: Any, users: Sequence[str], told_as: str, at: datetime, **after: Any
) -> list[tuple[str, str]]:
	"""Note who is told now, and what becomes of the warning; the users and the names of their lines.

	An SMS goes later, by the task of its own. The lines are inserted one by one: a save of the whole document locks
	the lines of its neighbours, and workers would wait for each other in a circle.
	"""
	lines = []
	for number, user in enumerate(users, start=len(warning.recipients) + 1):
		by_sms = told_as != DIGEST and can_send(user)
		line = frappe.get_doc(
			{
				"doctype": WARNING_RECIPIENT,
				"parent": warning.name,
				"parenttype": TARGET_WARNING,
				"parentfield": "recipients",
				"idx": number,
				"user": user,
				"told_as": told_as,
				"told_at": site_time(at),
				"sms_state": TO_SEND if by_sms else "",
			}
		)
		line.insert(ignore_permissions=True)
		lines.append((user, line.name))
	after["sent_at"] = warning.sent_at or (site_time(at) if users else None)
	frappe.db.set_value(TARGET_WARNING, warning.name, after)
	return lines


def _leave_out_if_closed(warning: Any, doc: Any) -> None:
	"""A clock that rests, or was stopped by an answer, may run on; that of a closed ticket does not."""
	if doc.status == Status.CLOSED.value:
		warning.db_set("state", SENT if warning.sent_at else LEFT_OUT)
