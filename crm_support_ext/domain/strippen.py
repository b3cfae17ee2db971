"""Strippen: the entries of a contract's ledger, and what they leave.

Rule: domain.md section 6 (seeds/001). Entries are only ever added. A Grant, a Purchase and a Carry-over each open a
lot with a first and a last day; every other entry takes from a lot or gives back to it. The balance is what all entries
add up to, and that is what the lots have left: ``Account`` is that sum, and nothing that is stored beside it.
What may be booked is decided in booking.py, payment.py and yearly.py; an entry that cannot be is a ``BrokenLedger``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from enum import Enum
from typing import NamedTuple

NOTHING = Decimal("0.00")
_CENT = Decimal("0.01")
_MOST = 10**18


def amount(value: Decimal | int | str) -> Decimal:
	"""An amount of strippen: a decimal with exactly two places, of what has no more.

	Raises TypeError for a binary float, ValueError for what has more places, is no number, or is beyond all measure.
	"""
	if isinstance(value, bool) or not isinstance(value, (Decimal, int, str)):
		raise TypeError(f"{value!r} is no Decimal, whole number or text")
	try:
		number = Decimal(value)
		exact = number.quantize(_CENT) + NOTHING  # the sum has no negative zero
	except InvalidOperation:
		raise ValueError(f"{value!r} is no amount") from None
	if not exact.is_finite() or exact != number or abs(exact) >= _MOST:
		raise ValueError(f"{value!r} is no amount with at most two places")
	return exact


def two_places(exact: Decimal) -> Decimal:
	"""An exact figure as an amount of strippen: half a cent up."""
	return exact.quantize(_CENT, ROUND_HALF_UP)


class Kind(str, Enum):
	"""What an entry does."""

	GRANT = "Grant"
	PURCHASE = "Purchase"
	USE = "Use"
	RELEASE = "Release"
	EXPIRY = "Expiry"
	CARRY_OVER = "Carry-over"
	CORRECTION = "Correction"


OPENING = frozenset({Kind.GRANT, Kind.PURCHASE, Kind.CARRY_OVER})
"""The kinds that open a lot."""

TAKING = frozenset({Kind.USE, Kind.EXPIRY})
"""The kinds whose amount is negative; a Correction has the sign opposite to what it corrects."""

REVERSING = frozenset({Kind.RELEASE, Kind.CORRECTION})
"""The kinds that name the entry which they reverse."""

REVERSIBLE = OPENING | {Kind.USE}
"""The kinds that a Correction may name: an expiry stands, and what reverses is not reversed."""


@dataclass(frozen=True, slots=True)
class Entry:
	"""A line of the ledger. ``first_day`` and ``last_day`` are those of the lot that it opens, takes from or gives to.

	``number`` counts the entries of a contract from 1. ``reverses`` is the number of the entry that a Release or a
	Correction names. A Grant without a reason is the allotment of a contract year; one by hand has a reason.
	"""

	number: int
	at: datetime
	kind: Kind
	lot: str
	amount: Decimal
	first_day: date
	last_day: date
	ticket: str = ""
	work_log: str = ""
	reverses: int | None = None
	reason: str = ""

	@property
	def is_allotment(self) -> bool:
		"""Whether it grants what a contract year is due."""
		return self.kind is Kind.GRANT and not self.reason


@dataclass(frozen=True, slots=True)
class Lot:
	"""What is left of a grant, a purchase or a carry-over, and the days on which it can be used."""

	name: str
	first_day: date
	last_day: date
	left: Decimal
	number: int

	def contains(self, day: date) -> bool:
		"""Whether it can be used on the day."""
		return self.first_day <= day <= self.last_day


class Wrong(NamedTuple):
	"""What is wrong with an entry, and what was expected."""

	wrong: str
	expected: str


class BrokenLedger(Exception):
	"""An entry that no ledger can hold, or that is not as it was written; ``number`` is its number."""

	def __init__(self, contract: str, number: int, wrong: Wrong) -> None:
		self.contract, self.number, self.wrong = contract, number, wrong
		super().__init__(f"entry {number} of {contract}: {wrong.wrong}, expected {wrong.expected}")


@dataclass(frozen=True, slots=True)
class Account:
	"""A contract's strippen after its entry ``number``, which was booked ``at``.

	``lots`` are those with something left, in order of opening; ``opened`` is how many there ever were. The years up
	to ``granted_to`` have had their allotment. ``given`` is what was granted, bought and carried over into the lots
	that end on ``given_to``, the last of all: those of the contract year.
	"""

	contract: str
	number: int = 0
	at: datetime | None = None
	lots: tuple[Lot, ...] = ()
	opened: int = 0
	granted_to: date | None = None
	given: Decimal = NOTHING
	given_to: date | None = None

	@property
	def balance(self) -> Decimal:
		"""What is left in all lots: the sum of all entries so far."""
		return sum((lot.left for lot in self.lots), NOTHING)

	def lot(self, name: str) -> Lot | None:
		"""The lot of this name, if there is anything left of it."""
		return next((lot for lot in self.lots if lot.name == name), None)

	def lot_name(self, number: int) -> str:
		"""How the lot of this number is called."""
		return f"{self.contract}-{number}"

	def after(self, entry: Entry) -> Account:
		"""The account with one more entry. Raises ``BrokenLedger`` if it cannot follow."""
		wrong = self.wrong_with(entry)
		if wrong:
			raise BrokenLedger(self.contract, entry.number, wrong)
		given, given_to = self._given_after(entry)
		return Account(
			self.contract,
			entry.number,
			entry.at,
			self._lots_after(entry),
			self.opened + (entry.kind in OPENING),
			entry.last_day if self._is_granted_by(entry) else self.granted_to,
			given,
			given_to,
		)

	def wrong_with(self, entry: Entry) -> Wrong | None:
		"""Why this cannot be the next entry; None: it can."""
		if entry.number != self.number + 1:
			return Wrong(f"the number is {entry.number}", str(self.number + 1))
		if self.at and entry.at < self.at:
			return Wrong("it is earlier than the entry before", "entries in order of time")
		if entry.first_day > entry.last_day:
			return Wrong(f"its lot ends on {entry.last_day}", f"a day not before {entry.first_day}")
		if (entry.reverses is not None) != (entry.kind in REVERSING):
			return _REVERSES_NOTHING if entry.reverses is None else _REVERSES
		if entry.reverses is not None and not 0 < entry.reverses < entry.number:
			return Wrong(f"it reverses {entry.reverses}", "the number of an entry before it")
		return _wrong_sign(entry) or self._wrong_lot(entry)

	def _wrong_lot(self, entry: Entry) -> Wrong | None:
		if entry.kind in OPENING:
			name = self.lot_name(self.opened + 1)
			return None if entry.lot == name else Wrong(f"it opens the lot {entry.lot}", f"the lot {name}")
		if not self._has_opened(entry.lot):
			return Wrong(f"there is no lot {entry.lot}", f"one of the {self.opened} lots opened before")
		lot = self.lot(entry.lot)
		if lot and (lot.first_day, lot.last_day) != (entry.first_day, entry.last_day):
			return Wrong(
				f"the lot runs from {entry.first_day} to {entry.last_day}",
				f"{lot.first_day} to {lot.last_day}",
			)
		left = lot.left if lot else NOTHING
		if left + entry.amount < NOTHING:
			return Wrong(f"it takes {-entry.amount} of {left}", "no more than is left of the lot")
		if entry.kind is Kind.EXPIRY and left + entry.amount != NOTHING:
			return Wrong(f"{-entry.amount} of {left} expire", "all that is left of the lot")
		return None

	def _has_opened(self, lot: str) -> bool:
		number = number_of(lot)
		return 0 < number <= self.opened and lot == self.lot_name(number)

	def _given_after(self, entry: Entry) -> tuple[Decimal, date | None]:
		"""What was given grows with a lot that ends last of all, and shrinks when one is corrected."""
		given, to = self.given, self.given_to
		if entry.kind in OPENING and (to is None or entry.last_day > to):
			return entry.amount, entry.last_day
		if entry.last_day == to and (entry.kind in OPENING or _is_taken_back(entry)):
			return given + entry.amount, to
		return given, to

	def _is_granted_by(self, entry: Entry) -> bool:
		return entry.is_allotment and (self.granted_to is None or entry.last_day > self.granted_to)

	def _lots_after(self, entry: Entry) -> tuple[Lot, ...]:
		lot = self.lot(entry.lot)
		left = entry.amount + (lot.left if lot else NOTHING)
		lots = [other for other in self.lots if other is not lot]
		if left:
			number = number_of(entry.lot)
			lots.append(Lot(entry.lot, entry.first_day, entry.last_day, left, number))
			lots.sort(key=_number)
		return tuple(lots)


_REVERSES = Wrong("it reverses an entry", f"only {' and '.join(sorted(REVERSING))} to do so")
_REVERSES_NOTHING = Wrong("it reverses nothing", "the number of the entry that it reverses")


def _is_taken_back(entry: Entry) -> bool:
	"""Whether it corrects an entry that opened a lot: no other correction takes away."""
	return entry.kind is Kind.CORRECTION and entry.amount < NOTHING


def _wrong_sign(entry: Entry) -> Wrong | None:
	if amount(entry.amount) == NOTHING:
		return Wrong("the amount is 0", "entries of more than nothing")
	if entry.kind is not Kind.CORRECTION and (entry.amount < NOTHING) != (entry.kind in TAKING):
		sign = "below" if entry.kind in TAKING else "above"
		return Wrong(f"the amount is {entry.amount}", f"{entry.kind.value} to be {sign} 0")
	return None


def number_of(lot: str) -> int:
	"""The number in the name of a lot; 0 if there is none."""
	digits = lot.rpartition("-")[2]
	return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) < 10 else 0


def _number(lot: Lot) -> int:
	return lot.number


def walk(start: Account, entries: Iterable[Entry]) -> Iterator[tuple[Entry, Account]]:
	"""Each entry with the account after it. Raises ``BrokenLedger`` at the first that cannot follow."""
	for entry in entries:
		start = start.after(entry)
		yield entry, start


def account_after(start: Account, entries: Iterable[Entry]) -> Account:
	"""The account after these entries."""
	for entry in entries:
		start = start.after(entry)
	return start


def usable(account: Account, day: date) -> list[Lot]:
	"""The lots that can be used on a day, in the order in which they are: what ends first, then the oldest."""
	return sorted((lot for lot in account.lots if lot.contains(day)), key=end_and_number)


def left_on(account: Account, day: date) -> Decimal:
	"""How much can be used on a day."""
	return sum((lot.left for lot in usable(account, day)), NOTHING)


def end_and_number(lot: Lot) -> tuple[date, int]:
	"""The order in which lots are used, and lapse."""
	return lot.last_day, lot.number
