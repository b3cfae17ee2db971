"""The figures of a result that a manager reads, for the terminal and the page alike."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from crm_support_ext.domain.lifecycle import Status
from crm_support_ext.replay.answer import TIMED, Result, closed_at, stays
from crm_support_ext.replay.kept import Kept
from crm_support_ext.replay.moments import middle
from crm_support_ext.store.memory import MemoryTicket

Why = tuple[str, str, Status]
"""What was refused and why: the event, the code, and the status of the ticket."""

EXAMPLES = 3


@dataclass
class Figures:
	"""``spent`` has one span for each ticket that was in the status; ``examples`` some tickets for each refusal."""

	tickets: int = 0
	end: datetime | None = None
	statuses: Counter[Status] = field(default_factory=Counter)
	spent: dict[Status, list[timedelta]] = field(default_factory=dict)
	refused: Counter[Why] = field(default_factory=Counter)
	examples: dict[Why, list[str]] = field(default_factory=dict)
	follow_ups: list[MemoryTicket] = field(default_factory=list)
	reopened: int = 0
	surveys: int = 0
	resolutions: int = 0
	arrivals: list[datetime] = field(default_factory=list)
	closings: list[datetime] = field(default_factory=list)
	tiers: dict[str, Kept] = field(default_factory=dict)

	@property
	def arrived(self) -> int:
		"""The tickets that came in by themselves, not as a follow-up."""
		return self.tickets - len(self.follow_ups)

	@property
	def threads_back(self) -> int:
		"""The tickets of those that got a follow-up, however many it became."""
		return sum(
			first.follow_up_of is not None and first.follow_up_of.follow_up_of is None
			for first in self.follow_ups
		)

	def total(self, status: Status) -> timedelta:
		"""The time that all tickets together spent in a status."""
		return sum(self.spent[status], timedelta())

	def median(self, status: Status) -> timedelta:
		"""The time in a status of the middle one of the tickets that were in it; nothing if none was."""
		return middle(self.spent[status])


def figures(result: Result) -> Figures:
	"""Count everything in one pass over the tickets."""
	counted = Figures(len(result.tickets), result.end, spent={status: [] for status in TIMED})
	counted.tiers = {name: Kept(tier) for name, tier in result.policy.tiers.items()}
	for ticket in result.tickets.values():
		_count(counted, ticket)
		if ticket.tier:
			counted.tiers[ticket.tier].add(result.figures(ticket), result.late_by(ticket))
	return counted


def _count(counted: Figures, ticket: MemoryTicket) -> None:
	assert counted.end is not None  # there is no ticket without a row
	counted.statuses[ticket.status] += 1
	counted.surveys += ticket.surveys
	counted.arrivals.append(ticket.history[0].at)
	closed = closed_at(ticket)
	if closed:
		counted.closings.append(closed)
	if ticket.follow_up_of:
		counted.follow_ups.append(ticket)
	spans: dict[Status, timedelta] = {}
	for stay in stays(ticket, counted.end):
		spans[stay.status] = spans.get(stay.status, timedelta()) + (stay.end - stay.start)
	for status, span in spans.items():
		counted.spent[status].append(span)
	for change in ticket.history:
		counted.resolutions += change.after is Status.RESOLVED
		counted.reopened += change.before is Status.RESOLVED and change.after is Status.OPEN
	for refused in ticket.refused:
		why = (refused.event, refused.code, refused.status)
		counted.refused[why] += 1
		examples = counted.examples.setdefault(why, [])
		if len(examples) < EXAMPLES and ticket.name not in examples:
			examples.append(ticket.name)
