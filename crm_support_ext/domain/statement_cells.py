"""Read the cells of a statement of strippen: each holds what ``statement.rows`` writes, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from crm_support_ext.domain.chain import read_account, read_moment
from crm_support_ext.domain.statement import COLUMNS, HEAD, Period, guarded, unguarded
from crm_support_ext.domain.strippen import Account, Entry, Kind, Wrong, amount

T = TypeVar("T")
_NUMBER = re.compile(r"0|[1-9]\d{0,8}", re.ASCII)
_KINDS = f"one of {', '.join(kind.value for kind in Kind)}"
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)


class Unreadable(Exception):
	"""A row or a cell holds what it cannot; ``wrong`` says what."""

	def __init__(self, wrong: str, expected: str) -> None:
		self.wrong = Wrong(wrong, expected)
		super().__init__(wrong)


def quoted(text: str) -> str:
	"""A text as it is quoted in what is told: on one line, and not longer than a line."""
	shown = repr(text)
	return shown if len(shown) <= 100 else f"{shown[:96]}...'"


def read_head(rows: Iterator[Sequence[str]]) -> Period:
	"""The period of which the rows of the head tell; each is judged before the next is read."""
	contract, customer, zone, first, last = (_named(name, row) for name, row in zip(HEAD, rows, strict=False))
	return Period(contract, customer, zone, date.fromisoformat(first), date.fromisoformat(last))


def _named(name: str, row: Sequence[str]) -> str:
	"""What a row of the head says that has this name."""
	if len(row) != 2 or row[0] != name or guarded(unguarded(row[1])) != row[1]:
		raise Unreadable(f"the row is {quoted(','.join(row))}", f"{name} and what it is")
	text = unguarded(row[1])
	if name == "zone":
		_read("zone", text, ZoneInfo, "the name of a time zone")
	elif name in ("from", "to"):
		read_day(name, text)
	return text


def cells_of(row: Sequence[str]) -> dict[str, str]:
	"""The cells of a row of the table, by column."""
	if len(row) != len(COLUMNS):
		raise Unreadable(f"the row has {len(row)} cells", f"{len(COLUMNS)} as in the heading")
	return dict(zip(COLUMNS, row, strict=True))


def read_entry(cells: Mapping[str, str]) -> Entry:
	"""The entry of a line."""
	return Entry(
		read_number("number", cells["number"]),
		_read("moment", cells["moment"], read_moment, "a moment such as 2026-03-02T08:00:00.000000Z"),
		_read("kind", cells["kind"], Kind, _KINDS),
		unguarded(cells["lot"]),
		_read("amount", cells["amount"], amount, "an amount with two places such as -2.00"),
		read_day("lot from", cells["lot from"]),
		read_day("lot to", cells["lot to"]),
		unguarded(cells["ticket"]),
		unguarded(cells["work log"]),
		read_number("reverses", cells["reverses"]) if cells["reverses"] else None,
		unguarded(cells["reason"]),
	)


def read_number(column: str, text: str) -> int:
	"""A whole number, written in the only way there is."""
	return _read(column, text, _number, "a whole number")


def read_day(column: str, text: str) -> date:
	"""A day."""
	return _read(column, text, _day, "a date such as 2026-03-02")


def read_hash(text: str) -> str:
	"""A hash."""
	return _read("hash", text, _hash, "64 digits of 0 to 9 and a to f")


def read_account_cell(contract: str, number: int, text: str, at: datetime | None = None) -> Account:
	"""The account after an entry."""
	try:
		return read_account(contract, number, text, at)
	except ValueError:
		raise Unreadable(f"the account is {quoted(text)}", "an account such as in the row before") from None


def _read(column: str, text: str, reader: Callable[[str], T], expected: str) -> T:
	try:
		return reader(text)
	except (ValueError, OSError, LookupError):
		raise Unreadable(f"the {column} is {quoted(text)}", expected) from None


def _number(text: str) -> int:
	if not _NUMBER.fullmatch(text):
		raise ValueError(text)
	return int(text)


def _day(text: str) -> date:
	day = date.fromisoformat(text)
	if day.isoformat() != text:
		raise ValueError(text)
	return day


def _hash(text: str) -> str:
	if not _HASH.fullmatch(text):
		raise ValueError(text)
	return text
