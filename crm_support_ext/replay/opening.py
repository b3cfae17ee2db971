"""The ``[calendar]`` of a policy: when the desk is open (replay.md, The policy)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from crm_support_ext.domain.business_calendar import (
	OFFICE_HOURS,
	WEEKDAYS,
	BusinessCalendar,
	Holidays,
	Interval,
	overlaps,
	regions_of,
)
from crm_support_ext.replay.documents import Document, Kind, Rows, Table
from crm_support_ext.replay.faults import shown
from crm_support_ext.replay.kinds import DAY, TEXT, is_text

ZONE = "Europe/Amsterdam"
COUNTRY = "NL"
"""Where the desk is if a policy does not say (domain.md 2)."""

_INTERVAL = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)", re.ASCII)


def _is_interval(value: object) -> bool:
	return is_text(value) and bool(_INTERVAL.fullmatch(str(value))) and str(value)[:5] < str(value)[6:]


_HOURS = Rows(Kind("an interval such as 09:00-17:00", _is_interval))

CALENDAR = Table(
	{
		**dict.fromkeys(WEEKDAYS, _HOURS),
		"holidays": Table({"country": TEXT, "subdivision": TEXT, "extra": Rows(DAY), "not": Rows(DAY)}),
	}
)
"""The keys that a ``[calendar]`` may have."""


def check_calendar(document: Document, settings: Mapping[str, Any]) -> None:
	"""A week is open at some time, the intervals of a day do not overlap, and the holidays are known."""
	calendar = settings.get("calendar", {})
	named = [day for day in WEEKDAYS if day in calendar]
	if named and not any(calendar[day] for day in named):
		document.fault(("calendar", named[0]), "the calendar never opens", "an interval on some weekday")
	for day in named:
		for one, following in overlaps(_intervals(calendar[day])):
			document.fault(
				("calendar", day),
				f"calendar.{day} has {_text(one)} and {_text(following)}",
				"intervals that do not overlap",
			)
	_check_holidays(document, calendar.get("holidays", {}))


def _check_holidays(document: Document, named: Mapping[str, Any]) -> None:
	"""The country and its subdivision are such that their public holidays are known."""
	if "country" not in named and "subdivision" not in named:
		return
	country, subdivision = named.get("country", COUNTRY), named.get("subdivision", "")
	path = ("calendar", "holidays")
	regions = regions_of(country)
	if country and regions is None:
		document.fault(
			(*path, "country"), f"calendar.holidays.country is {shown(country)}", "a code such as NL"
		)
	elif subdivision and subdivision not in (regions or ()):
		known = ", ".join(regions or ()) or "nothing"
		wrong = f"calendar.holidays.subdivision is {shown(subdivision)}"
		document.fault((*path, "subdivision"), wrong, f"one of {known}")


def read_calendar(settings: Mapping[str, Any]) -> BusinessCalendar:
	"""The calendar of a checked policy. Once a weekday is named, those that are not are closed."""
	calendar = settings.get("calendar", {})
	week = OFFICE_HOURS
	if not calendar.keys().isdisjoint(WEEKDAYS):
		week = tuple(_intervals(calendar.get(day, ())) for day in WEEKDAYS)
	named = calendar.get("holidays", {})
	holidays = Holidays(
		named.get("country", COUNTRY),
		named.get("subdivision", ""),
		frozenset(named.get("extra", ())),
		frozenset(named.get("not", ())),
	)
	return BusinessCalendar(ZoneInfo(settings.get("timezone", ZONE)), week, holidays)


def _intervals(texts: Sequence[str]) -> tuple[Interval, ...]:
	return tuple((_minute(text[:5]), _minute(text[6:])) for text in sorted(texts))


def _text(interval: Interval) -> str:
	"""As a policy writes it."""
	return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in interval)


def _minute(text: str) -> int:
	return int(text[:2]) * 60 + int(text[3:])
