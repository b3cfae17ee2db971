"""Settlement: how a piece of work is paid.

Rule: domain.md section 5 (seeds/001; that complaints and licence questions are free is ours). ``RULES`` is the
default table, read from the top: the first rule that fits decides. An administrator may put another table in its
place; two laws hold over any table. Programmer or on-site work is never paid in strippen, nor is work without a
contract, which has none: such work is billed. And nothing is booked above an accepted limit (quotations.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from crm_support_ext.domain.escalation import Kind
from crm_support_ext.domain.quotations import Offer


class Settlement(str, Enum):
	"""How a piece of work is paid."""

	FREE = "Free"
	STRIPPEN = "Strippen"
	FIXED_PRICE = "Fixed Price"
	TIME_AND_MATERIAL = "Time and Material"


class Choice(str, Enum):
	"""What a rule can say: billed work is at a fixed price within an accepted quotation, else time and material."""

	FREE = "Free"
	STRIPPEN = "Strippen"
	BILLED = "Fixed Price or Time and Material"


class Role(str, Enum):
	"""As what somebody works on a ticket."""

	HELPDESK = "helpdesk"
	PROGRAMMER = "programmer"
	CONSULTANT = "consultant"


class Place(str, Enum):
	"""Where somebody works on a ticket."""

	REMOTE = "remote"
	ON_SITE = "on site"


@dataclass(frozen=True)
class Work:
	"""What settlement asks of a piece of work. ``kind`` is its ticket's, "" if nobody said."""

	kind: str
	activity: str
	role: Role
	place: Place
	minutes: int
	has_contract: bool


class Law(str, Enum):
	"""Why work that a table would settle in strippen is billed all the same."""

	NO_CONTRACT = "no contract"
	PROGRAMMER = "programmer work is never paid in strippen"
	ON_SITE = "on-site work is never paid in strippen"
	ASSIGNMENT = "an accepted fixed price makes it an assignment"


_CONTRACT = {None: "", True: "with a contract", False: "no contract"}


@dataclass(frozen=True)
class Rule:
	"""A row of the table: what it says of work that fits all its conditions. A blank condition fits all work."""

	settlement: Choice
	kind: str = ""
	activity: str = ""
	role: Role | None = None
	place: Place | None = None
	has_contract: bool | None = None

	@property
	def name(self) -> str:
		"""Its conditions in words."""
		parts = (
			_CONTRACT[self.has_contract],
			self.kind,
			self.activity,
			self.role.value if self.role else "",
			self.place.value if self.place else "",
		)
		return ", ".join(part for part in parts if part) or "everything else"

	def fits(self, work: Work) -> bool:
		"""Whether the work meets every condition."""
		return (
			self.has_contract in (None, work.has_contract)
			and self.kind in ("", work.kind)
			and self.activity in ("", work.activity)
			and self.role in (None, work.role)
			and self.place in (None, work.place)
		)


EVERYTHING_ELSE = Rule(Choice.BILLED)
"""What holds where no rule of a table fits."""

RULES: tuple[Rule, ...] = (
	Rule(Choice.BILLED, has_contract=False),
	Rule(Choice.BILLED, place=Place.ON_SITE),
	Rule(Choice.FREE, Kind.FAULT.value),
	Rule(Choice.FREE, Kind.COMPLAINT.value, role=Role.HELPDESK),
	Rule(Choice.FREE, Kind.LICENCE.value, role=Role.HELPDESK),
	Rule(Choice.STRIPPEN, Kind.QUESTION.value, role=Role.HELPDESK, place=Place.REMOTE),
	Rule(Choice.STRIPPEN, Kind.USER_SUPPORT.value, role=Role.HELPDESK, place=Place.REMOTE),
	Rule(Choice.STRIPPEN, Kind.WISH.value, role=Role.HELPDESK, place=Place.REMOTE),
	EVERYTHING_ELSE,
)
"""The table of domain.md section 5."""


@dataclass(frozen=True)
class Decision:
	"""How work is settled, by which rule, and the law that overruled it, if one did."""

	settlement: Settlement
	rule: Rule
	overruled_by: Law | None = None

	@property
	def name(self) -> str:
		"""What decided, in words: the rule, or the law above it."""
		return self.overruled_by.value if self.overruled_by else self.rule.name


def settle(work: Work, rules: Sequence[Rule] = RULES, offer: Offer | None = None) -> Decision:
	"""How a piece of work is settled by a table. ``offer`` is the accepted quotation for it, if there is one.

	A question becomes an assignment by an accepted fixed price: work that a table would settle in strippen is then
	work at that price.
	"""
	rule = next((rule for rule in rules if rule.fits(work)), EVERYTHING_ELSE)
	is_fixed = offer is not None and offer.is_fixed_price
	if rule.settlement is Choice.FREE:
		return Decision(Settlement.FREE, rule)
	law = None
	if rule.settlement is Choice.STRIPPEN:
		law = law_against_strippen(work) or (Law.ASSIGNMENT if is_fixed else None)
		if law is None:
			return Decision(Settlement.STRIPPEN, rule)
	return Decision(Settlement.FIXED_PRICE if is_fixed else Settlement.TIME_AND_MATERIAL, rule, law)


def law_against_strippen(work: Work) -> Law | None:
	"""The law that forbids to pay this work in strippen; None: no law does."""
	if work.role is Role.PROGRAMMER:
		return Law.PROGRAMMER
	if work.place is Place.ON_SITE:
		return Law.ON_SITE
	return None if work.has_contract else Law.NO_CONTRACT
