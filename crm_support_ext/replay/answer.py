"""What a replay answers, as replay.md lays it out: one object for each ticket, and a summary."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple, TextIO
from zoneinfo import ZoneInfo

from crm_support_ext.domain.business_calendar import Span, four_decimals, whole_seconds
from crm_support_ext.domain.course import Course
from crm_support_ext.domain.lifecycle import Status
from crm_support_ext.domain.payment import Part
from crm_support_ext.domain.strippen import NOTHING, Entry
from crm_support_ext.domain.targets import Figures, figures, late_by
from crm_support_ext.replay.moments import Printer, printer
from crm_support_ext.replay.parking import Standing, Waited, standings, waited
from crm_support_ext.replay.policy import Policy
from crm_support_ext.services.settlements import Settled
from crm_support_ext.store.memory import MemoryItem, MemoryTicket

TIMED: tuple[Status, ...] = tuple(status for status in Status if status is not Status.CLOSED)
"""The statuses in which time is counted: all before the end."""

_NOTHING = timedelta()
_MOST_KEPT = 50_000


class Stay(NamedTuple):
	"""One interval that a ticket spent in a status. ``cause`` brought it there."""

	status: Status
	start: datetime
	end: datetime
	cause: str


@dataclass(frozen=True)
class Result:
	"""What the rules made of a log: its tickets in order of arrival, and when the log ended (None: it is empty).

	``ledger`` has the entries of each contract of the policy, ``items`` are all that tickets were ever parked on.
	"""

	tickets: dict[str, MemoryTicket]
	end: datetime | None
	policy: Policy
	ledger: Mapping[str, Sequence[Entry]] = field(default_factory=dict)
	items: Mapping[str, MemoryItem] = field(default_factory=dict)
	_counted: dict[str, Figures] = field(default_factory=dict)

	@property
	def zone(self) -> ZoneInfo:
		"""The zone in which times are told."""
		return self.policy.zone

	@property
	def standings(self) -> list[Standing]:
		"""The parked items that tickets wait for at the end, by product and rank."""
		if self.end is None:
			return []
		return list(standings(self.items, self.policy.parking, self.end.astimezone(self.zone).date()))

	@property
	def waited(self) -> list[Waited]:
		"""All items that tickets ever waited for."""
		return waited(self.items, self.end) if self.end else []

	def course(self, ticket: MemoryTicket) -> Course:
		"""What the figures of a ticket depend on."""
		return ticket.course(self.policy.tiers.get(ticket.tier))

	def figures(self, ticket: MemoryTicket) -> Figures:
		"""The targets of a ticket and what its clocks show, counted once; a large log's would not fit in memory."""
		found = self._counted.get(ticket.name)
		if found is None:
			assert self.end is not None  # there is no ticket without a row
			found = figures(self.course(ticket), self.policy.calendar, self.end)
			if len(self.tickets) <= _MOST_KEPT:
				self._counted[ticket.name] = found
		return found

	def late_by(self, ticket: MemoryTicket) -> Span | None:
		"""By how much a ticket missed its target; None if it did not."""
		counted = self.figures(ticket)
		if counted.target.met is not False or self.end is None:
			return None
		return late_by(self.course(ticket), self.policy.calendar, counted.target, self.end)


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


def parts(ticket: MemoryTicket) -> Iterator[Part]:
	"""The parts of all work that was booked on a ticket."""
	for worked in ticket.work or ():
		if isinstance(worked.outcome, Settled):
			yield from worked.outcome.parts


class Tally:
	"""The summary of the desk, counted ticket by ticket."""

	def __init__(self, policy: Policy) -> None:
		self.tickets = self.closed = self.follow_ups = 0
		self.targets_met = {tier: [0, 0] for tier in policy.tiers}
		self.strippen_used = NOTHING

	def add(self, ticket: MemoryTicket, met: bool | None) -> None:
		"""Count a ticket, and whether its target was met; None: that is not decided."""
		self.tickets += 1
		self.closed += ticket.status is Status.CLOSED
		self.follow_ups += ticket.follow_up_of is not None
		for part in parts(ticket):
			self.strippen_used += part.strippen
		if met is not None:
			kept = self.targets_met[ticket.tier]
			kept[0] += met
			kept[1] += 1

	def summary(self) -> dict[str, Any]:
		"""As the answer has it."""
		return {**vars(self), "strippen_used": str(self.strippen_used)}


def summary(result: Result) -> dict[str, Any]:
	"""The figures of the desk as a whole."""
	tally = Tally(result.policy)
	for ticket in result.tickets.values():
		tally.add(ticket, result.figures(ticket).target.met)
	return tally.summary()


def write_json(result: Result, out: TextIO) -> None:
	"""Write the whole answer, a ticket at a time: a large log's would not fit in memory twice."""
	encode = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode
	show, tally = printer(result.zone), Tally(result.policy)
	out.write('{"tickets": {')
	between = "\n"
	for ticket in result.tickets.values():
		counted = result.figures(ticket)
		tally.add(ticket, counted.target.met)
		out.write(f"{between}{encode(ticket.name)}: {encode(_answer(result, ticket, counted, show))}")
		between = ",\n"
	out.write("},\n" + f'"ledger": {encode(_ledger(result, show))},\n')
	out.write(f'"parked": {encode([_parked(standing) for standing in result.standings])},\n')
	out.write(f'"summary": {encode(tally.summary())}}}\n')


def _ledger(result: Result, show: Printer) -> dict[str, list[dict[str, Any]]]:
	"""The entries of each contract, each with what there is after it."""
	return {name: list(_entries(entries, show)) for name, entries in result.ledger.items()}


def _entries(entries: Sequence[Entry], show: Printer) -> Iterator[dict[str, Any]]:
	balance = NOTHING
	for entry in entries:
		balance += entry.amount
		yield {
			"at": show(entry.at),
			"kind": entry.kind.value,
			"lot": entry.lot,
			"amount": str(entry.amount),
			"balance": str(balance),
			"ticket": entry.ticket or None,
		}


def _parked(standing: Standing) -> dict[str, Any]:
	"""Where an item stands that tickets wait for."""
	return {
		"item": standing.item.name,
		"product": standing.item.product,
		"rank": standing.rank,
		"score": str(standing.score),
		"customers": standing.weighed.customers,
		"users": standing.weighed.users,
		"forecast": standing.forecast,
		"tickets": [ticket.name for ticket in standing.item.by_arrival()],
	}


def _answer(result: Result, ticket: MemoryTicket, counted: Figures, show: Printer) -> dict[str, Any]:
	"""What is known of one ticket."""
	assert result.end is not None  # there is no ticket without a row
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
		"survey_at": _shown(ticket.surveyed_at, show),
		"closed_at": _shown(closed_at(ticket), show),
		**targets(ticket, counted, show),
		"seconds_in": {
			status.value: whole_seconds(spent) for status, spent in time_in(ticket, result.end).items()
		},
		"work": list(_work(ticket, show)) if ticket.work else [],
	}


def _work(ticket: MemoryTicket, show: Printer) -> Iterator[dict[str, Any]]:
	"""The parts of the work that was booked on a ticket."""
	for worked in ticket.work or ():
		if isinstance(worked.outcome, Settled):
			for part in worked.outcome.parts:
				yield {
					"at": show(worked.at),
					"minutes": part.minutes,
					"settlement": part.settlement.value,
					"strippen": str(part.strippen),
					"rule": worked.outcome.decision.name,
				}


def targets(ticket: MemoryTicket, counted: Figures, show: Printer) -> dict[str, Any]:
	"""What the clocks of a ticket show."""
	response, target, fix = counted.response, counted.target, counted.fix
	stop = target.clock.stop
	return {
		"response": {
			"due": _shown(response.due, show),
			"at": _shown(response.at, show),
			"met": response.met,
		},
		"target": {
			"tier": ticket.tier or None,
			"due": _shown(target.due, show),
			"stopped_at": show(stop.at) if stop else None,
			"stopped_by": stop.by.value if stop else None,
			"counted_seconds": whole_seconds(target.clock.counted),
			"counted_days": four_decimals(target.clock.counted_days),
			"met": target.met,
		},
		"fix": {
			"stopped_at": show(fix.stop.at) if fix.stop else None,
			"counted_seconds": whole_seconds(fix.counted),
		},
	}


def _shown(at: datetime | None, show: Printer) -> str | None:
	return show(at) if at else None
