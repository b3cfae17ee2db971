"""The calendars and tiers that administrators keep, as the values of the rules."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import frappe
from frappe.utils import get_system_timezone

from crm_support_ext.constants import CALENDAR, SETTINGS, TIER
from crm_support_ext.domain.business_calendar import (
	WEEKDAYS,
	BusinessCalendar,
	Holidays,
	Span,
	Unit,
	regions_of,
)
from crm_support_ext.domain.tiers import Tier
from crm_support_ext.store.contracts import document_of_ticket

_MINUTE = timedelta(minutes=1)
_MIDNIGHT = 24 * 60


def calendar_name(ticket: Any) -> str | None:
	"""Which Support Calendar counts for a ticket: its contract's own, or else the one of the settings."""
	contract = document_of_ticket(ticket)
	return (contract and contract.calendar) or frappe.get_cached_doc(SETTINGS).calendar


def calendar_of(ticket: Any) -> BusinessCalendar:
	"""When the desk is open for a ticket; without a calendar in the settings, office hours in the site's zone."""
	name = calendar_name(ticket)
	if not name:
		return BusinessCalendar(ZoneInfo(get_system_timezone()))
	return as_rule(frappe.get_cached_doc(CALENDAR, name))


def hours_of_warning(ticket: Any) -> BusinessCalendar:
	"""When somebody may be warned of a ticket: in its working hours, or at any time if its contract says so."""
	calendar, contract = calendar_of(ticket), document_of_ticket(ticket)
	return BusinessCalendar(calendar.zone, ALWAYS) if contract and contract.warn_outside_hours else calendar


ALWAYS = (((0, _MIDNIGHT),),) * len(WEEKDAYS)
"""A week without a closed minute."""


def as_rule(doc: Any) -> BusinessCalendar:
	"""A Support Calendar as a value. ZoneInfoNotFoundError for a zone that does not exist."""
	week: dict[str, list[tuple[int, int]]] = {day: [] for day in WEEKDAYS}
	for row in doc.hours:
		week[row.weekday.lower()].append((_minute(row.opens), _minute(row.closes) or _MIDNIGHT))
	days = {
		kind: frozenset(frappe.utils.getdate(row.date) for row in doc.days if row.kind == kind)
		for kind in ("Closed", "Open")
	}
	return BusinessCalendar(
		ZoneInfo(doc.time_zone),
		tuple(tuple(sorted(intervals)) for intervals in week.values()),
		Holidays(country_code(doc.country), doc.subdivision or "", days["Closed"], days["Open"]),
	)


def country_code(country: str | None) -> str:
	"""The code of a Country as python-holidays writes it; empty for none."""
	code = frappe.get_cached_value("Country", country, "code") if country else None
	return (code or "").upper()


def holidays_from(country: str, subdivision: str, first: date) -> list[dict[str, str]]:
	"""The public holidays of a country and region in the year from a day on; none where they are not known."""
	code = country_code(country)
	regions = regions_of(code)
	if regions is None or (subdivision and subdivision not in regions):
		return []
	holidays, last = Holidays(code, subdivision), first + timedelta(days=364)
	days = sorted(holidays.of_year(first.year) | holidays.of_year(last.year))
	return [{"date": str(day), "name": holidays.name(day)} for day in days if first <= day <= last]


def _minute(time: Any) -> int:
	return frappe.utils.to_timedelta(time) // _MINUTE


def tier_named(name: str | None) -> Tier | None:
	"""The Priority Tier of this name as a value; None if there is none."""
	if not name or not frappe.get_cached_value(TIER, name, "name"):
		return None
	return tier_as_rule(frappe.get_cached_doc(TIER, name))


def tier_for(ticket: Any, name: str | None) -> Tier | None:
	"""The tier of this name as a ticket has it: with the targets of its contract, where that has its own."""
	own = _own_targets(ticket, name)
	return _tier(own.tier, own) if own else tier_named(name)


def has_own_targets(ticket: Any, name: str) -> bool:
	"""Whether the ticket's contract has its own targets for the tier of this name."""
	return _own_targets(ticket, name) is not None


def _own_targets(ticket: Any, name: str | None) -> Any:
	contract = document_of_ticket(ticket)
	return next((row for row in contract.targets if row.tier == name), None) if contract else None


def tier_as_rule(doc: Any) -> Tier:
	"""A Priority Tier as a value; a target of 0 is none."""
	return _tier(doc.name, doc)


def _tier(name: str, row: Any) -> Tier:
	response, target = (row.response_amount, row.response_unit), (row.target_amount, row.target_unit)
	return Tier(name, _span(*response), _span(*target))


def _span(amount: int, unit: str) -> Span | None:
	return Span(Fraction(amount), UNITS[unit]) if amount else None


UNITS = {f"working {unit.value}s": unit for unit in Unit}
"""By what a Priority Tier says."""
