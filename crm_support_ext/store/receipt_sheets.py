"""A receipt as people read it, on a page or on paper: by day, with sums and a bar, in the reader's language.

All times are read on the clocks of the ticket's calendar. Nothing internal is in it: customers read it too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import quote
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from frappe import _

from crm_support_ext.domain.tiers import BY_AGREEMENT
from crm_support_ext.store.amounts import day_in_words
from crm_support_ext.store.frappe import moment
from crm_support_ext.store.receipts import receipt_of
from crm_support_ext.store.spans import clock, locale

WIDTH = 1000
"""How wide the bar is, in units of its own."""


class Fact(NamedTuple):
	"""A line of the head; ``theme`` is green, red or empty."""

	label: str
	words: str
	theme: str = ""


def address_of(ticket: str) -> str:
	"""Where the page with the receipt of a ticket is."""
	return f"/support/receipt?ticket={quote(ticket)}"


def sheet_of(ticket: str) -> dict[str, Any]:
	"""Title, facts, the bar with its legend, the days with their rows, and the sum of them all."""
	receipt = receipt_of(ticket)
	zone = ZoneInfo(receipt["zone"])
	lines = list(_joined(receipt["lines"], zone))
	on_bar = lines[:-1] if lines and lines[-1]["kind"] == "solved" else lines
	return {
		"ticket": receipt["ticket"],
		"subject": receipt["subject"],
		"zone": _("Times are those of {0}.").format(receipt["zone"].replace("_", " ")),
		"facts": _facts(receipt, zone),
		"bar": list(_bar(on_bar)),
		"legend": _legend(on_bar),
		"days": [_day(list(rows)) for _on, rows in groupby(lines, lambda line: line["start"].date())],
		"sum": {"counted": clock(receipt["counted_seconds"]), "days": _decimal(receipt["counted_days"])},
		"words": _words(),
	}


def _joined(lines: Sequence[dict[str, Any]], zone: ZoneInfo) -> Iterator[dict[str, Any]]:
	"""The lines in the calendar's zone; what touches and was the same is one, unless it was counted on two days."""
	last: dict[str, Any] = {}
	for line in lines:
		start, end = (moment(line[key]).astimezone(zone) for key in ("start", "end"))
		parts = round(float(line["days"]) * 10_000)
		on_a_new_day = line["kind"] == "counted" and last and last["start"].date() != start.date()
		if last and last["why"] == line["why"] and not on_a_new_day:
			last["end"] = end
			last["counted_seconds"] += line["counted_seconds"]
			last["parts"] += parts
			continue
		if last:
			yield last
		last = {**line, "start": start, "end": end, "parts": parts}
	if last:
		yield last | {"is_last": True}


def _facts(receipt: dict[str, Any], zone: ZoneInfo) -> list[Fact]:
	response, fix = receipt["response"], receipt["fix"]
	is_agreed = receipt["tier"] == BY_AGREEMENT and receipt["due"]
	target = _("the agreed date") if is_agreed else receipt["target"] or _("no target")
	facts = [
		Fact(_("Tier"), receipt["tier"]),
		Fact(_("Solution or workaround within"), target),
		Fact(_("Due"), _at(receipt["due"], zone)),
		Fact(_("Stopped"), _stopped(receipt, zone)),
		Fact(_("Working time counted"), _counted(receipt)),
		_kept(_("Kept"), receipt["met"]),
		Fact(_("First response within"), receipt["response_target"] or _("no target")),
		Fact(_("First response due"), _at(response["due"], zone)),
		Fact(_("First response at"), _at(response["at"], zone)),
		_kept(_("First response kept"), response["met"]),
		Fact(_("Solved at"), _at(fix["at"], zone)),
		Fact(_("Working time to the solution"), _counted(fix) if fix["at"] else ""),
	]
	return [fact for fact in facts if fact.words]


def _kept(label: str, met: bool | None) -> Fact:
	words = {True: _("Yes"), False: _("No"), None: ""}[met]
	return Fact(label, words, "green" if met else "red")


def _counted(clock_shows: dict[str, Any]) -> str:
	return _("{0} h = {1} working days").format(
		clock(clock_shows["counted_seconds"]), _decimal(clock_shows["counted_days"])
	)


def _stopped(receipt: dict[str, Any], zone: ZoneInfo) -> str:
	by = {"workaround": _("{0}, by a workaround"), "solution": _("{0}, by the answer")}
	at = _at(receipt["stopped_at"], zone)
	return by[receipt["stopped_by"]].format(at) if at else ""


def _at(time: datetime | None, zone: ZoneInfo) -> str:
	if time is None:
		return ""
	return format_datetime(
		moment(time).astimezone(zone), "EEE d MMM yyyy, HH:mm", tzinfo=zone, locale=locale()
	)


def _day(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
	"""A day with its rows and their sum; an interval stands on the day on which it begins."""
	return {
		"date": day_in_words(rows[0]["start"].date()),
		"rows": [_row(row) for row in rows],
		"counted": clock(sum(row["counted_seconds"] for row in rows)),
		"days": _decimal(sum(row["parts"] for row in rows) / 10_000),
		"is_counted": any(row["kind"] == "counted" for row in rows),
	}


def _row(row: dict[str, Any]) -> dict[str, Any]:
	is_counted = row["kind"] == "counted"
	goes_on = row["kind"] == "solved" and row.get("is_last")
	on_one_day = goes_on or row["start"].date() == row["end"].date()
	return {
		"kind": row["kind"],
		"start": _time(row["start"]),
		"end": "" if goes_on else _time(row["end"]),
		"end_date": "" if on_one_day else _short_date(row["end"]),
		"why": row["why"],
		"counted": clock(row["counted_seconds"]) if is_counted else "",
		"days": _decimal(row["parts"] / 10_000) if is_counted else "",
	}


def _bar(lines: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
	"""The stretches of one kind, each with its place on the bar."""
	if not lines:
		return
	first, last = lines[0]["start"], lines[-1]["end"]
	for kind, group in groupby(lines, lambda line: line["kind"]):
		stretch = list(group)
		start, end = stretch[0]["start"], stretch[-1]["end"]
		yield {
			"kind": kind,
			"x": round((start - first) / (last - first) * WIDTH, 2),
			"width": round((end - start) / (last - first) * WIDTH, 2),
		}


def _legend(lines: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
	"""Each kind that there is, with the clock time that it took."""
	names = {
		"counted": _("counted"),
		"paused": _("paused"),
		"outside": _("outside working hours"),
		"held": _("a workaround stands"),
		"solved": _("answered"),
	}
	passed = {
		kind: sum((line["end"] - line["start"] for line in lines if line["kind"] == kind), timedelta())
		for kind in names
	}
	return [
		{"kind": kind, "words": names[kind], "passed": _("{0} h").format(clock(round(time.total_seconds())))}
		for kind, time in passed.items()
		if time
	]


def _words() -> dict[str, str]:
	"""What stands around the figures."""
	return {
		"title": _("Receipt"),
		"day": _("Day"),
		"interval": _("From - to"),
		"why": _("Why"),
		"counted": _("Working time"),
		"days": _("Working days"),
		"sum": _("Sum"),
		"print": _("Print"),
		"back": _("Back to the ticket"),
		"nothing": _("Nothing was counted on this ticket yet."),
		"bar": _("The time from the ticket's beginning"),
		"note": _(
			"Working time counts inside the opening hours only. A day's share is its counted time divided by the length of that working day."
		),
	}


def _decimal(value: float | str) -> str:
	return format_decimal(float(value), "0.0000", locale=locale())


def _short_date(at: datetime) -> str:
	return format_date(at.date(), "EEE d MMM", locale=locale())


def _time(at: datetime) -> str:
	return f"{at:%H:%M:%S}" if at.second or at.microsecond else f"{at:%H:%M}"
