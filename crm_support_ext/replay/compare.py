"""What would have been different: the same log by two policies, side by side."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TextIO

from crm_support_ext.domain.business_calendar import whole_seconds
from crm_support_ext.domain.lifecycle import Status
from crm_support_ext.replay.answer import TIMED, Result, closed_at, summary, time_in
from crm_support_ext.replay.figures import Figures, figures
from crm_support_ext.replay.kept import Kept
from crm_support_ext.replay.moments import printer
from crm_support_ext.replay.words import columns, share, span
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
		"seconds_in": {
			status.value: whole_seconds(spent) for status, spent in time_in(ticket, result.end).items()
		},
	}


def write_differences(a: Result, b: Result, out: TextIO) -> None:
	"""Write both summaries and every difference as JSON, each pair in the order of the policies."""
	encode = json.JSONEncoder(ensure_ascii=False).encode
	out.write(f'{{"summary": {encode([summary(a), summary(b)])},\n"tickets": {{')
	between = "\n"
	for name, different in differences(a, b):
		out.write(f"{between}{encode(name)}: {encode(different)}")
		between = ",\n"
	out.write("}}\n")


def comparison(a: Result, b: Result) -> str:
	"""The figures of both policies and the tickets that end differently, for the terminal."""
	found = sorted(differences(a, b), key=weight)
	parts = [columns(("", "A", "B", "B - A"), list(rows(figures(a), figures(b))))]
	if not found:
		parts.append("No ticket comes out differently.")
	else:
		parts.append(columns(("targets", "tickets"), [(how, f"{n:,}") for how, n in turned(found)]))
		parts.append(columns(("ticket", "differs in", "A", "B"), list(_ticket_rows(found[:MOST_TICKETS]))))
		parts.append(
			f"{len(found):,} of {len(a.tickets.keys() | b.tickets.keys()):,} tickets come out differently."
		)
	return "\n\n".join(parts)


def weight(found: tuple[str, Difference]) -> int:
	"""How much a difference matters: a target that turns comes first, then where the ticket ends, then the rest."""
	different = found[1].keys()
	return 0 if "target_met" in different else 1 if different & {"status", "follow_up"} else 2


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


def _ticket_rows(found: list[tuple[str, Difference]]) -> Iterator[tuple[str, str, str, str]]:
	for name, different in found:
		for key, (one, other) in different.items():
			if key == "seconds_in":
				continue
			yield name, key, _shown(one), _shown(other)
			name = ""


def _shown(value: object) -> str:
	if isinstance(value, bool):
		return "kept" if value else "missed"
	return "-" if value is None else str(value)
