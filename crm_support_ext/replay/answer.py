"""What a replay answers, as replay.md lays it out: one object for each ticket, and a summary."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple, TextIO
from zoneinfo import ZoneInfo

from crm_support_ext.domain.lifecycle import Status
from crm_support_ext.replay.columns import TIERS
from crm_support_ext.replay.moments import printer, seconds
from crm_support_ext.store.memory import MemoryTicket

TIMED: tuple[Status, ...] = tuple(status for status in Status if status is not Status.CLOSED)
"""The statuses in which time is counted: all before the end."""

_NOTHING = timedelta()


class Stay(NamedTuple):
	"""One interval that a ticket spent in a status. ``cause`` brought it there."""

	status: Status
	start: datetime
	end: datetime
	cause: str


class Result(NamedTuple):
	"""What the rules made of a log: its tickets in order of arrival, and when the log ended (None: it is empty)."""

	tickets: dict[str, MemoryTicket]
	end: datetime | None
	zone: ZoneInfo


def stays(ticket: MemoryTicket, end: datetime) -> Iterator[Stay]:
	"""The intervals that a ticket spent in each status before it closed, up to the end of the log."""
	history = ticket.history
	for change, following in pairwise(history):
		yield Stay(change.after, change.at, following.at, change.cause)
	if ticket.status is not Status.CLOSED:
		yield Stay(ticket.status, history[-1].at, end, history[-1].cause)


def time_in(ticket: MemoryTicket, end: datetime) -> dict[Status, timedelta]:
	"""The time that a ticket spent in each status, in clock time."""
	spent = dict.fromkeys(TIMED, _NOTHING)
	for stay in stays(ticket, end):
		spent[stay.status] += stay.end - stay.start
	return spent


def closed_at(ticket: MemoryTicket) -> datetime | None:
	"""When a ticket closed, if it has."""
	return ticket.history[-1].at if ticket.status is Status.CLOSED else None


def summary(result: Result) -> dict[str, Any]:
	"""The figures of the desk as a whole."""
	tickets = result.tickets.values()
	return {
		"tickets": len(tickets),
		"closed": sum(ticket.status is Status.CLOSED for ticket in tickets),
		"follow_ups": sum(ticket.follow_up_of is not None for ticket in tickets),
		"targets_met": {tier: [0, 0] for tier in TIERS},
		"strippen_used": "0.00",
	}


def write_json(result: Result, out: TextIO) -> None:
	"""Write the whole answer, a ticket at a time: a large log's would not fit in memory twice."""
	encode = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode
	show = printer(result.zone)
	out.write('{"tickets": {')
	between = "\n"
	for ticket in result.tickets.values():
		assert result.end is not None  # there is no ticket without a row
		out.write(f"{between}{encode(ticket.name)}: {encode(_answer(ticket, result.end, show))}")
		between = ",\n"
	out.write(f'}},\n"ledger": {{}},\n"parked": [],\n"summary": {encode(summary(result))}}}\n')


def _answer(ticket: MemoryTicket, end: datetime, show: Callable[[datetime], str]) -> dict[str, Any]:
	"""What is known of one ticket. Targets, work, ledger and parked items are not counted yet."""
	closed = closed_at(ticket)
	return {
		"status": ticket.status.value,
		"follow_up_of": ticket.follow_up_of and ticket.follow_up_of.name,
		"follow_up": ticket.follow_up and ticket.follow_up.name,
		"history": [
			{
				"at": show(change.at),
				"from": change.before and change.before.value,
				"to": change.after.value,
				"cause": change.cause,
			}
			for change in ticket.history
		],
		"refused": [{"at": show(at), "event": event, "code": code} for at, event, code, _ in ticket.refused],
		"survey_at": show(ticket.surveyed_at) if ticket.surveyed_at else None,
		"closed_at": show(closed) if closed else None,
		"response": {"due": None, "at": None, "met": None},
		"target": {
			"tier": ticket.tier or None,
			"due": None,
			"stopped_at": None,
			"stopped_by": None,
			"counted_seconds": 0,
			"counted_days": "0.0000",
			"met": None,
		},
		"fix": {"stopped_at": None, "counted_seconds": 0},
		"seconds_in": {status.value: seconds(spent) for status, spent in time_in(ticket, end).items()},
		"work": [],
	}
