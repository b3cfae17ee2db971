"""The result as one page that needs nothing else: no network, no script; it prints, and reads in light and dark."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TextIO
from zoneinfo import ZoneInfo

from crm_support_ext.domain.lifecycle import Status
from crm_support_ext.domain.strippen import NOTHING
from crm_support_ext.replay.answer import TIMED, Result
from crm_support_ext.replay.figures import Figures, figures
from crm_support_ext.replay.parked_tables import rank_bars, wait_bars
from crm_support_ext.replay.target_charts import responses, targets, uses
from crm_support_ext.replay.usage import usage
from crm_support_ext.replay.words import WHY, count, share, span
from crm_support_ext.replay.work_charts import curves, lasting, settled_bars
from crm_support_ext.replay.work_tables import amount

_TEMPLATES = Path(__file__).parent / "templates"
_MOST_ROWS = 25
_MOST_COLUMNS = 60
_UNITS = (("day", "%Y-%m-%d"), ("week", "%G week %V"), ("month", "%Y-%m"), ("year", "%Y"))


class Bar(NamedTuple):
	"""One bar of a chart: its name, its length from 0 to 100, and what is written at it."""

	name: str
	length: float
	text: str
	more: str = ""


class Period(NamedTuple):
	"""One day, week or month: how many tickets arrived and closed in it, and as heights from 0 to 100."""

	name: str
	arrived: int
	closed: int
	arrived_height: float
	closed_height: float


def write_page(result: Result, title: str, out: TextIO) -> None:
	"""Write the page. ``title`` names the log."""
	write_template("report.html", result.zone, _content(result, title), out)


def write_template(name: str, zone: ZoneInfo, content: dict[str, Any], out: TextIO) -> None:
	"""Write a page of this content; its times are told in ``zone``."""
	from jinja2 import Environment, FileSystemLoader, StrictUndefined  # slow to load, and only needed here

	environment = Environment(
		loader=FileSystemLoader(_TEMPLATES),
		autoescape=True,
		undefined=StrictUndefined,
		trim_blocks=True,
		lstrip_blocks=True,
	)
	environment.filters.update(span=span, n="{:,}".format, moment=partial(_moment, zone))
	out.write(environment.get_template(name).render(count=count, share=share, **content))
	out.write("\n")


def _content(result: Result, title: str) -> dict[str, Any]:
	counted = figures(result)
	unit, periods = _periods(counted, result.zone)
	tiers, week = counted.tiers.values(), result.policy.calendar.week
	return {
		"title": title,
		"f": counted,
		"closed": counted.statuses[Status.CLOSED],
		"statuses": _bars((status.value, counted.statuses[status]) for status in Status),
		"medians": _time_bars(counted),
		"targets": list(targets(tiers, week)),
		"responses": list(responses(tiers, week)),
		"uses": uses(tiers, week),
		"kept": sum(kept.met for kept in tiers),
		"decided": sum(kept.decided for kept in tiers),
		"unit": unit,
		"periods": periods,
		"most": max((max(period.arrived, period.closed) for period in periods), default=0),
		"refused": [
			(event, status.value, times, WHY[code], counted.examples[event, code, status])
			for (event, code, status), times in counted.refused.most_common()
		],
		"refusals": sum(counted.refused.values()),
		"back": counted.follow_ups[-_MOST_ROWS:][::-1],
		**_work(result, counted),
		**_parked(result),
	}


def _work(result: Result, counted: Figures) -> dict[str, Any]:
	"""What work and strippen came to."""
	work = usage(result)
	years = work.years_out
	return {
		"work": work,
		"strippen_used": amount(sum((each.strippen for each in work.sums.values()), NOTHING)),
		"settled": settled_bars(work),
		"balances": curves(work, min(counted.arrivals), counted.end)
		if counted.arrivals and counted.end
		else None,
		"lasting": lasting(years, result.zone),
		"all_lasting": len(years),
		"years_out": sum(year.out_at is not None for year in years),
	}


def _parked(result: Result) -> dict[str, Any]:
	"""Where parked items stand, and how long they were waited for."""
	standings, waits = result.standings, result.waited
	return {
		"ranks": rank_bars(standings),
		"all_ranks": len(standings),
		"waits": wait_bars(waits),
		"all_waits": len(waits),
	}


def _bars(counts: Iterable[tuple[str, int]]) -> list[Bar]:
	pairs = list(counts)
	most, whole = max(number for _, number in pairs) or 1, sum(number for _, number in pairs)
	return [Bar(name, _length(number / most), f"{number:,}", share(number, whole)) for name, number in pairs]


def _length(part: float) -> float:
	"""A bar that stands for something is never too short to be seen."""
	return max(100 * part, 0.8) if part else 0


def _time_bars(counted: Figures) -> list[Bar]:
	"""The middle ticket's time in each status; the sum and the tickets beside it."""
	longest = max(map(counted.median, TIMED)) or timedelta(seconds=1)
	return [
		Bar(
			status.value,
			_length(counted.median(status) / longest),
			span(counted.median(status)),
			f"{count(len(counted.spent[status]), 'ticket', 'tickets')}, {span(counted.total(status))} in all",
		)
		for status in TIMED
	]


def _periods(counted: Figures, zone: ZoneInfo) -> tuple[str, list[Period]]:
	"""Arrivals and closings by day, week, month or year: the finest that still can be read."""
	if not counted.arrivals:
		return "day", []
	first, last = min(counted.arrivals), max(counted.arrivals + counted.closings)
	named = [(unit, form, _names(first, last, zone, form)) for unit, form in _UNITS]
	unit, form, names = next((found for found in named if len(found[2]) <= _MOST_COLUMNS), named[-1])
	arrived = Counter(at.astimezone(zone).strftime(form) for at in counted.arrivals)
	closed = Counter(at.astimezone(zone).strftime(form) for at in counted.closings)
	most = max([*arrived.values(), *closed.values()])
	return unit, [
		Period(name, arrived[name], closed[name], 100 * arrived[name] / most, 100 * closed[name] / most)
		for name in names
	]


def _names(first: datetime, last: datetime, zone: ZoneInfo, form: str) -> list[str]:
	"""The periods from the first moment to the last, each once, also those in which nothing happened."""
	start, end = first.astimezone(zone).date(), last.astimezone(zone).date()
	days = (start + timedelta(days=number) for number in range((end - start).days + 1))
	return list(dict.fromkeys(day.strftime(form) for day in days))


def _moment(zone: ZoneInfo, at: datetime) -> str:
	return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
