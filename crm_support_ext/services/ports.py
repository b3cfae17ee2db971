"""What the use cases need of the world around them.

Two worlds keep these promises: ``store/frappe.py``, a site, and ``store/memory.py``, a replay or a test.
Moments are aware datetimes; arithmetic on them is done in UTC, so that an hour is an hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from crm_support_ext.domain.escalation import Escalation
from crm_support_ext.domain.lifecycle import Status, StatusChange


class Ticket(Protocol):
	"""What the rules of the life cycle need to know of a ticket."""

	@property
	def name(self) -> str: ...

	@property
	def status(self) -> Status: ...


T = TypeVar("T", bound=Ticket)


class Store(Protocol[T]):
	"""Where tickets are kept."""

	def change_status(self, ticket: T, change: StatusChange) -> None:
		"""Put the ticket into ``change.after`` and add the change to its record."""

	def follow_up_of(self, ticket: T) -> T | None:
		"""The follow-up that was made for this ticket, if there is one."""

	def open_follow_up(self, ticket: T, at: datetime) -> T:
		"""Make the follow-up of a closed ticket: New, same customer and contact, linked on both."""

	def last_survey(self, ticket: T) -> datetime | None:
		"""When the ticket's contact was last asked how satisfied they were; None: never, or no contact."""

	def survey(self, ticket: T, at: datetime, *, asked: bool) -> None:
		"""Note that the satisfaction request of the present resolution is dealt with; ask it if ``asked``."""


class EscalationStore(Store[T], Protocol[T]):
	"""Where tickets are kept, and to whom they have gone."""

	def escalations(self, ticket: T) -> Sequence[Escalation]:
		"""All escalations of the ticket, oldest first."""

	def send_out(self, ticket: T, escalation: Escalation) -> None:
		"""Add an escalation that goes out."""

	def bring_back(self, ticket: T, escalation: Escalation, answer: str) -> None:
		"""Note when an escalation came back, which it now bears, and with what answer."""
