"""The chain: each entry of a ledger carries a hash that nobody can bring about who changes, adds or drops an entry.

Rule: domain.md section 6. The hash of an entry is that of a text in which stand the hash of the entry before, the entry,
and the account after it; docs/ledger.md shows it. So whoever knows one hash can prove every entry and every balance up
to it. Every hundredth entry carries the account as a checkpoint: a balance is read from the last of them and the
entries after it, and what is read so is proven by their hashes, not trusted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timezone, tzinfo
from hashlib import sha256

from crm_support_ext.domain.strippen import Account, BrokenLedger, Entry, Lot, Wrong, amount

GENESIS = "0" * 64
"""What stands for the hash before the first entry."""

EVERY = 100
"""Every so manyth entry carries a checkpoint."""


@dataclass(frozen=True, slots=True)
class Sealed:
	"""An entry as it is kept. ``checkpoint`` is the account after it as text, or empty."""

	entry: Entry
	checkpoint: str
	previous: str
	hash: str


def in_zone(at: datetime, zone: tzinfo) -> datetime:
	"""The moment on the clocks of a zone, also if it was given as a time that a change of clocks skips."""
	return at.astimezone(timezone.utc).astimezone(zone)


def moment_text(at: datetime) -> str:
	"""A moment as text, always of the same length: UTC, to the microsecond."""
	return at.astimezone(timezone.utc).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def read_moment(text: str) -> datetime:
	"""A moment of ``moment_text``. Raises ValueError for any other text."""
	at = datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=timezone.utc)
	if moment_text(at) != text:
		raise ValueError(text)
	return at


def account_text(account: Account) -> str:
	"""The account as text: how many lots there were, what was granted and given, and what each lot has left."""
	granted, given = account.granted_to or "-", account.given_to or "-"
	head = f"lots {account.opened}, granted to {granted}, given {account.given} to {given}"
	lots = (f"; {lot.number} has {lot.left} from {lot.first_day} to {lot.last_day}" for lot in account.lots)
	return head + "".join(lots)


_DAY = r"(\d{4}-\d\d-\d\d)"
_AMOUNT = r"(\d+\.\d\d)"
_HEAD = re.compile(rf"lots (\d+), granted to (?:{_DAY}|-), given (-?\d+\.\d\d) to (?:{_DAY}|-)", re.ASCII)
_LOT = re.compile(rf"(\d+) has {_AMOUNT} from {_DAY} to {_DAY}", re.ASCII)


def read_account(contract: str, number: int, text: str, at: datetime | None = None) -> Account:
	"""The account of ``account_text`` after the entry of this number, booked ``at``. Raises ValueError for another text."""
	head, *parts = text.split("; ")
	found = _HEAD.fullmatch(head)
	if not found:
		raise ValueError(text)
	opened, granted_to, given, given_to = found.groups()
	account = Account(contract, number, at, (), int(opened), _day(granted_to), amount(given), _day(given_to))
	account = replace(account, lots=tuple(_lot(account, part) for part in parts))
	if account_text(account) != text:
		raise ValueError(text)
	return account


def _lot(account: Account, text: str) -> Lot:
	found = _LOT.fullmatch(text)
	if not found:
		raise ValueError(text)
	number, left, first, last = found.groups()
	days = date.fromisoformat(first), date.fromisoformat(last)
	return Lot(account.lot_name(int(number)), *days, amount(left), int(number))


def _day(text: str | None) -> date | None:
	return date.fromisoformat(text) if text else None


def digest(previous: str, contract: str, entry: Entry, after: str) -> str:
	"""The hash of an entry; ``after`` is the account after it as text."""
	parts = [
		previous,
		contract,
		str(entry.number),
		moment_text(entry.at),
		entry.kind.value,
		entry.lot,
		entry.first_day.isoformat(),
		entry.last_day.isoformat(),
		str(entry.amount),
		entry.ticket,
		entry.work_log,
		str(entry.reverses or ""),
		entry.reason,
		after,
	]
	return hash_of(parts)


def hash_of(parts: Sequence[str]) -> str:
	"""The hash of some texts: of a JSON list of them, without blanks between them."""
	return sha256(_encode(parts).encode()).hexdigest()


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def seal(account: Account, previous: str, lines: Iterable[Entry]) -> list[Sealed]:
	"""The lines that come next, each with its hash and, if it is its turn, a checkpoint."""
	sealed = []
	for entry in lines:
		account = account.after(entry)
		after = account_text(account)
		own = digest(previous, account.contract, entry, after)
		sealed.append(Sealed(entry, after if entry.number % EVERY == 0 else "", previous, own))
		previous = own
	return sealed


def resume(contract: str, tail: Sequence[Sealed]) -> tuple[Account, str]:
	"""The account and the hash at the end of a ledger, from its tail: all entries, or those from a checkpoint on.

	Proves each hash, and raises ``BrokenLedger`` at the first that does not hold.
	"""
	account, previous = Account(contract), GENESIS
	for each in tail:
		entry = each.entry
		if each is tail[0] and each.checkpoint:
			after, previous = at_checkpoint(contract, each), each.previous
		else:
			after = account.after(entry)
		wrong = wrong_seal(each, previous, contract, account_text(after))
		if wrong:
			raise BrokenLedger(contract, entry.number, wrong)
		account, previous = after, each.hash
	return account, previous


def at_checkpoint(contract: str, sealed: Sealed) -> Account:
	"""The account of an entry's checkpoint. Raises ``BrokenLedger`` if it is none."""
	try:
		return read_account(contract, sealed.entry.number, sealed.checkpoint, sealed.entry.at)
	except ValueError:
		raise BrokenLedger(contract, sealed.entry.number, _NO_CHECKPOINT) from None


_NO_CHECKPOINT = Wrong("its checkpoint is no account", "the account after the entry")


def wrong_seal(sealed: Sealed, previous: str, contract: str, after: str) -> Wrong | None:
	"""Why the entry is not as it was written; ``previous`` is the hash before, ``after`` the account after as text."""
	if sealed.previous != previous:
		return Wrong(f"the hash before is {sealed.previous}", previous)
	if sealed.checkpoint != (after if sealed.entry.number % EVERY == 0 else ""):
		return _NO_CHECKPOINT
	own = digest(previous, contract, sealed.entry, after)
	if sealed.hash != own:
		return Wrong(f"the hash is {sealed.hash}, and not of this entry", own)
	return None
