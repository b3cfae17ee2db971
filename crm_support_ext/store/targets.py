"""Due times and figures of the site's tickets: shown in the helpdesk's own fields, kept in Ticket Target.

All of it is derived from a ticket's course (store/courses.py), so that counting again gives the same.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import frappe

from crm_support_ext.constants import AGREED_ON, SETTINGS, TARGET, TICKET, TICKET_PRODUCT
from crm_support_ext.domain import warnings
from crm_support_ext.domain.business_calendar import BusinessCalendar, whole_seconds
from crm_support_ext.domain.course import SOLVED, Course, rests_since
from crm_support_ext.domain.lifecycle import Event, Status
from crm_support_ext.domain.targets import Figures, figures, paused
from crm_support_ext.domain.tiers import AGREE_WITHIN, BY_AGREEMENT, Tier
from crm_support_ext.store.calendars import calendar_name, calendar_of, tier_for
from crm_support_ext.store.courses import course_of
from crm_support_ext.store.frappe import moment, now, site_time, status_of

SHOWN = (
	"response_by",
	"first_response_time",
	"first_response_failed_by",
	"resolution_by",
	"resolution_date",
	"resolution_time",
	"resolution_failed_by",
	"on_hold_since",
	"total_hold_time",
	"agreement_status",
)
"""The helpdesk's own fields in which its screens and reports look for due times."""

WARNED = ("warned_response", "warned_target")
"""Of how many per cent of each clock somebody was warned: written by the warnings alone."""

COUNTED_ANEW = frozenset({Event.WORKAROUND_GIVEN, Event.WORKAROUND_FAILED, Event.ESCALATED, Event.RETURNED})
"""What moves a clock without changing the status."""

_SECOND = timedelta(seconds=1)


def tier_of(doc: Any) -> Tier:
	"""The tier in which a ticket is counted; the one of the settings for a priority that has none."""
	usual = frappe.get_cached_doc(SETTINGS).default_tier
	return tier_for(doc, doc.priority) or tier_for(doc, usual) or Tier("")


def clocks_of(doc: Any) -> tuple[Course | None, BusinessCalendar]:
	"""What the clocks of a ticket are read from; no course if it has no record."""
	return course_of(doc, tier_of(doc), None), calendar_of(doc)


def count(doc: Any, tier: Tier) -> None:
	"""Put due times and figures into a ticket that is being saved; what nothing has moved stays as it was."""
	if _is_moved(doc):
		_count(doc, tier, doc.flags.cse_at or now())
	else:
		before = doc.get_doc_before_save()
		doc.update({field: before.get(field) for field in SHOWN})


def _count(doc: Any, tier: Tier, at: datetime) -> None:
	course, calendar = course_of(doc, tier, doc.flags.cse_change), calendar_of(doc)
	if course:
		counted = figures(course, calendar, at)
		_show(doc, course, counted, calendar, at)
		doc.agreement_status = agreement(doc, at)
		kept = None if doc.is_new() else frappe.db.get_value(TARGET, str(doc.name), WARNED)
		next_at = warnings.next_at(course, calendar, at, _warned(*(kept or (0, 0))))
		row = _row(course, counted) | {
			"calendar": calendar_name(doc),
			"next_warning_at": next_at and site_time(next_at),
		}
		doc.flags.cse_target = row, kept is not None


def _warned(response: float | None, target: float | None) -> warnings.Warned:
	return warnings.Warned(int(response or 0), int(target or 0))


def _is_moved(doc: Any) -> bool:
	before = doc.get_doc_before_save()
	if before is None or doc.flags.cse_happened in COUNTED_ANEW:
		return True
	if {status_of(before), status_of(doc)} <= SOLVED:
		return False  # a finished ticket keeps its figures
	moving = ("priority", AGREED_ON, "first_responded_on", "customer", TICKET_PRODUCT)
	return bool(doc.flags.cse_change) or any(doc.has_value_changed(field) for field in moving)


def keep(doc: Any) -> None:
	"""Write what was counted in this save, if anything, into the ticket's row of Ticket Target."""
	row, is_kept = doc.flags.pop("cse_target", None) or (None, False)
	if is_kept:
		frappe.db.set_value(TARGET, str(doc.name), row)
	elif row:
		frappe.get_doc({"doctype": TARGET, "name": str(doc.name), "ticket": str(doc.name), **row}).db_insert()


def leave(doc: Any) -> None:
	"""Drop the row of a ticket that has left the tiers for a priority that its agreement counts."""
	if not doc.is_new() and doc.has_value_changed("priority"):
		frappe.db.delete(TARGET, {"name": str(doc.name)})


def recount(name: str) -> None:
	"""Count a ticket again from its facts, now; nothing else about it changes."""
	doc = frappe.get_doc(TICKET, name, for_update=True)
	_count(doc, tier_of(doc), now())
	if doc.flags.cse_target:
		shown = {field: doc.get(field) for field in SHOWN}
		frappe.db.set_value(TICKET, name, shown, update_modified=False)
		keep(doc)


def agreement(doc: Any, at: datetime) -> str:
	"""The helpdesk's word for where a ticket stands, from the due times that it shows; see the stock class."""
	calendar = calendar_of(doc)
	answered = doc.first_responded_on or doc.resolution_date
	stands = doc.resolution_date or doc.on_hold_since
	if _is_late(calendar, doc.response_by, answered, at) or _is_late(calendar, doc.resolution_by, stands, at):
		return "Failed"
	if doc.on_hold_since:
		return "Paused"
	if doc.response_by and not answered:
		return "First Response Due"
	return "Fulfilled" if doc.resolution_date else "Resolution Due"


def _is_late(calendar: BusinessCalendar, due: Any, at: Any, otherwise: datetime) -> bool:
	"""Whether working time has passed between what was due and when it came, or now."""
	return bool(due) and calendar.measure(moment(due), moment(at) if at else otherwise) > timedelta()


def _show(doc: Any, course: Course, counted: Figures, calendar: BusinessCalendar, at: datetime) -> None:
	response, target, created = counted.response, counted.target, course.turns[0].at
	last = course.turns[-1]
	stop = target.clock.stop.at if target.clock.stop else None
	if last.status is Status.CLOSED:
		stop = stop or last.at
	rests = rests_since(course)
	doc.update(
		{
			"response_by": _shown(response.due, response.at, response.met),
			"first_response_time": whole_seconds(calendar.measure(created, response.at))
			if response.at
			else None,
			"first_response_failed_by": _overrun(calendar, response.due, response.at, response.met),
			"resolution_by": _shown(target.due or _to_agree_by(course, calendar), stop, target.met),
			"resolution_date": stop and site_time(stop),
			"resolution_time": whole_seconds(target.clock.counted) if stop else None,
			"resolution_failed_by": _overrun(calendar, target.due, stop, target.met),
			"on_hold_since": rests and site_time(rests),
			"total_hold_time": whole_seconds(paused(course, calendar, at)),
		}
	)


def _shown(due: datetime | None, at: datetime | None, met: bool | None) -> datetime | None:
	"""A due time as the screens show it, which take for late what came after it, though no working time passed."""
	if due and at and met is not False and at >= due:
		due = at + _SECOND
	return due and site_time(due)


def _to_agree_by(course: Course, calendar: BusinessCalendar) -> datetime | None:
	"""Where the target is a date that is still to be agreed: by when that must be done."""
	if course.tier is None or course.tier.name != BY_AGREEMENT or course.agreed:
		return None
	due = calendar.add(course.turns[0].at, AGREE_WITHIN)
	return due if isinstance(due, datetime) else None


def _overrun(calendar: BusinessCalendar, due: datetime | None, at: datetime | None, met: bool | None) -> Any:
	return whole_seconds(calendar.measure(due, at)) if due and at and met is False else None


_YES_NO = {True: "Yes", False: "No", None: None}


def _row(course: Course, counted: Figures) -> dict[str, Any]:
	response, target, fix = counted.response, counted.target, counted.fix
	moments = {
		"started_at": course.turns[0].at,
		"response_due": response.due,
		"response_at": response.at,
		"target_due": target.due,
		"stopped_at": target.clock.stop and target.clock.stop.at,
		"rests_since": rests_since(course),
		"fix_at": fix.stop and fix.stop.at,
	}
	return {
		**{field: value and site_time(value) for field, value in moments.items()},
		"tier": course.tier.name if course.tier else None,
		"response_met": _YES_NO[response.met],
		"stopped_by": target.clock.stop and target.clock.stop.by.value,
		"target_met": _YES_NO[target.met],
		"counted_seconds": whole_seconds(target.clock.counted),
		"counted_days": float(round(target.clock.counted_days, 4)),
		"fix_seconds": whole_seconds(fix.counted),
		"stale": 0,
	}
