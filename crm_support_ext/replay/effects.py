"""What an event does to a ticket besides changing its status: what its targets and clocks depend on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from crm_support_ext.domain.course import FIRST_RESPONSES
from crm_support_ext.domain.lifecycle import Event
from crm_support_ext.replay.columns import Facts
from crm_support_ext.store.memory import MemoryStore, MemoryTicket

DateReader = Callable[[str], date | datetime]


class Effects:
	"""Notes events that were not refused. ``read_date`` reads the date or the time that was agreed."""

	def __init__(self, store: MemoryStore, read_date: DateReader) -> None:
		self._store = store
		self._read_date = read_date
		self._of: dict[Event, Callable[[MemoryTicket, datetime, Facts], None]] = {
			**dict.fromkeys(FIRST_RESPONSES, self._reply),
			Event.PARKED: self._park,
			Event.TIER_SET: self._set_tier,
			Event.AGREED: self._agree,
			Event.WORKAROUND_GIVEN: self._give_workaround,
			Event.WORKAROUND_FAILED: self._lose_workaround,
			Event.ESCALATED: self._escalate,
			Event.RETURNED: self._return,
		}

	def note(self, ticket: MemoryTicket, event: Event, at: datetime, facts: Facts) -> None:
		"""Let the ticket have what the event brought."""
		effect = self._of.get(event)
		if effect:
			effect(ticket, at, facts)

	def _reply(self, ticket: MemoryTicket, at: datetime, facts: Facts) -> None:
		ticket.first_reply = ticket.first_reply or at

	def _park(self, ticket: MemoryTicket, at: datetime, facts: Facts) -> None:
		self._store.park(ticket, facts.item)

	def _set_tier(self, ticket: MemoryTicket, at: datetime, facts: Facts) -> None:
		ticket.tier = facts.tier

	def _agree(self, ticket: MemoryTicket, at: datetime, facts: Facts) -> None:
		ticket.agreed = self._read_date(facts.date)

	def _give_workaround(self, ticket: MemoryTicket, at: datetime, facts: Facts) -> None:
		self._store.set_workaround(ticket, at, stands=True)

	def _lose_workaround(self, ticket: MemoryTicket, at: datetime, facts: Facts) -> None:
		self._store.set_workaround(ticket, at, stands=False)

	def _escalate(self, ticket: MemoryTicket, at: datetime, facts: Facts) -> None:
		if facts.chosen_by_customer == "1":
			self._store.send_away(ticket, at, facts.party)

	def _return(self, ticket: MemoryTicket, at: datetime, facts: Facts) -> None:
		self._store.take_back(ticket, at, facts.party)
