"""A statement of strippen: the entries of a period, between what there was before them and what there is after.

Rule: domain.md section 6: the customer can download it, and check it. It is a table that a spreadsheet opens, and
holds all that the hashes cover: docs/ledger.md tells its columns. The first row below the heading is the opening, with
the account and the hash before the period; the last is the closing, whose hash covers the statement as a whole.
A text that a spreadsheet would take for a formula is written with an apostrophe before it; hashes are of the text itself.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from zoneinfo import ZoneInfo

from crm_support_ext.domain.chain import Sealed, account_text, hash_of, in_zone, moment_text
from crm_support_ext.domain.strippen import Account, Entry

TITLE = ("Statement of strippen", "1")
"""The first row; the number is that of the form, should it ever change."""

HEAD = ("contract", "customer", "zone", "from", "to")
"""What each of the next rows says."""

COLUMNS = (
	"number",
	"date",
	"time",
	"kind",
	"amount",
	"balance",
	"ticket",
	"reason",
	"lot",
	"lot from",
	"lot to",
	"work log",
	"reverses",
	"moment",
	"account",
	"hash",
)

OPENING, CLOSING = "Opening", "Closing"

_FORMULA = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20'")
"""How a text begins that a spreadsheet may take for a formula; the apostrophe too, so that it can be undone."""

BYTE_ORDER_MARK = "\ufeff"
"""By it a spreadsheet knows that the file is in UTF-8."""


@dataclass(frozen=True)
class Period:
	"""Whose statement it is, and of which days, both included, in which zone."""

	contract: str
	customer: str
	zone: str
	first: date
	last: date

	def cells(self) -> tuple[str, ...]:
		"""What the rows of ``HEAD`` say."""
		return (
			self.contract,
			self.customer,
			self.zone,
			self.first.isoformat(),
			self.last.isoformat(),
		)


@dataclass(frozen=True)
class Opening:
	"""Where the ledger stood before the period: the account, and the hash of its last entry."""

	account: Account
	hash: str


def rows(period: Period, opening: Opening, lines: Iterable[Sealed]) -> Iterator[tuple[str, ...]]:
	"""The rows of a statement; ``lines`` are the entries of the period, in order."""
	yield TITLE
	for name, cell in zip(HEAD, period.cells(), strict=True):
		yield name, guarded(cell)
	yield COLUMNS
	zone = ZoneInfo(period.zone)
	account, last_hash = opening.account, opening.hash
	yield edge_row(OPENING, period.first, account, last_hash)
	for line in lines:
		account, last_hash = account.after(line.entry), line.hash
		yield line_row(line.entry, account, last_hash, zone)
	closing = closing_hash(period, opening, account, last_hash)
	yield edge_row(CLOSING, period.last, account, closing)


def edge_row(kind: str, day: date, account: Account, own_hash: str) -> tuple[str, ...]:
	"""The row of the opening or of the closing."""
	cells = {
		"number": str(account.number),
		"date": day.isoformat(),
		"kind": kind,
		"balance": str(account.balance),
		"account": account_text(account),
		"hash": own_hash,
	}
	return tuple(cells.get(column, "") for column in COLUMNS)


def line_row(entry: Entry, after: Account, own_hash: str, zone: tzinfo) -> tuple[str, ...]:
	"""The row of an entry."""
	at = in_zone(entry.at, zone)
	return (
		str(entry.number),
		at.date().isoformat(),
		at.time().isoformat(timespec="seconds"),
		entry.kind.value,
		str(entry.amount),
		str(after.balance),
		guarded(entry.ticket),
		guarded(entry.reason),
		guarded(entry.lot),
		entry.first_day.isoformat(),
		entry.last_day.isoformat(),
		guarded(entry.work_log),
		str(entry.reverses or ""),
		moment_text(entry.at),
		account_text(after),
		own_hash,
	)


def closing_hash(period: Period, opening: Opening, account: Account, last_hash: str) -> str:
	"""The hash of a statement as a whole: its head, its opening and its closing."""
	before = (str(opening.account.number), account_text(opening.account), opening.hash)
	after = (str(account.number), account_text(account), last_hash)
	return hash_of([*period.cells(), *before, *after])


def guarded(text: str) -> str:
	"""The text as a cell that no spreadsheet takes for a formula."""
	return f"'{text}" if text[:1] in _FORMULA else text


def unguarded(cell: str) -> str:
	"""The text of which ``guarded`` makes the cell."""
	return cell[1:] if cell.startswith("'") else cell


def as_csv(rows: Iterable[Sequence[str]]) -> Iterator[str]:
	"""The rows as the lines of a file in UTF-8."""
	yield BYTE_ORDER_MARK
	buffer = io.StringIO()
	writer = csv.writer(buffer)
	for row in rows:
		writer.writerow(row)
		yield buffer.getvalue()
		buffer.seek(0)
		buffer.truncate()
