"""Quotations: work at a fixed price, or an estimate in strippen ("3 strippen, at most 4"), agreed before it is done.

Rule: domain.md section 5, Quotation. An agent sends one to a contact who may order; the contact accepts or declines
it in the portal until a date. Work above the maximum is refused until a new one is accepted, which takes the place of
the old one: what was booked on that stays there, and the new maximum is counted from nothing. ``TABLE`` is who may do
what with one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from crm_support_ext.domain.results import Refusal
from crm_support_ext.domain.tables import rows


class State(str, Enum):
	"""Where a quotation stands."""

	DRAFT = "Draft"
	SENT = "Sent"
	ACCEPTED = "Accepted"
	DECLINED = "Declined"
	EXPIRED = "Expired"
	WITHDRAWN = "Withdrawn"
	REPLACED = "Replaced"


class Party(str, Enum):
	"""Who does something with a quotation."""

	AGENT = "agent"
	ORDERER = "orderer"
	CLOCK = "clock"


# Who may bring a quotation from one state into another. An answer stands; what comes after it is a new quotation.
TABLE = """
from       to          by
Draft      Sent        agent
Draft      Withdrawn   agent
Sent       Withdrawn   agent
Sent       Accepted    orderer
Sent       Declined    orderer
Sent       Expired     clock
Accepted   Replaced    orderer
"""

_MOVES = {(State(before), State(after)): Party(by) for before, after, by in rows(TABLE)}


def move(state: State, to: State, by: Party, valid_until: date | None, today: date) -> Refusal | None:
	"""Whether the party may bring a quotation into this state today; None: it may. It is valid on its last day.

	Refusals: ``quotation_is`` (facts ``state``, ``to``), ``quotation_not_yours`` (facts ``to``, ``by``),
	``quotation_expired`` (fact ``valid_until``), ``quotation_still_valid`` (fact ``valid_until``).
	"""
	whose = _MOVES.get((state, to))
	if whose is None:
		return Refusal("quotation_is", {"state": state, "to": to})
	if whose is not by:
		return Refusal("quotation_not_yours", {"to": to, "by": by})
	is_over = valid_until is not None and today > valid_until
	if is_over and to in (State.SENT, State.ACCEPTED, State.DECLINED):
		return Refusal("quotation_expired", {"valid_until": valid_until})
	if to is State.EXPIRED and not is_over:
		return Refusal("quotation_still_valid", {"valid_until": valid_until})
	return None


class SettlesIn(str, Enum):
	"""What is agreed: at most so many strippen, or a fixed price for at most so many minutes of work."""

	STRIPPEN = "Strippen"
	FIXED_PRICE = "Fixed Price"


@dataclass(frozen=True)
class Terms:
	"""What a quotation offers: so many strippen, or so many minutes of work at a price, until a day."""

	settles_in: SettlesIn
	maximum: Decimal
	valid_until: date | None
	estimate: Decimal = Decimal(0)
	price: Decimal = Decimal(0)


def incomplete(terms: Terms, today: date) -> Refusal | None:
	"""What these terms lack to be sent today; None: nothing.

	Refusals: ``quotation_without_maximum`` (fact ``settles_in``), ``quotation_without_price``,
	``quotation_without_estimate``, ``estimate_above_maximum`` (facts ``estimate``, ``maximum``),
	``quotation_without_end``, ``quotation_ends_before`` (fact ``valid_until``).
	"""
	in_strippen = terms.settles_in is SettlesIn.STRIPPEN
	if terms.maximum <= 0:
		return Refusal("quotation_without_maximum", {"settles_in": terms.settles_in})
	if not in_strippen and terms.price <= 0:
		return Refusal("quotation_without_price")
	if in_strippen and terms.estimate <= 0:
		return Refusal("quotation_without_estimate")
	if in_strippen and terms.estimate > terms.maximum:
		return Refusal("estimate_above_maximum", {"estimate": terms.estimate, "maximum": terms.maximum})
	if terms.valid_until is None:
		return Refusal("quotation_without_end")
	if today > terms.valid_until:
		return Refusal("quotation_ends_before", {"valid_until": terms.valid_until})
	return None


@dataclass(frozen=True)
class Offer:
	"""An accepted quotation: the most that may be booked on it, and what was booked so far, in strippen or minutes."""

	name: str
	settles_in: SettlesIn
	maximum: Decimal
	used: Decimal = Decimal(0)

	@property
	def is_fixed_price(self) -> bool:
		"""Whether it is work at a fixed price."""
		return self.settles_in is SettlesIn.FIXED_PRICE

	@property
	def left(self) -> Decimal:
		"""What may still be booked on it."""
		return max(self.maximum - self.used, Decimal(0))


def fits(offer: Offer, amount: Decimal) -> Refusal | None:
	"""Whether so much more may be booked on a quotation; None: it may.

	Refusal: ``above_the_quotation`` (facts ``quotation``, ``settles_in``, ``maximum``, ``left``, ``wanted``).
	"""
	if amount <= offer.left:
		return None
	facts = {"quotation": offer.name, "settles_in": offer.settles_in, "maximum": offer.maximum}
	return Refusal("above_the_quotation", {**facts, "left": offer.left, "wanted": amount})
