"""What an event does to a ticket besides changing its status: what its targets, clocks and work depend on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from crm_support_ext.domain.course import FIRST_RESPONSES
from crm_support_ext.domain.lifecycle import Event
from crm_support_ext.domain.parked_priority import Workaround
from crm_support_ext.domain.results import Refusal
from crm_support_ext.replay.books import Books
from crm_support_ext.replay.log import Row
from crm_support_ext.store.memory import MemoryStore, MemoryTicket, Parked

DateReader = Callable[[str], date | datetime]


class Effects:
	"""Notes events that were not refused by the table. ``read_date`` reads the date or the time that was agreed.

	Without ``books`` nothing is settled, as in a replay beside a site that does that itself.
	"""

	def __init__(self, store: MemoryStore, read_date: DateReader, books: Books | None = None) -> None:
		self._store = store
		self._read_date = read_date
		self._of: dict[Event, Callable[[MemoryTicket, Row], Refusal | None]] = {
			**dict.fromkeys(FIRST_RESPONSES, self._reply),
			Event.PARKED: self._park,
			Event.TIER_SET: self._set_tier,
			Event.AGREED: self._agree,
			Event.WORKAROUND_GIVEN: self._give_workaround,
			Event.WORKAROUND_FAILED: self._lose_workaround,
			Event.ESCALATED: self._escalate,
			Event.RETURNED: self._return,
		}
		if books:
			self._of[Event.WORKED] = books.book

	def note(self, ticket: MemoryTicket, event: Event, row: Row) -> Refusal | None:
		"""Let the ticket have what the event brought; a refusal if it cannot have it."""
		effect = self._of.get(event)
		return effect(ticket, row) if effect else None

	def _reply(self, ticket: MemoryTicket, row: Row) -> None:
		ticket.first_reply = ticket.first_reply or row.at

	def _park(self, ticket: MemoryTicket, row: Row) -> None:
		said = row.step.facts
		workaround = Workaround(said.workaround or Workaround.NONE)
		parked = Parked(said.item, said.product, workaround, Decimal(said.effort or 0))
		self._store.park(ticket, row.at, parked)

	def _set_tier(self, ticket: MemoryTicket, row: Row) -> None:
		ticket.tier = row.step.facts.tier

	def _agree(self, ticket: MemoryTicket, row: Row) -> None:
		ticket.agreed = self._read_date(row.step.facts.date)

	def _give_workaround(self, ticket: MemoryTicket, row: Row) -> None:
		self._store.set_workaround(ticket, row.at, stands=True)

	def _lose_workaround(self, ticket: MemoryTicket, row: Row) -> None:
		self._store.set_workaround(ticket, row.at, stands=False)

	def _escalate(self, ticket: MemoryTicket, row: Row) -> None:
		if row.step.facts.chosen_by_customer == "1":
			self._store.send_away(ticket, row.at, row.step.facts.party)

	def _return(self, ticket: MemoryTicket, row: Row) -> None:
		self._store.take_back(ticket, row.at, row.step.facts.party)
