"""Play a log through the use cases of the desk, strictly in order of time over all tickets (replay.md).

The rules are those of ``domain``, the steps those of ``services``; here is only what a site's clock and
its screens do otherwise: open a ticket, find it, and let the timers fire when they are due.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, tzinfo
from heapq import heappop, heappush
from itertools import count

from crm_support_ext.domain.lifecycle import CREATED, Event, Status, StatusChange, Timing
from crm_support_ext.domain.results import Refusal
from crm_support_ext.replay.books import Books
from crm_support_ext.replay.columns import ITEM_EVENTS, Facts
from crm_support_ext.replay.effects import Effects
from crm_support_ext.replay.log import Row
from crm_support_ext.replay.mapping import DROP
from crm_support_ext.replay.moments import UTC, date_reader
from crm_support_ext.services.follow_ups import end_of_thread, place_for
from crm_support_ext.services.life_cycle import play
from crm_support_ext.services.timers import ask_satisfaction, close
from crm_support_ext.store.memory import MemoryStore, MemoryTicket, Refused

_Timer = Callable[[MemoryTicket, StatusChange, datetime], None]


class Engine:
	"""One replay. ``store`` holds what the rules have made of the rows so far; ``zone`` is the log's own.

	``read_date`` reads the date or the time that a row says was agreed. Work is settled and booked in ``books``.
	"""

	def __init__(self, timing: Timing, zone: tzinfo = UTC, books: Books | None = None) -> None:
		self.store = MemoryStore()
		self.read_date = date_reader(zone)
		self._effects = Effects(self.store, self.read_date, books)
		self._timing = timing
		self._timers: list[tuple[datetime, int, _Timer, MemoryTicket, StatusChange]] = []
		self._order = count()

	def run(self, rows: Iterable[Row], end: datetime) -> None:
		"""Play the rows, which are in order of time, and the timers, both up to ``end`` and at it."""
		for row in rows:
			if row.at > end:
				break
			self.book(row)
		self.fire_until(end)

	def fire_until(self, at: datetime) -> None:
		"""Let the timers fire that are due by then, each at its own time."""
		timers = self._timers
		while timers and timers[0][0] <= at:
			due, _, fire, ticket, resolution = heappop(timers)
			if ticket.history[-1] is resolution:  # it still rests in this very resolution
				fire(ticket, resolution, due)

	def book(self, row: Row) -> str:
		"""Play one row after the timers that are due by then; the answer is the event that it was."""
		self.fire_until(row.at)
		step = row.step
		if not step.inside and step.event in ITEM_EVENTS:
			return self._decide_item(row, step.event)
		known = self.store.tickets.get(row.ticket)
		last = end_of_thread(self.store, known) if known else None
		name = step.inside.get(last.status if last else Status.NEW, step.event) if step.inside else step.event
		if name == DROP:
			return name
		if name in ITEM_EVENTS:
			return self._decide_item(row, name)
		if last is None:
			last = self._open(row)
			if name == CREATED:
				return name
		if name == CREATED:
			last.refused.append(Refused(row.at, name, "exists", last.status))
		else:
			self._happen(last, _event(name, step.facts), row)
		return name

	def _open(self, row: Row) -> MemoryTicket:
		facts = row.step.facts
		return self.store.add(
			MemoryTicket(row.ticket, facts.customer, facts.contact, facts.tier, facts.kind, facts.product),
			row.at,
		)

	def _decide_item(self, row: Row, name: str) -> str:
		for ticket in self.store.parked_on(row.step.facts.item):
			self._happen(ticket, Event(name), row)
		return name

	def _happen(self, ticket: MemoryTicket, event: Event, row: Row) -> None:
		"""Let an event happen to the last link of a chain, or to a follow-up as its first message."""
		at, before = row.at, ticket.status
		if place_for(self.store, ticket, at, event) is not ticket:
			return
		outcome = play(self.store, ticket, event, at, actor=row.step.facts.actor)
		refusal = outcome if isinstance(outcome, Refusal) else self._effects.note(ticket, event, row)
		if refusal:
			ticket.refused.append(Refused(at, event.value, refusal.code, before))
		elif outcome is Status.RESOLVED and before is not Status.RESOLVED:
			self._set_timers(ticket)

	def _set_timers(self, ticket: MemoryTicket) -> None:
		"""At one moment the satisfaction request comes before the close."""
		resolution, timing = ticket.history[-1], self._timing
		for due, fire in (
			(timing.survey_due(resolution.at), self._ask),
			(timing.close_due(resolution.at), self._close),
		):
			heappush(self._timers, (due, next(self._order), fire, ticket, resolution))

	def _ask(self, ticket: MemoryTicket, resolution: StatusChange, due: datetime) -> None:
		ask_satisfaction(self.store, ticket, resolution.at, due, self._timing)

	def _close(self, ticket: MemoryTicket, resolution: StatusChange, due: datetime) -> None:
		close(self.store, ticket, due)


def _event(name: str, facts: Facts) -> Event:
	if name == Event.CUSTOMER_REPLIED.value and facts.auto == "1":
		return Event.MACHINE_REPLIED
	return Event(name)
