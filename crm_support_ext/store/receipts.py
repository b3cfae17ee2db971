"""The receipt of a ticket: why its clock shows what it shows, interval by interval (domain.md section 2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from typing import Any

import frappe
from frappe import _

from crm_support_ext.constants import TICKET
from crm_support_ext.domain.business_calendar import BusinessCalendar, Span, four_decimals, whole_seconds
from crm_support_ext.domain.receipts import Line, Why, receipt
from crm_support_ext.domain.targets import Clock, Figures, figures
from crm_support_ext.store.calendars import calendar_name
from crm_support_ext.store.frappe import now, site_time
from crm_support_ext.store.spans import both_units
from crm_support_ext.store.targets import clocks_of, tier_of


def receipt_of(ticket: str) -> dict[str, Any]:
	"""What api/target.py::receipt answers; no lines for a ticket whose record was not begun."""
	doc = frappe.get_doc(TICKET, ticket)
	at, tier = now(), tier_of(doc)
	course, calendar = clocks_of(doc)
	head = {
		"ticket": str(doc.name),
		"subject": doc.subject,
		"tier": tier.name,
		"target": _target(tier.target, calendar),
		"response_target": _target(tier.response, calendar),
		"calendar": calendar_name(doc),
		"zone": str(calendar.zone),
		"counted_until": site_time(at),
	}
	if course is None:
		return head | _NOTHING
	lines = list(receipt(course, calendar, at))
	return head | _figures(figures(course, calendar, at)) | {"lines": list(_lines(lines))}


_NOTHING: dict[str, Any] = {
	"counted_seconds": 0,
	"counted_days": four_decimals(Fraction()),
	"due": None,
	"met": None,
	"stopped_by": None,
	"stopped_at": None,
	"response": {"due": None, "at": None, "met": None},
	"fix": {"at": None, "counted_seconds": 0, "counted_days": four_decimals(Fraction())},
	"lines": [],
}


def _target(span: Span | None, calendar: BusinessCalendar) -> str | None:
	return both_units(span, calendar) if span else None


def _figures(counted: Figures) -> dict[str, Any]:
	response, target, fix = counted.response, counted.target, counted.fix
	stop = target.clock.stop
	return {
		**_clock(target.clock),
		"due": target.due and site_time(target.due),
		"met": target.met,
		"stopped_by": stop and stop.by.value,
		"stopped_at": stop and site_time(stop.at),
		"response": {
			"due": response.due and site_time(response.due),
			"at": response.at and site_time(response.at),
			"met": response.met,
		},
		"fix": {"at": fix.stop and site_time(fix.stop.at), **_clock(fix)},
	}


def _clock(clock: Clock) -> dict[str, Any]:
	return {
		"counted_seconds": whole_seconds(clock.counted),
		"counted_days": four_decimals(clock.counted_days),
	}


def _lines(lines: list[Line]) -> Iterator[dict[str, Any]]:
	"""Each line with what the rounded sum grows by, so that what is shown adds up to the figure that is shown."""
	counted, days, seconds_so_far, days_so_far = timedelta(), Fraction(), 0, 0
	for line in lines:
		counted, days = counted + line.counted, days + line.days
		seconds, parts = whole_seconds(counted), round(days * 10_000)
		yield {
			"start": site_time(line.start),
			"end": site_time(line.end),
			"kind": KINDS[line.why],
			"why": words(line.why),
			"counted_seconds": seconds - seconds_so_far,
			"days": four_decimals(Fraction(parts - days_so_far, 10_000)),
		}
		seconds_so_far, days_so_far = seconds, parts


KINDS = {
	Why.COUNTED: "counted",
	Why.OUTSIDE_HOURS: "outside",
	Why.CUSTOMER: "paused",
	Why.PRODUCT: "paused",
	Why.THIRD_PARTY: "paused",
	Why.WORKAROUND: "held",
	Why.SOLVED: "solved",
}
"""What each interval is on the bar of a receipt."""


def words(why: Why) -> str:
	"""Why an interval was counted or not, in the reader's language."""
	return {
		Why.COUNTED: _("counted"),
		Why.OUTSIDE_HOURS: _("outside working hours"),
		Why.CUSTOMER: _("waiting for the customer"),
		Why.PRODUCT: _("waiting for the product"),
		Why.THIRD_PARTY: _("waiting for a third party the customer chose"),
		Why.WORKAROUND: _("a workaround stands"),
		Why.SOLVED: _("answered"),
	}[why]
