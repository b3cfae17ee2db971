"""Check a statement of strippen: recompute its chain, its balances and all that the rules say (docs/ledger.md).

A statement needs nothing but itself: the opening gives the account and the hash before the first entry, and the first
hash proves both. Each line is tried from the one before as it stands in the file, so that what is wrong with one line
is told of that line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from crm_support_ext.domain.audit import Rules
from crm_support_ext.domain.chain import GENESIS, account_text, digest, in_zone
from crm_support_ext.domain.statement import (
	CLOSING,
	COLUMNS,
	HEAD,
	OPENING,
	TITLE,
	Opening,
	Period,
	closing_hash,
	edge_row,
	line_row,
)
from crm_support_ext.domain.statement_cells import (
	Unreadable,
	cells_of,
	quoted,
	read_account_cell,
	read_entry,
	read_hash,
	read_head,
	read_number,
)
from crm_support_ext.domain.strippen import Account, BrokenLedger, Entry, Wrong


class Finding(NamedTuple):
	"""The line of the file, and what is wrong with it."""

	line: int
	wrong: Wrong


@dataclass(frozen=True)
class Checked:
	"""What a statement says: how many entries, what was left after the last, and its hash."""

	contract: str
	entries: int
	balance: Decimal
	hash: str


def check(rows: Iterable[tuple[int, list[str]]]) -> tuple[Checked | None, list[Finding]]:
	"""What a statement says, and what is wrong with it; None if it cannot be read to its end.

	``rows`` are its rows, each with the line of the file on which it begins.
	"""
	reading = _Reading(iter(rows))
	try:
		checked = reading.run()
	except Unreadable as error:
		return None, [*reading.findings, Finding(reading.line, error.wrong)]
	return checked, reading.findings


class _Reading:
	"""One reading of one statement, row by row."""

	def __init__(self, rows: Iterator[tuple[int, list[str]]]) -> None:
		self.findings: list[Finding] = []
		self.line = 0
		self._rows = rows

	def run(self) -> Checked:
		"""Read it to the end. Raises ``Unreadable`` if that cannot be."""
		self._next_is(TITLE)
		period = read_head(self._next() for _ in HEAD)
		if period.last < period.first:
			raise Unreadable(f"the period ends on {period.last}", f"a day not before {period.first}")
		self._next_is(COLUMNS)
		opening = self._opening(period)
		lines = _Lines(period, opening)
		while not _is_closing(row := self._next()):
			self._tell(lines.wrongs(row))
		closing = closing_hash(period, opening, lines.account, lines.hash)
		self._tell(_differences(row, edge_row(CLOSING, period.last, lines.account, closing)))
		after = next(self._rows, None)
		if after:
			self.line, _ = after
			raise Unreadable("there is a row after the closing", "the end of the statement")
		return Checked(period.contract, lines.count, lines.account.balance, lines.hash)

	def _next(self) -> list[str]:
		self.line, row = next(self._rows, (self.line + 1, []))
		if not row:
			raise Unreadable("the statement ends here", "a closing at its end")
		return row

	def _next_is(self, expected: tuple[str, ...]) -> None:
		row = self._next()
		if tuple(row) != expected:
			raise Unreadable(f"the row is {quoted(','.join(row))}", ",".join(expected))

	def _opening(self, period: Period) -> Opening:
		row = self._next()
		cells = cells_of(row)
		number = read_number("number", cells["number"])
		account, own_hash = Account(period.contract), GENESIS
		if number:
			account = read_account_cell(period.contract, number, cells["account"])
			own_hash = read_hash(cells["hash"])
		self._tell(_differences(row, edge_row(OPENING, period.first, account, own_hash)))
		return Opening(account, own_hash)

	def _tell(self, wrongs: Iterable[Wrong]) -> None:
		self.findings.extend(Finding(self.line, wrong) for wrong in wrongs)


def _is_closing(row: list[str]) -> bool:
	kind = COLUMNS.index("kind")
	return row[kind : kind + 1] == [CLOSING]


def _differences(row: Sequence[str], expected: Sequence[str]) -> Iterator[Wrong]:
	if len(row) != len(expected):
		yield Wrong(f"the row has {len(row)} cells", f"{len(expected)} as in the heading")
		return
	for column, cell, right in zip(COLUMNS, row, expected, strict=True):
		if cell != right:
			yield Wrong(f"the {column} is {quoted(cell)}", quoted(right))


class _Lines:
	"""The lines of a statement, one after the other, and where the ledger stands after them."""

	def __init__(self, period: Period, opening: Opening) -> None:
		self.account, self.hash, self.count = opening.account, opening.hash, 0
		self._period, self._zone = period, ZoneInfo(period.zone)
		self._rules = Rules(self._zone)

	def wrongs(self, row: list[str]) -> Iterator[Wrong]:
		"""What is wrong with the next line: one thing about what it says, one about its hash."""
		self.count += 1
		try:
			cells = cells_of(row)
			entry = read_entry(cells)
		except Unreadable as error:
			yield error.wrong
			self._pass_over(row)
			return
		rule = self._rules.wrong(entry) or self._outside(entry)
		own = self._digest(entry, cells["account"])
		try:
			after = self.account.after(entry)
		except BrokenLedger as error:
			yield error.wrong
			self._pass_over(row)
		else:
			wrong = rule or next(_differences(row, line_row(entry, after, cells["hash"], self._zone)), None)
			if wrong:
				yield wrong
			self._go_on(row, after, self._digest(entry, account_text(after)) if wrong else own)
		if cells["hash"] != own:
			yield Wrong(f"the hash is {quoted(cells['hash'])}, which is not that of the line", own)

	def _go_on(self, row: list[str], after: Account, own: str) -> None:
		"""Go on with the account as computed, if the hash proves it."""
		if row[-1] == own:
			self.account, self.hash = after, own
		else:
			self._pass_over(row)

	def _digest(self, entry: Entry, after: str) -> str:
		return digest(self.hash, self._period.contract, entry, after)

	def _pass_over(self, row: list[str]) -> None:
		"""Go on with the account that the row has, if it can be read."""
		try:
			cells = cells_of(row)
			number = read_number("number", cells["number"])
			self.account = read_account_cell(self._period.contract, number, cells["account"])
			self.hash = cells["hash"]
		except Unreadable:
			pass

	def _outside(self, entry: Entry) -> Wrong | None:
		day, period = in_zone(entry.at, self._zone).date(), self._period
		if period.first <= day <= period.last:
			return None
		return Wrong(f"the entry is of {day}", f"a day from {period.first} to {period.last}")
