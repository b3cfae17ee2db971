"""Audit: whether a ledger is as it was written, and as the rules let it be written (domain.md section 6).

The chain shows that nobody changed, added or dropped an entry. What the chain cannot show, since who writes a ledger
could seal anything, is recomputed: no lot is overdrawn or used outside its days, what lapses is all that was left and
not before its time, and what reverses an entry does so exactly and once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, tzinfo
from typing import NamedTuple

from crm_support_ext.domain.chain import (
	GENESIS,
	Sealed,
	account_text,
	at_checkpoint,
	digest,
	in_zone,
	wrong_seal,
)
from crm_support_ext.domain.strippen import OPENING, REVERSIBLE, Account, BrokenLedger, Entry, Kind, Wrong


class Finding(NamedTuple):
	"""The number of an entry, and what is wrong with it."""

	number: int
	wrong: Wrong


class Rules:
	"""What holds over several entries; each is told once, in order, with those before it."""

	def __init__(self, zone: tzinfo) -> None:
		self._zone = zone
		self._seen: dict[int, Entry] = {}
		self._reversed: dict[int, int] = {}
		self._days: dict[str, tuple[date, date]] = {}

	def wrong(self, entry: Entry) -> Wrong | None:
		"""What is wrong with the next entry, as far as the entries told before show."""
		wrong = self._wrong_day(entry) or self._wrong_lot(entry) or self._wrong_reversal(entry)
		self._seen[entry.number] = entry
		if entry.reverses is not None:
			self._reversed[entry.reverses] = entry.number
		return wrong

	def _wrong_day(self, entry: Entry) -> Wrong | None:
		day = in_zone(entry.at, self._zone).date()
		if entry.kind is Kind.USE and not entry.first_day <= day <= entry.last_day:
			return Wrong(f"it uses a lot on {day}", f"a day from {entry.first_day} to {entry.last_day}")
		if entry.kind is Kind.EXPIRY and day <= entry.last_day:
			return Wrong(f"the lot lapses on {day}", f"a day after {entry.last_day}")
		return None

	def _wrong_lot(self, entry: Entry) -> Wrong | None:
		days = (entry.first_day, entry.last_day)
		if entry.kind in OPENING:
			self._days[entry.lot] = days
		first, last = self._days.get(entry.lot, days)
		if (first, last) != days:
			return Wrong(f"the lot runs from {days[0]} to {days[1]}", f"{first} to {last}")
		return None

	def _wrong_reversal(self, entry: Entry) -> Wrong | None:
		if entry.reverses is None:
			return None
		before = self._reversed.get(entry.reverses)
		if before is not None:
			return Wrong(f"it reverses entry {entry.reverses}, as {before} did", "one reversal of an entry")
		target = self._seen.get(entry.reverses)
		if target is None:
			return None
		kinds = REVERSIBLE if entry.kind is Kind.CORRECTION else frozenset({Kind.USE})
		if target.kind not in kinds:
			return Wrong(f"it reverses a {target.kind.value}", f"one of {', '.join(sorted(kinds))}")
		if (entry.lot, entry.amount) != (target.lot, -target.amount):
			wrong = f"it gives {entry.amount} to {entry.lot} for entry {target.number}"
			return Wrong(wrong, f"{-target.amount} to {target.lot}")
		return None


def audit(contract: str, sealed: Iterable[Sealed], zone: tzinfo) -> Iterator[Finding]:
	"""What is wrong with a ledger, read from its first entry on."""
	reading = _Reading(contract, zone)
	for each in sealed:
		for wrong in reading.wrongs(each):
			yield Finding(each.entry.number, wrong)


class _Reading:
	"""One reading of a ledger.

	After an entry that is not as it was written, nobody knows the account. The entries that follow are tried as if it
	had changed nothing, but what they seem to be is not told until one of them, or a checkpoint, is proven again.
	"""

	def __init__(self, contract: str, zone: tzinfo) -> None:
		self.account: Account | None = Account(contract)
		self.is_proven = True
		self._contract, self._previous, self._rules = contract, GENESIS, Rules(zone)

	def wrongs(self, sealed: Sealed) -> Iterator[Wrong]:
		"""What is wrong with the next entry."""
		previous, self._previous = self._previous, sealed.hash
		if sealed.previous != previous:
			yield Wrong(f"the hash before is {sealed.previous}", previous)
		broken = self._rules.wrong(sealed.entry)
		if broken:
			yield broken
		wrong = self._follow(sealed)
		if wrong and self.is_proven:
			yield wrong
		self.is_proven = not wrong
		if wrong and sealed.checkpoint:
			self._begin_anew(sealed)

	def _follow(self, sealed: Sealed) -> Wrong | None:
		"""Go on to the account after an entry; what is wrong with it, if anything is."""
		before, self.account = self.account, None
		if before is None:
			return _UNKNOWN
		try:
			self.account = before.after(sealed.entry)
		except BrokenLedger as error:
			return error.wrong
		return wrong_seal(sealed, sealed.previous, self._contract, account_text(self.account))

	def _begin_anew(self, sealed: Sealed) -> None:
		"""Take the account from a checkpoint that the hash covers."""
		if digest(sealed.previous, self._contract, sealed.entry, sealed.checkpoint) == sealed.hash:
			self.account = at_checkpoint(self._contract, sealed)
			self.is_proven = True


_UNKNOWN = Wrong("the account before it is unknown", "an entry that is proven")
