"""Parked items: which comes first, and with which release to expect it.

Rule: domain.md section 7; the four factors are those of seeds/002: is there a workaround, how many users reported it,
how much work it is, and how much is more urgent. The first three give the score, the last the rank and the forecast.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timezone
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from itertools import accumulate

from crm_support_ext.domain.results import Refusal

_LEAST_DAYS = Decimal("0.5")
"""An item counts in its score as at least so much work, so that a trifle does not come before everything."""


class Workaround(str, Enum):
	"""How well a customer can do without the item."""

	NONE = "none"
	AWKWARD = "awkward"
	GOOD = "good"


_WORKAROUND = {Workaround.NONE: Decimal(3), Workaround.AWKWARD: Decimal(2), Workaround.GOOD: Decimal(1)}


@dataclass(frozen=True)
class Weights:
	"""What a customer, a user and the lack of a workaround weigh, and what comes back after a release; all are 0 or more.

	What came back for somebody weighs as a customer more (ours).
	"""

	per_customer: Decimal = Decimal(3)
	per_user: Decimal = Decimal(1)
	per_regression: Decimal = Decimal(3)
	workaround: Mapping[Workaround, Decimal] = field(default_factory=lambda: _WORKAROUND)


MOST = Decimal(1000)
"""No weight is more (ours): the order key holds the scores of any number of customers then."""


def refuses(weights: Weights) -> Refusal | None:
	"""Why nobody can weigh by these; None if one can.

	Refusals: ``weight_out_of_bounds`` (facts ``weight``, ``most``): less than nothing, or too much; ``weights_all_zero``:
	every score would be 0; ``workaround_weighs_more``: who can help themselves would come before who cannot.
	"""
	counted = (weights.per_customer, weights.per_user, weights.per_regression)
	times = [weights.workaround[each] for each in Workaround]
	for weight in (*counted, *times):
		if not 0 <= weight <= MOST:
			return Refusal("weight_out_of_bounds", {"weight": weight, "most": MOST})
	if not any(counted) or not any(times):
		return Refusal("weights_all_zero")
	return Refusal("workaround_weighs_more") if times != sorted(times, reverse=True) else None


@dataclass(frozen=True)
class Item:
	"""What the priority of a parked item depends on.

	``customers`` and ``users`` are those whose tickets wait for it, each counted once however many tickets it has;
	``effort`` is in days; ``first_parked`` is when a ticket was parked on it for the first time ever; ``regressions``
	are the tickets that wait again, because a release did not mend it for them.
	"""

	name: str
	workaround: Workaround
	effort: Decimal
	customers: int
	users: int
	first_parked: datetime
	regressions: int = 0


@dataclass(frozen=True)
class Score:
	"""A score by its parts: what customers, users and regressions weigh, times ``workaround``, divided by ``days``."""

	customers: Decimal
	users: Decimal
	workaround: Decimal
	days: Decimal
	regressions: Decimal = Decimal(0)

	@property
	def value(self) -> Fraction:
		"""The score, exactly: the order goes by it."""
		weight, of_weight = (self.customers + self.users + self.regressions).as_integer_ratio()
		times, of_times = self.workaround.as_integer_ratio()
		days, of_days = self.days.as_integer_ratio()
		return Fraction(weight * times * of_days, of_weight * of_times * days)

	def __str__(self) -> str:
		"""The score as figures are shown, with two decimals; half of the last one goes to the even one."""
		whole, rest = divmod(round(self.value * 100), 100)
		return f"{whole}.{rest:02}"


def score(item: Item, weights: Weights) -> Score:
	"""What an item scores."""
	return Score(
		item.customers * weights.per_customer,
		item.users * weights.per_user,
		weights.workaround[item.workaround],
		max(item.effort, _LEAST_DAYS),
		item.regressions * weights.per_regression,
	)


def ranked(items: Iterable[Item], weights: Weights) -> list[Item]:
	"""The items of one product, the most urgent first.

	Of equal scores the item comes first that was parked first, and of those parked at one moment the first by name: the
	order is total.
	"""

	return sorted(items, key=lambda item: urgency(item, weights))


def urgency(item: Item, weights: Weights) -> tuple[Fraction, datetime, str]:
	"""What the order goes by: the least comes first."""
	return -score(item, weights).value, item.first_parked, item.name


_WHOLE, _DECIMALS = 18, 42
"""Digits of a score in an order key: efforts and weights have few decimals, so two scores never differ by less."""


def order_key(item: Item, weights: Weights) -> str:
	"""The urgency as text, for a database: the keys of two items compare as the items do (``ranked``).

	Weights and efforts of up to nine digits and six decimals are told apart exactly.
	"""
	whole = int(score(item, weights).value * 10**_DECIMALS)
	parked = item.first_parked.astimezone(timezone.utc)
	return f"{10 ** (_WHOLE + _DECIMALS) - 1 - whole:0{_WHOLE + _DECIMALS}} {parked:%Y-%m-%dT%H:%M:%S.%f} {item.name}"


@dataclass(frozen=True)
class Planned:
	"""A release to come: its version, its date, and the days of work that go into it."""

	version: str
	date: date
	capacity: Decimal


def forecasts(efforts: Iterable[Decimal], releases: Iterable[Planned], today: date) -> Iterator[str | None]:
	"""The version with which each item can be expected, in the order of rank; None: none that is planned.

	It is the first release of today or later by which the capacity so far covers the item and everything above it.
	``efforts`` are those of the items of one product by rank, as they are; ``releases`` are those of that product, of
	which those of one date go out in the given order.
	"""
	coming = sorted((each for each in releases if each.date >= today), key=lambda each: each.date)
	capacities = list(accumulate(each.capacity for each in coming))
	at = 0
	for needed in accumulate(efforts):
		while at < len(coming) and capacities[at] < needed:
			at += 1
		yield coming[at].version if at < len(coming) else None
