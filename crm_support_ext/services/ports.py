"""What the use cases need of the world around them.

Two worlds keep these promises: ``store/frappe.py``, a site, and ``store/memory.py``, a replay or a test.
Moments are aware datetimes; arithmetic on them is done in UTC, so that an hour is an hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol, TypeVar

from crm_support_ext.domain.chain import Sealed
from crm_support_ext.domain.escalation import Escalation
from crm_support_ext.domain.lifecycle import Status, StatusChange
from crm_support_ext.domain.strippen import Account, Entry


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


class Head(NamedTuple):
	"""Where a ledger stands: the account after its last entry, and that entry's hash."""

	account: Account
	hash: str


class LedgerStore(Protocol):
	"""Where the ledgers of strippen are kept, one per contract. Nothing that is in one is changed or taken out.

	Entries come back exactly as they went in: moments to the microsecond, texts to the letter.
	"""

	def head(self, contract: str) -> Head:
		"""Where the ledger stands. From here to the end of the booking nobody else adds to it."""

	def append(self, contract: str, lines: Sequence[Sealed]) -> None:
		"""Add the lines of one booking: all or none."""

	def entry(self, contract: str, number: int) -> Entry | None:
		"""The entry of this number."""

	def entries_of(self, contract: str, work_log: str) -> Sequence[Entry]:
		"""All entries of a work log, in order."""

	def reversal_of(self, contract: str, number: int) -> Entry | None:
		"""The entry that reverses the one of this number."""
