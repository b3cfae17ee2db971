"""Two policies beside each other on one page: what each promises, what each kept, and which tickets turn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TextIO
from zoneinfo import ZoneInfo

from crm_support_ext.replay.answer import Result
from crm_support_ext.replay.compare import differences, rows, turned, weight
from crm_support_ext.replay.compare_parked import Moved, moved, row
from crm_support_ext.replay.compare_work import (
	Both,
	Changed,
	both,
	day_of,
	decided_by,
	settled_words,
	total_rows,
)
from crm_support_ext.replay.figures import figures
from crm_support_ext.replay.page import write_template
from crm_support_ext.replay.target_charts import responses, targets
from crm_support_ext.replay.work_charts import cost_bars, paired_bars
from crm_support_ext.replay.work_tables import amount
from crm_support_ext.store.memory import MemoryTicket

_MOST_ROWS = 40
Side = tuple[str, str]
"""How a policy settles a piece of work, and by which rule."""

_MET = {True: "kept", False: "missed", None: "undecided"}


class Turned(NamedTuple):
	"""A ticket whose target comes out differently: what both policies say of it."""

	name: str
	customer: str
	tier: str
	met: tuple[str, str]
	due: tuple[str, str]
	is_better: bool


def write_comparison(a: Result, b: Result, title: str, names: tuple[str, str], out: TextIO) -> None:
	"""Write the page. ``title`` names the log, ``names`` the policies."""
	found = sorted(differences(a, b), key=weight)
	turning = [_turned(a, b, name) for name, different in found if "target_met" in different]
	one, other = figures(a), figures(b)
	week_a, week_b = a.policy.calendar.week, b.policy.calendar.week
	tiers = one.tiers.values(), other.tiers.values()
	content = {
		"title": title,
		"names": names,
		"policies": list(_policy_differences(a.policy.settings, b.policy.settings)),
		"targets": list(zip(targets(tiers[0], week_a), targets(tiers[1], week_b), strict=True)),
		"responses": list(zip(responses(tiers[0], week_a), responses(tiers[1], week_b), strict=True)),
		"kept": [
			(sum(kept.met for kept in side), sum(kept.decided for kept in side)) for side in map(list, tiers)
		],
		"figures": list(rows(one, other)),
		"turned": list(turned(found)) if found else [],
		"turning": turning[:_MOST_ROWS],
		"all_turning": len(turning),
		"different": len(found),
		"tickets": len(a.tickets.keys() | b.tickets.keys()),
		**_work(both(a, b), a.zone),
		**_parked(list(moved(a, b))),
	}
	write_template("compare.html", a.zone, content, out)


def _work(found: Both, zone: ZoneInfo) -> dict[str, Any]:
	"""What work and strippen cost by each policy."""
	costs, totals = list(found.contracts()), found.totals()
	return {
		"has_work": not found.is_empty,
		"settled": list(zip(*paired_bars(found.one, found.other), strict=True)),
		"costs": cost_bars(costs[:_MOST_ROWS]),
		"all_costs": len(costs),
		"used": [amount(total.used) for total in totals],
		"work_figures": list(total_rows(found)),
		"changed": [_changed(each, zone) for each in found.changed[:_MOST_ROWS]],
		"all_changed": len(found.changed),
	}


def _parked(found: Sequence[Moved]) -> dict[str, Any]:
	"""The parked items that stand differently."""
	return {"moved": list(map(row, found[:_MOST_ROWS])), "all_moved": len(found)}


def _changed(each: Changed, zone: ZoneInfo) -> tuple[str, str, Side, Side]:
	sides = ((settled_words(worked), decided_by(worked) or "") for worked in (each.one, each.other))
	return each.ticket, day_of(each.at, zone), next(sides), next(sides)


def _turned(a: Result, b: Result, name: str) -> Turned:
	one, other = _seen(a, name), _seen(b, name)
	ticket = one[0] or other[0]
	assert ticket is not None  # it is of one of the two
	return Turned(
		name,
		ticket.customer or "unknown",
		ticket.tier or "none",
		(one[1], other[1]),
		(one[2], other[2]),
		other[1] == "kept",
	)


def _seen(result: Result, name: str) -> tuple[MemoryTicket | None, str, str]:
	"""A ticket as one policy leaves it: whether its target was met, and when it was due."""
	ticket = result.tickets.get(name)
	if ticket is None:
		return None, "no such ticket", "-"
	target = result.figures(ticket).target
	due = target.due.astimezone(result.zone).strftime("%Y-%m-%d %H:%M") if target.due else "-"
	return ticket, _MET[target.met], due


def _policy_differences(a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
	"""Each key in which the two differ as they are written, and what they say of it."""
	one, other = dict(_leaves(a)), dict(_leaves(b))
	for key in dict.fromkeys((*one, *other)):
		pair = one.get(key, "as by default"), other.get(key, "as by default")
		if pair[0] != pair[1]:
			yield key, *pair


def _leaves(value: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
	for key, inner in value.items():
		name = f"{path}{key}"
		if isinstance(inner, Mapping):
			yield from _leaves(inner, f"{name}, ")
		elif isinstance(inner, list) and any(isinstance(row, Mapping) for row in inner):
			yield from _leaves({f"{name}, {number}": _told(row) for number, row in enumerate(inner, 1)})
		elif isinstance(inner, list):
			yield name, ", ".join(map(str, inner)) or "none"
		else:
			yield name, str(inner)


def _told(row: Mapping[str, Any]) -> str:
	"""A row of a list of tables, such as a rule of settlement, in words."""
	return ", ".join(
		f"{key} {str(value).lower() if isinstance(value, bool) else value}" for key, value in row.items()
	)
