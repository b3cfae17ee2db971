"""Booking: what a use, a purchase, a grant, a release and a correction add to a contract's ledger.

Rule: domain.md section 6 (seeds/001). A Use takes from the lot that ends first, then from the oldest, and has a line
for each. A mistake is reversed by a new entry that names the old one. What goes back to a lot whose last day has passed
lapses at once. Moments are in the desk's zone: the day of an entry is the date of its moment.

That a Release or a Correction is not corrected is ours: the work is booked anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from crm_support_ext.domain.results import Refusal
from crm_support_ext.domain.strippen import (
	NOTHING,
	OPENING,
	REVERSING,
	Account,
	Entry,
	Kind,
	amount,
	left_on,
	usable,
)

Lines = tuple[Entry, ...]


class Of(NamedTuple):
	"""The work that a line is of."""

	ticket: str = ""
	work_log: str = ""


NO_WORK = Of()


@dataclass(slots=True)
class Draft:
	"""Lines that are about to be added, each at ``at``, and the account with them."""

	account: Account
	at: datetime
	lines: list[Entry] = field(default_factory=list)

	def add(
		self,
		kind: Kind,
		lot: str,
		amount: Decimal,
		days: tuple[date, date],
		work: Of = NO_WORK,
		*,
		reverses: int | None = None,
		reason: str = "",
	) -> None:
		"""Add a line."""
		number = self.account.number + 1
		entry = Entry(number, self.at, kind, lot, amount, *days, *work, reverses, one_line(reason))
		self.account = self.account.after(entry)
		self.lines.append(entry)

	def open(self, kind: Kind, amount: Decimal, days: tuple[date, date], reason: str = "") -> None:
		"""Add a line that opens the next lot."""
		self.add(kind, self.account.lot_name(self.account.opened + 1), amount, days, reason=reason)

	def give_back(self, kind: Kind, entry: Entry, reason: str) -> None:
		"""Reverse an entry; what so goes to a lot whose last day has passed lapses at once."""
		back, days = -entry.amount, (entry.first_day, entry.last_day)
		work = Of(entry.ticket, entry.work_log)
		self.add(kind, entry.lot, back, days, work, reverses=entry.number, reason=reason)
		if back > NOTHING and entry.last_day < self.at.date():
			self.add(Kind.EXPIRY, entry.lot, -back, days, work)


def one_line(text: str) -> str:
	"""A text as the ledger keeps it: on one line, and nothing in it that cannot be seen."""
	return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def use(account: Account, cost: Decimal, at: datetime, ticket: str, work_log: str) -> Lines | Refusal:
	"""Take what work costs. Refusal: ``balance_too_low`` (facts ``left``, ``wanted``)."""
	lots, wanted = usable(account, at.date()), amount(cost)
	left = left_on(account, at.date())
	if wanted < NOTHING:
		raise ValueError(f"work that costs {wanted}")
	if wanted > left:
		return Refusal("balance_too_low", {"left": left, "wanted": wanted})
	draft = Draft(account, at)
	for lot in lots:
		part = min(lot.left, wanted)
		if part:
			draft.add(Kind.USE, lot.name, -part, (lot.first_day, lot.last_day), Of(ticket, work_log))
		wanted -= part
	return tuple(draft.lines)


def purchase(
	account: Account, units: Decimal, at: datetime, first: date, last: date, reason: str = ""
) -> Lines:
	"""A lot that was bought, for these days."""
	return _opened(Kind.PURCHASE, account, units, at, (first, last), reason)


def grant(account: Account, units: Decimal, at: datetime, first: date, last: date, reason: str) -> Lines:
	"""A lot that somebody grants by hand, for these days, with a reason; a year's allotment has none (yearly.py)."""
	if not one_line(reason):
		raise ValueError("a grant by hand has a reason")
	return _opened(Kind.GRANT, account, units, at, (first, last), reason)


def _opened(
	kind: Kind, account: Account, units: Decimal, at: datetime, days: tuple[date, date], reason: str
) -> Lines:
	draft = Draft(account, at)
	draft.open(kind, amount(units), days, reason)
	return tuple(draft.lines)


def release(account: Account, of_work_log: Iterable[Entry], at: datetime, reason: str = "") -> Lines:
	"""Give back what a work log used, to the lots that it came from; what was given back before is not again.

	``of_work_log`` are all entries of the work log.
	"""
	entries = list(of_work_log)
	reversed_before = {entry.reverses for entry in entries}
	draft = Draft(account, at)
	for entry in entries:
		if entry.kind is Kind.USE and entry.number not in reversed_before:
			draft.give_back(Kind.RELEASE, entry, reason)
	return tuple(draft.lines)


def correct(
	account: Account, entry: Entry, reversed_by: Entry | None, at: datetime, reason: str
) -> Lines | Refusal:
	"""Reverse an entry by a new one that names it. ``reversed_by`` is the entry that did so before.

	Refusals: ``corrected_already`` (facts ``number``, ``by``), ``is_a_correction`` (``number``, ``kind``),
	``expiry_stands`` (``number``), ``lot_used`` (``number``, ``lot``, ``left``, ``wanted``), ``reason_missing``.
	"""
	if reversed_by:
		return Refusal("corrected_already", {"number": entry.number, "by": reversed_by.number})
	if entry.kind in REVERSING:
		return Refusal("is_a_correction", {"number": entry.number, "kind": entry.kind})
	if entry.kind is Kind.EXPIRY:
		return Refusal("expiry_stands", {"number": entry.number})
	if not one_line(reason):
		return Refusal("reason_missing")
	lot = account.lot(entry.lot)
	left = lot.left if lot else NOTHING
	if entry.kind in OPENING and left != entry.amount:
		facts = {"number": entry.number, "lot": entry.lot, "left": left, "wanted": entry.amount}
		return Refusal("lot_used", facts)
	draft = Draft(account, at)
	draft.give_back(Kind.CORRECTION, entry, reason)
	return tuple(draft.lines)
