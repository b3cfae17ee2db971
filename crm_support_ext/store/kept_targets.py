"""How many targets were kept: counted per tier, customer, team or month, for the report and the number card.

One statement, whatever the number of tickets. A running ticket whose time is up counts as late before anything
happens to it; its row of Ticket Target does not say so yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Literal

import frappe
from frappe.query_builder.functions import Avg, Cast, Coalesce, Count, Max, Substring
from pypika import Case
from pypika.analytics import Count as CountOver
from pypika.analytics import RowNumber

from crm_support_ext.constants import CALENDAR, TARGET, TICKET
from crm_support_ext.domain.business_calendar import BusinessCalendar
from crm_support_ext.store.calendars import as_rule, calendar_of
from crm_support_ext.store.frappe import now, site_time
from crm_support_ext.store.recounting import RUNNING

Part = Literal["tier", "customer", "team", "month"]

LONGEST_CLOSURE = timedelta(days=60)
"""How far back the last opening is looked for."""


def count(
	first_day: date, last_day: date, by: Part | None = None, only: Mapping[str, str] | None = None
) -> list[Any]:
	"""Figures of the tickets that began in these days: one row, or one per ``part`` if ``by``.

	``tickets``, ``kept`` and ``late``, ``response_kept`` and ``response_late``; ``used`` is the median of the seconds
	counted where the clock stopped, ``late_by`` that of the working seconds by which stopped clocks were late,
	``latest`` the most. ``only`` narrows to a tier or customer.
	"""
	rows = _rows(first_day, last_day, by, only or {})
	counts = ("kept", "late", "response_kept", "response_late")
	query = frappe.qb.from_(rows).select(
		Count("*").as_("tickets"),
		*(Count(rows[field]).as_(field) for field in counts),
		_median(rows, "used"),
		_median(rows, "late_by"),
		Max(rows.late_by).as_("latest"),
	)
	if by:
		query = query.select(rows.part).groupby(rows.part).orderby(rows.part)
	return query.run(as_dict=True)


def _rows(first_day: date, last_day: date, by: Part | None, only: Mapping[str, str]) -> Any:
	"""A row per ticket, with a 1 for all that holds of it, and the place of its times among those of its part."""
	targets, tickets = frappe.qb.DocType(TARGET), frappe.qb.DocType(TICKET)
	parts = {
		"tier": Coalesce(targets.tier, ""),
		"customer": Coalesce(tickets.customer, ""),
		"team": Coalesce(tickets.agent_group, ""),
		"month": Substring(Cast(targets.started_at, "CHAR"), 1, 7),
	}
	over = [parts[by]] if by else []
	times = {
		"used": Case().when(targets.stopped_at.notnull(), targets.counted_seconds),
		"late_by": Case().when(targets.target_met == "No", tickets.resolution_failed_by),
	}
	query = (
		frappe.qb.from_(targets)
		.join(tickets)
		.on(tickets.name == targets.ticket)
		.select(*_holds(targets, tickets), *(time.as_(field) for field, time in times.items()))
		.select(*(rank for field, time in times.items() for rank in _ranks(field, time, over)))
		.where((targets.started_at >= first_day) & (targets.started_at < last_day + timedelta(days=1)))
	)
	for part, value in only.items():
		query = query.where(parts[part] == value)
	return query.select(parts[by].as_("part")) if by else query


def _holds(targets: Any, tickets: Any) -> list[Any]:
	runs, up = tickets.status.isin(RUNNING), _time_is_up(targets)
	due = targets.stopped_at.isnull() & targets.rests_since.isnull() & (targets.target_due < up)
	unanswered = targets.response_at.isnull() & (targets.response_due < up)
	facts = {
		"kept": targets.target_met == "Yes",
		"late": (targets.target_met == "No") | (targets.target_met.isnull() & runs & due),
		"response_kept": targets.response_met == "Yes",
		"response_late": (targets.response_met == "No") | (targets.response_met.isnull() & runs & unanswered),
	}
	return [Case().when(fact, 1).as_(field) for field, fact in facts.items()]


def _ranks(field: str, time: Any, over: list[Any]) -> tuple[Any, Any]:
	"""The place of a time among those of its part, shortest first, and how many there are; none comes last."""
	missing = Case().when(time.isnull(), 1).else_(0)
	place = RowNumber().over(*over).orderby(missing, time)
	return place.as_(f"{field}_place"), CountOver(time).over(*over).as_(f"{field}_of")


def _median(ranked: Any, field: str) -> Any:
	twice, of = ranked[f"{field}_place"] * 2, ranked[f"{field}_of"]
	is_middle = (twice >= of) & (twice <= of + 2) & (ranked[f"{field}_place"] <= of)
	return Avg(Case().when(is_middle, ranked[field])).as_(field)


def _time_is_up(targets: Any) -> Any:
	"""What was due before this is late: the present while the desk is open, else the last closing time."""
	at = now()
	otherwise = _last_open(calendar_of(None), at)
	cases = [
		(name, _last_open(as_rule(frappe.get_cached_doc(CALENDAR, name)), at))
		for name in frappe.get_all(CALENDAR, pluck="name")
	]
	if not cases:
		return otherwise
	case = Case()
	for name, time in cases:
		case = case.when(targets.calendar == name, time)
	return case.else_(otherwise)


def _last_open(calendar: BusinessCalendar, at: datetime) -> datetime:
	closes = [closes for _, closes in calendar.open_intervals(at - LONGEST_CLOSURE, at)]
	return site_time(closes[-1] if closes else at - LONGEST_CLOSURE)
