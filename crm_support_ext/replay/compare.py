"""What would have been different: the same log by two policies, side by side."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from crm_support_ext.domain.business_calendar import whole_seconds
from crm_support_ext.domain.contracts import Contract
from crm_support_ext.domain.lifecycle import Status
from crm_support_ext.replay import compare_parked
from crm_support_ext.replay.answer import TIMED, Result, closed_at, summary, time_in
from crm_support_ext.replay.compare_parked import Moved, moved
from crm_support_ext.replay.compare_work import (
	Both,
	Cost,
	as_json,
	both,
	day_of,
	settled_words,
	total_rows,
	work_words,
)
from crm_support_ext.replay.figures import Figures, figures
from crm_support_ext.replay.kept import Kept
from crm_support_ext.replay.moments import printer
from crm_support_ext.replay.words import columns, cut, hours, share, span
from crm_support_ext.store.memory import MemoryTicket

Facts = dict[str, Any]
Difference = dict[str, tuple[Any, Any]]

MOST_TICKETS = 20
"""So many tickets the terminal shows; the JSON has all."""


def differences(a: Result, b: Result) -> Iterator[tuple[str, Difference]]:
	"""Each ticket that the two policies leave differently, and in what: the answers of both."""
	show = printer(a.zone)  # one zone for both, or every time would differ
	facts_a, facts_b = partial(_facts, a, show), partial(_facts, b, show)
	for name in dict.fromkeys((*a.tickets, *b.tickets)):
		one, other = facts_a(a.tickets.get(name)), facts_b(b.tickets.get(name))
		different = {
			key: (one.get(key), other.get(key)) for key in one | other if one.get(key) != other.get(key)
		}
		if different:
			yield name, different


def _facts(result: Result, show: Callable[[datetime], str], ticket: MemoryTicket | None) -> Facts:
	if ticket is None or result.end is None:
		return {}
	closed, asked = closed_at(ticket), ticket.surveyed_at
	response, target = result.figures(ticket).response, result.figures(ticket).target
	return {
		"status": ticket.status.value,
		"closed_at": show(closed) if closed else None,
		"survey_at": show(asked) if asked else None,
		"follow_up": ticket.follow_up.name if ticket.follow_up else None,
		"target_met": target.met,
		"target_due": show(target.due) if target.due else None,
		"response_met": response.met,
		"response_due": show(response.due) if response.due else None,
		"refused": len(ticket.refused),
		"work": work_words(ticket),
		"seconds_in": {
			status.value: whole_seconds(spent) for status, spent in time_in(ticket, result.end).items()
		},
	}


def write_differences(a: Result, b: Result, out: TextIO) -> None:
	"""Write both summaries and every difference as JSON, each pair in the order of the policies."""
	encode = json.JSONEncoder(ensure_ascii=False).encode
	out.write(f'{{"summary": {encode([summary(a), summary(b)])},\n')
	for key, content in as_json(both(a, b), printer(a.zone)).items():
		out.write(f'"{key}": {encode(content)},\n')
	out.write(f'"parked": {encode([compare_parked.as_json(each) for each in moved(a, b)])},\n')
	out.write('"tickets": {')
	between = "\n"
	for name, different in differences(a, b):
		out.write(f"{between}{encode(name)}: {encode(different)}")
		between = ",\n"
	out.write("}}\n")


def comparison(a: Result, b: Result) -> str:
	"""The figures of both policies and the tickets that end differently, for the terminal."""
	found = sorted(differences(a, b), key=weight)
	parts = [columns(("", "A", "B", "B - A"), list(rows(figures(a), figures(b)))), *_work(both(a, b), a.zone)]
	parts += _parked(list(moved(a, b)))
	if not found:
		parts.append("No ticket comes out differently.")
	else:
		parts.append(columns(("targets", "tickets"), [(how, f"{n:,}") for how, n in turned(found)]))
		lines = list(_ticket_rows(found[:MOST_TICKETS]))
		parts += [columns(("ticket", "differs in", "A", "B"), lines)] if lines else []
		parts.append(
			f"{len(found):,} of {len(a.tickets.keys() | b.tickets.keys()):,} tickets come out differently."
		)
	return "\n\n".join(parts)


def _work(found: Both, zone: ZoneInfo) -> Iterator[str]:
	"""What work costs by each: in all, by contract, and which work is settled differently."""
	if found.is_empty:
		return
	yield columns(("work and strippen", "A", "B", "B - A"), list(total_rows(found)))
	costs = list(found.contracts())
	if costs:
		header = ("contract", "strippen A", "B", "B - A", "bought A", "B", "billed A", "B", "refused A", "B")
		yield cut(
			columns(header, list(map(_cost_row, costs[:MOST_TICKETS]))),
			len(costs) - MOST_TICKETS,
			"contracts",
		)
	if found.changed:
		lines = [
			(each.ticket, day_of(each.at, zone), settled_words(each.one), settled_words(each.other))
			for each in found.changed[:MOST_TICKETS]
		]
		yield cut(
			columns(("work on", "at", "A", "B"), lines), len(found.changed) - MOST_TICKETS, "pieces of work"
		)


def _parked(found: Sequence[Moved]) -> Iterator[str]:
	"""The parked items that stand differently."""
	if found:
		header = ("parked item", "product", "rank A", "B", "score A", "B", "forecast A", "B")
		table = columns(header, list(map(compare_parked.row, found[:MOST_TICKETS])))
		yield cut(table, len(found) - MOST_TICKETS, "parked items")


def _cost_row(pair: tuple[Contract, Cost, Cost]) -> tuple[str, ...]:
	contract, a, b = pair
	strippen = (
		f"{a.used:,.2f}",
		f"{b.used:,.2f}",
		f"{b.used - a.used:+,.2f}",
		f"{a.bought:,.2f}",
		f"{b.bought:,.2f}",
	)
	return contract.name, *strippen, *map(hours, (a.billed, b.billed, a.refused, b.refused))


def weight(found: tuple[str, Difference]) -> int:
	"""How much a difference matters: a target that turns comes first, then where the ticket ends, then the rest."""
	different = found[1].keys()
	if "target_met" in different:
		return 0
	return 1 if different & {"status", "follow_up"} else 2 if different - {*_ELSEWHERE} else 3


_TURNS = {
	(True, False): "kept by A, missed by B",
	(False, True): "missed by A, kept by B",
	(None, True): "kept by B, undecided by A",
	(None, False): "missed by B, undecided by A",
	(True, None): "kept by A, undecided by B",
	(False, None): "missed by A, undecided by B",
}


def turned(found: Sequence[tuple[str, Difference]]) -> Iterator[tuple[str, int]]:
	"""How many tickets' targets come out in another way, by how, and how many are due at another time."""
	times = Counter(different["target_met"] for _, different in found if "target_met" in different)
	for pair, how in _TURNS.items():
		if times[pair]:
			yield how, times[pair]
	yield "due at another time", sum("target_due" in different for _, different in found)


def rows(a: Figures, b: Figures) -> Iterator[tuple[str, str, str, str]]:
	"""Each figure of both: a name, A, B and the difference."""
	counts: tuple[tuple[str, Callable[[Figures], int]], ...] = (
		("tickets", lambda f: f.tickets),
		*((f"ending {status.value}", _ending(status)) for status in Status),
		("reopened before it closed", lambda f: f.reopened),
		("came back after it closed", lambda f: f.threads_back),
		("follow-ups", lambda f: len(f.follow_ups)),
		("satisfaction requests", lambda f: f.surveys),
		("events refused", lambda f: sum(f.refused.values())),
	)
	yield from _kept_rows(a, b)
	for name, number in counts:
		yield name, f"{number(a):,}", f"{number(b):,}", f"{number(b) - number(a):+,}"
	for status in TIMED:
		yield (f"in {status.value}, in all", *_spans(a.total(status), b.total(status)))
		yield (f"in {status.value}, median", *_spans(a.median(status), b.median(status)))


def _kept_rows(a: Figures, b: Figures) -> Iterator[tuple[str, str, str, str]]:
	for what, of in (("targets", _met), ("first responses", _answered)):
		for tier in a.tiers:
			(met_a, all_a), (met_b, all_b) = of(a.tiers[tier]), of(b.tiers[tier])
			difference = (
				f"{100 * met_b / all_b - 100 * met_a / all_a:+.1f} points" if all_a and all_b else "-"
			)
			yield f"{what} kept, {tier}", _kept(met_a, all_a), _kept(met_b, all_b), difference


def _met(kept: Kept) -> tuple[int, int]:
	return kept.met, kept.decided


def _answered(kept: Kept) -> tuple[int, int]:
	return kept.answered, kept.replies


def _kept(met: int, decided: int) -> str:
	return f"{met:,} of {decided:,}" + (f", {share(met, decided)}" if decided else "")


def _ending(status: Status) -> Callable[[Figures], int]:
	return lambda figures: figures.statuses[status]


def _spans(a: timedelta, b: timedelta) -> tuple[str, str, str]:
	sign = "-" if b < a else "+"
	return span(a), span(b), f"{sign}{span(abs(b - a))}"


_ELSEWHERE = ("seconds_in", "work")
"""What tickets differ in that other tables show."""


def _ticket_rows(found: list[tuple[str, Difference]]) -> Iterator[tuple[str, str, str, str]]:
	for name, different in found:
		for key, (one, other) in different.items():
			if key in _ELSEWHERE:
				continue
			yield name, key, _shown(one), _shown(other)
			name = ""


def _shown(value: object) -> str:
	if isinstance(value, bool):
		return "kept" if value else "missed"
	return "-" if value is None else str(value)
