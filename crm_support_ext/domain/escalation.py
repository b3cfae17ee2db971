"""Escalation: who a ticket goes to, how the customer is involved, and whose move it then is.

Rule: domain.md section 3. The lines are those of a vendor's desk (seeds/000, 003); account management as a
line is ours, so that a complaint, a licence question or a change to a customisation goes out and comes back
like any other escalation. ``ROUTES`` and ``MOVES`` are the whole rule; the functions read them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from crm_support_ext.domain.lifecycle import WAITING_ON, Status, WaitingOn
from crm_support_ext.domain.results import Refusal
from crm_support_ext.domain.tables import rows


class Line(str, Enum):
	"""Where a party stands: a line of our own house, or outside of it."""

	FIRST = "1st line"
	SECOND = "2nd line"
	CONSULTANTS = "Consultants"
	DEVELOPMENT = "Development"
	ACCOUNT_MANAGEMENT = "Account management"
	SUPPLIER = "Supplier"
	MANUFACTURER = "Manufacturer"
	HOSTING_PROVIDER = "Hosting provider"


OUTSIDE = frozenset({Line.SUPPLIER, Line.MANUFACTURER, Line.HOSTING_PROVIDER})
"""The lines that are not our own people."""


class Involvement(str, Enum):
	"""How the customer is involved in an escalation."""

	NOT_TOLD = "Not told"
	KNOWS = "Knows"
	ASKED_TO_CONTACT = "Was asked to contact the party"
	IS_CONTACTED = "Will be contacted by the party"


@dataclass(frozen=True)
class Escalation:
	"""A ticket's stay with a party. ``name`` is the code by which its mail is known, ``who`` sent it there."""

	party: str
	line: Line
	went_at: datetime
	came_back_at: datetime | None = None
	reason: str = ""
	question: str = ""
	involvement: Involvement = Involvement.KNOWS
	is_chosen_by_customer: bool = False
	who: str = ""
	name: str = ""

	@property
	def is_out(self) -> bool:
		"""Whether the party still has it."""
		return self.came_back_at is None

	@property
	def is_outside(self) -> bool:
		"""Whether the party is not of our own house."""
		return self.line in OUTSIDE


# What stands in the second column holds while a party outside has the ticket; our own lines are "us".
MOVES = """
status     a party outside has it
New        a third party
Open       a third party
Pending    =
Parked     a third party
Resolved   =
Closed     =
"""


@dataclass(frozen=True)
class Move:
	"""Whose move it is; nobody's if ``waits_on`` is None. ``parties`` are the escalations it waits for, oldest first."""

	waits_on: WaitingOn | None
	parties: tuple[Escalation, ...] = ()

	def since(self, at: datetime) -> datetime:
		"""Since when, if ``at`` is when it became so otherwise: a party has it since it first went out."""
		return self.parties[0].went_at if self.parties else at


def whose_move(status: Status, escalations: Iterable[Escalation]) -> Move:
	"""Whose move it is in a status, with these escalations: the table ``MOVES`` over ``lifecycle.WAITING_ON``."""
	outside = [each for each in escalations if each.is_out and each.is_outside]
	if outside and status in WAITS_FOR_PARTIES:
		return Move(WaitingOn.THIRD_PARTY, tuple(sorted(outside, key=_went_at)))
	return Move(WAITING_ON[status])


def _went_at(escalation: Escalation) -> datetime:
	return escalation.went_at


WAITS_FOR_PARTIES = frozenset(Status(status) for status, cell in rows(MOVES) if cell != "=")
"""The statuses in which it matters for whose move it is that a party outside has the ticket."""


class Kind(str, Enum):
	"""What a ticket is about. The values are those of a log (replay.md)."""

	FAULT = "fault"
	QUESTION = "question"
	USER_SUPPORT = "user support"
	WISH = "wish"
	EXTENSION = "extension"
	COMPLAINT = "complaint"
	LICENCE = "licence"


class Software(str, Enum):
	"""What a change would change."""

	STANDARD = "standard software"
	CUSTOMISATION = "own customisation"


USUALLY = {Kind.WISH: Software.STANDARD, Kind.EXTENSION: Software.CUSTOMISATION}
"""What a change request concerns if nobody says: a wish the product, an extension the customer's own part (ours)."""


class Person(str, Enum):
	"""Who of us looks after a customer, besides support."""

	ACCOUNT_MANAGER = "account manager"
	PROJECT_LEADER = "project leader"
	CLIENT_MANAGER = "client manager"


# "vendor" is who makes the standard software; of several, the first that there is. = stays with support.
ROUTES = """
kind           in standard software     in own customisation
fault          =                        =
question       =                        =
user support   =                        =
wish           vendor                   project leader, account manager
extension      vendor                   project leader, account manager
complaint      account manager          account manager
licence        account manager          account manager
"""

VENDOR = (Line.MANUFACTURER, Line.DEVELOPMENT)
"""Who makes the standard software: another house, or our own development."""

NEW_FOR_DAYS = 30
"""How long a new customer's client manager stands in for the account manager."""


@dataclass(frozen=True)
class Route:
	"""Where a ticket goes from support: to a line, the first that has a party, or to somebody of ours. Neither: nowhere."""

	lines: tuple[Line, ...] = ()
	person: Person | None = None
	user: str = ""


_ROUTES = {
	(Kind(kind), software): tuple(cell.split(", "))
	for kind, *cells in rows(ROUTES)
	for software, cell in zip(Software, cells, strict=True)
}


def route(
	kind: Kind,
	software: Software | None,
	people: Mapping[Person, str],
	customer_since: date | None,
	today: date,
) -> Route | Refusal:
	"""Where a ticket of this kind goes from support: the table ``ROUTES``.

	``people`` are the users who look after the customer. Refusal: ``nobody_looks_after`` (facts ``kind``,
	``person``) if the table names people and the customer has none of them.
	"""
	where = _ROUTES[kind, software or USUALLY.get(kind, Software.STANDARD)]
	if where == ("=",):
		return Route()
	if where == ("vendor",):
		return Route(lines=VENDOR)
	wanted = [Person(name) for name in where]
	if is_new(customer_since, today) and Person.ACCOUNT_MANAGER in wanted:
		wanted.insert(wanted.index(Person.ACCOUNT_MANAGER), Person.CLIENT_MANAGER)
	for person in wanted:
		if people.get(person):
			return Route(person=person, user=people[person])
	return Refusal("nobody_looks_after", {"kind": kind, "person": Person(where[-1])})


def is_new(customer_since: date | None, today: date) -> bool:
	"""Whether a customer is in its first 30 days, the first of them included."""
	return customer_since is not None and 0 <= (today - customer_since).days < NEW_FOR_DAYS
