"""Contracts: what a customer has with us, on which days, and what each year of it grants.

Rule: domain.md section 4 (seeds/001) and the yearly periods of section 6; the exact years are those of replay.md. A
contract year runs from the start of the contract or its anniversary to the day before the next one, or to the end
of the contract. Anniversaries are counted from the start, so that a start on 29 February has its anniversary on 28
February of common years and on 29 February of leap years.
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import MAXYEAR, date, timedelta
from decimal import Decimal
from enum import Enum
from functools import lru_cache, partial
from itertools import combinations, count

from crm_support_ext.domain.results import Refusal
from crm_support_ext.domain.strippen import NOTHING, two_places
from crm_support_ext.domain.tables import rows

_DAY = timedelta(days=1)
_MONTHS_OF_A_YEAR = 12
_DAYS_OF_A_COMMON_YEAR = 365


class State(str, Enum):
	"""Where a contract stands."""

	DRAFT = "Draft"
	ACTIVE = "Active"
	SUSPENDED = "Suspended"
	EXPIRED = "Expired"
	ENDED = "Ended"


# Expired: its term is over, and a renewal revives it. Ended: given up, for good; a draft has nothing to give up.
# One that is suspended counts for nothing, so its term does not run out over it either.
TABLE = """
state       may become
Draft       Active
Active      Suspended, Expired, Ended
Suspended   Active, Ended
Expired     Active, Ended
Ended       -
"""

LIVE = frozenset({State.ACTIVE})
"""The states in which a contract goes on: in them strippen are granted and sold by hand."""

COUNTING = frozenset({State.ACTIVE, State.EXPIRED, State.ENDED})
"""The states whose days count: work of a contract's last day may be booked on the day after."""


_FOLLOWING = {
	State(state): frozenset(State(name) for name in names.split(", ") if name != "-")
	for state, names in rows(TABLE)
}


def move(state: State, to: State) -> Refusal | None:
	"""Whether a contract in this state may become ``to``, by ``TABLE``; None: it may.

	Refusal: ``no_such_move`` (facts ``state``, ``to``).
	"""
	if to is state or to in _FOLLOWING[state]:
		return None
	return Refusal("no_such_move", {"state": state, "to": to})


def following(state: State) -> list[State]:
	"""What a contract in this state may become, in the order of the states."""
	return [to for to in State if to in _FOLLOWING[state]]


class OnShortage(str, Enum):
	"""What a plan says of work that costs more strippen than there are."""

	REFUSE = "refuse"
	SPLIT = "split"
	PURCHASE = "purchase"


@dataclass(frozen=True)
class Plan:
	"""What a contract grants a year, what becomes of the rest, and of work that costs more than there is.

	``carry_over`` is the most that goes on into the next year; ``purchase`` the units of one automatic purchase.
	"""

	name: str
	strippen_per_year: Decimal = NOTHING
	is_pro_rata: bool = False
	carry_over: Decimal = NOTHING
	on_shortage: OnShortage = OnShortage.REFUSE
	purchase: Decimal = Decimal("10.00")


@dataclass(frozen=True)
class Year:
	"""A contract year, both days included."""

	first: date
	last: date
	is_last: bool = False


@dataclass(frozen=True)
class Contract:
	"""A customer's contract, for one product or, without one, for all. Both days are included."""

	name: str
	customer: str
	plan: Plan
	start: date
	end: date
	product: str = ""

	def covers(self, day: date) -> bool:
		"""Whether the day is in its term."""
		return self.start <= day <= self.end

	def meets(self, product: str) -> bool:
		"""Whether it is for this product; none named, on either side, meets all."""
		return not self.product or not product or self.product == product

	def years(self) -> Iterator[Year]:
		"""Its contract years in order."""
		for number in count():
			year = self._year(number)
			yield year
			if year.is_last:
				return

	def year_of(self, day: date) -> Year | None:
		"""The contract year that the day is in; None outside of the term."""
		if not self.covers(day):
			return None
		year = self._year(day.year - self.start.year)
		return year if year.first <= day else self._year(day.year - self.start.year - 1)

	def allotment(self, year: Year) -> Decimal:
		"""The strippen that a year of it grants: pro rata by days if its end cuts the year and the plan says so."""
		granted, days = self.plan.strippen_per_year, (year.last - year.first).days + 1
		whole = self._days_of(year.first.year - self.start.year)
		if self.plan.is_pro_rata and days < whole:
			granted = granted * days / whole
		return two_places(granted)

	def _year(self, number: int) -> Year:
		first = anniversary(self.start, number)
		last = min(self.end.toordinal(), first.toordinal() + self._days_of(number) - 1)
		return Year(first, date.fromordinal(last), last == self.end.toordinal())

	def _days_of(self, number: int) -> int:
		"""The days of a whole year, whether or not the end cuts it."""
		if self.start.year + number == MAXYEAR:  # the calendar ends before the year does
			return _DAYS_OF_A_COMMON_YEAR
		return (anniversary(self.start, number + 1) - anniversary(self.start, number)).days

	def overlaps(self, other: Contract) -> bool:
		"""Whether both are of one customer, have a day in common, and their products meet."""
		return (
			self.customer == other.customer
			and self.start <= other.end
			and other.start <= self.end
			and self.meets(other.product)
		)


@lru_cache(maxsize=4096)
def anniversary(start: date, years: int) -> date:
	"""The day so many years after the start; 28 February where there is no 29th."""
	return months_on(start, years * _MONTHS_OF_A_YEAR)


def months_on(day: date, months: int) -> date:
	"""The same day so many months on, or the last of a month that is too short for it."""
	year, month = divmod(day.year * _MONTHS_OF_A_YEAR + day.month - 1 + months, _MONTHS_OF_A_YEAR)
	return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def renewed(contract: Contract, months: int = _MONTHS_OF_A_YEAR) -> Contract:
	"""The contract with the next term joined to it: it ends the day before the same day so many months on."""
	return replace(contract, end=months_on(contract.end + _DAY, months) - _DAY)


def overlapping(contracts: Iterable[Contract]) -> Iterator[tuple[Contract, Contract]]:
	"""The pairs of contracts that overlap, in the order given."""
	of_customer: defaultdict[str, list[Contract]] = defaultdict(list)
	for contract in contracts:
		of_customer[contract.customer].append(contract)
	for theirs in of_customer.values():
		for one, other in combinations(theirs, 2):
			if one.overlaps(other):
				yield one, other


def contract_on(contracts: Iterable[Contract], customer: str, product: str, day: date) -> Contract | None:
	"""The contract under which work for a customer and a product is done on a day; None: there is none.

	A contract for exactly that product comes before one for all products, and that before one that meets
	it only because no product is known; of equals, the first given.
	"""
	found = [
		contract
		for contract in contracts
		if contract.customer == customer and contract.covers(day) and contract.meets(product)
	]
	return min(found, key=partial(_distance, product), default=None)


def _distance(product: str, contract: Contract) -> int:
	return 0 if contract.product == product else 1 if not contract.product else 2
