"""The ledgers of strippen of the site (domain.md section 6): the port LedgerStore, and what is only read.

A booking locks the row of its contract first, so bookings on one contract come one after the other; then it reads,
under that lock, what the one before has left. Nothing but entries says what a balance is: it is counted from the last
checkpoint and the at most 99 entries after it, whose hashes are proven each time. Beside the entries stands only which
one was the last (Ledger Check), so that one which is gone is missed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import frappe
from frappe import _
from frappe.query_builder import Order
from frappe.utils import get_system_timezone, now
from redis.exceptions import RedisError

from crm_support_ext.constants import CONTRACT, ENTRY, LEDGER_CHECK
from crm_support_ext.domain.chain import EVERY, GENESIS, Sealed, moment_text, resume
from crm_support_ext.domain.strippen import Account, BrokenLedger, Entry, Wrong, account_after
from crm_support_ext.services.ports import Head
from crm_support_ext.store import contention, contracts, ledger_rows, strippen_warnings

CHUNK = 1000
"""So many entries are read at once where many are read."""

_BY_NUMBER = "unique_contract_number"


class LedgerBroken(frappe.ValidationError):
	"""A ledger is not as it was written; nothing is booked on it."""


class SiteLedger:
	"""The ledgers for a booking."""

	_locks = True

	def __init__(self) -> None:
		self._heads: dict[str, Head] = {}

	def head(self, contract: str) -> Head:
		"""Where the ledger stands. From here to the end of the transaction nobody else adds to it."""
		lock(contract)
		with _told(contract):
			if not noted_of(contract):
				_begin(contract)
			noted = _locked_note(contract)
			head = _proven(contract, noted, _tail(contract, noted.number, for_update=True))
		self._heads[contract] = head
		return head

	def append(self, contract: str, lines: Sequence[Sealed]) -> None:
		"""Add the lines of one booking, note the last of them, and notice what share is used up by them."""
		before = self._heads.pop(contract).account
		with _told(contract):
			_add(contract, lines)
		checks = frappe.qb.DocType(LEDGER_CHECK)
		noted = frappe.qb.update(checks).set(checks.number, lines[-1].entry.number)
		noted.set(checks.hash, lines[-1].hash).where(checks.name == contract).run()
		strippen_warnings.notice(before, account_after(before, [line.entry for line in lines]))

	def entry(self, contract: str, number: int) -> Entry | None:
		"""The entry of this number."""
		return next(iter(self._found(contract, number=number)), None)

	def entries_of(self, contract: str, work_log: str) -> list[Entry]:
		"""All entries of a work log, in order."""
		return self._found(contract, work_log=work_log)

	def reversal_of(self, contract: str, number: int) -> Entry | None:
		"""The entry that reverses the one of this number."""
		return next(iter(self._found(contract, reverses=number)), None)

	def _found(self, contract: str, **facts: Any) -> list[Entry]:
		"""What a reversal rests on: each entry proven, with those that others have added just before us."""
		numbers = _numbers(contract, facts)
		with _told(contract):
			found = (numbers.for_update() if self._locks else numbers).run(pluck=True)
			return [_proven_entry(contract, number, for_update=self._locks) for number in found]


class Trial(SiteLedger):
	"""A ledger on which nothing is booked and nothing is locked: what would be is counted in ``account``."""

	_locks = False
	account = Account("")

	def head(self, contract: str) -> Head:
		"""Where the ledger stands now."""
		self.account = account_of(contract)
		return Head(self.account, GENESIS)

	def append(self, contract: str, lines: Sequence[Sealed]) -> None:
		"""Count what the lines would leave."""
		self.account = account_after(self.account, [line.entry for line in lines])


def desk_zone() -> ZoneInfo:
	"""The zone in which the desk's days begin."""
	return ZoneInfo(get_system_timezone())


def account_of(contract: str) -> Account:
	"""What a contract's ledger says now; it is not locked."""
	with _told(contract):
		noted = noted_of(contract) or _nothing(contract)
		return _proven(contract, noted, _tail(contract, noted.number)).account


def balance_of(contract: str) -> Decimal:
	"""The sum of all entries."""
	return account_of(contract).balance


def head_at(contract: str, number: int) -> Head:
	"""Where the ledger stood after the entry of this number."""
	with _told(contract):
		return Head(*resume(contract, _tail(contract, number)))


def number_before(contract: str, at: datetime) -> int:
	"""The number of the last entry before a moment; 0: there is none."""
	rows = frappe.qb.DocType(ENTRY)
	query = frappe.qb.from_(rows).select(rows.number).where(rows.contract == contract)
	found = query.where(rows.at < moment_text(at)).orderby(rows.at, rows.number, order=Order.desc).limit(1)
	return next(iter(found.run(pluck=True)), 0)


def entries(contract: str, after: int = 0, until: int | None = None) -> Iterator[Sealed]:
	"""The entries after a number, up to and with another, in order; read piece by piece, however many they are."""
	with _told(contract):
		for row in rows_after(contract, after, until):
			yield ledger_rows.read(contract, row)


def rows_after(contract: str, after: int, until: int | None = None) -> Iterator[Any]:
	"""The rows of the entries after a number, as they stand in the database."""
	rows = frappe.qb.DocType(ENTRY)
	query = _entries(rows, contract).limit(CHUNK)
	if until is not None:
		query = query.where(rows.number <= until)
	while found := query.where(rows.number > after).run(as_dict=True):
		yield from found
		after = found[-1].number


class Noted(NamedTuple):
	"""The last entry as its booking noted it."""

	number: int
	hash: str


def noted_of(contract: str) -> Noted | None:
	"""The last entry of a ledger as its booking noted it; None: nothing was ever booked."""
	found = _note(contract).run()
	return Noted(*found[0]) if found else None


def lock(contract: str) -> Any:
	"""Let nobody else book on this contract, or change it, until the transaction ends: the first lock of a booking.

	The answer is its row as others have left it, which a plain read in an older transaction might not see.
	"""
	contention.wanted(lock, contract)
	rows = frappe.qb.DocType(CONTRACT)
	query = frappe.qb.from_(rows).select(*contracts.FIELDS).where(rows.name == contract).for_update()
	found = query.run(as_dict=True)
	if not found:
		raise frappe.DoesNotExistError(_("Contract {0} is not there.").format(contract))
	return found[0]


def _note(contract: str) -> Any:
	checks = frappe.qb.DocType(LEDGER_CHECK)
	return (
		frappe.qb.from_(checks)
		.select(checks.number, checks.hash)
		.where((checks.name == contract) & checks.hash.isnotnull())
	)


def _locked_note(contract: str) -> Noted:
	"""The note as the last booking left it, which a plain read in an older transaction might not see."""
	return Noted(*_note(contract).for_update().run()[0])


def _begin(contract: str) -> None:
	"""Note that a ledger begins, unless another has just done so."""
	_nothing(contract)
	columns = ["name", "contract", "number", "hash", "holds", "creation", "modified", "owner"]
	row = (contract, contract, 0, GENESIS, 1, now(), now(), frappe.session.user)
	frappe.db.bulk_insert(LEDGER_CHECK, columns, [row], ignore_duplicates=True)


def _nothing(contract: str) -> Noted:
	"""What is noted of a ledger without entries. With entries, somebody took the note away."""
	if frappe.db.exists(ENTRY, {"contract": contract}):
		raise BrokenLedger(contract, 0, Wrong("nobody noted its last entry", f"a row of {LEDGER_CHECK}"))
	return Noted(0, GENESIS)


def _tail(contract: str, number: int, *, for_update: bool = False) -> list[Sealed]:
	"""The entries from the last checkpoint to this number; each is locked by itself, for its place alone is ours."""
	first = number - number % EVERY or 1
	rows = frappe.qb.DocType(ENTRY)
	query = _entries(rows, contract).force_index(_BY_NUMBER)
	if for_update:
		query = query.where(rows.number.isin(list(range(first, number + 1)) or [0])).for_update()
	else:
		query = query.where(rows.number[first:number])
	return ledger_rows.read_all(contract, query.run(as_dict=True)) if number else []


def _entries(rows: Any, contract: str) -> Any:
	columns = [rows[column] for column in ledger_rows.FACTS]
	return frappe.qb.from_(rows).select(*columns).where(rows.contract == contract).orderby(rows.number)


def _numbers(contract: str, facts: Mapping[str, Any]) -> Any:
	"""The query for the numbers of the entries of which this is true."""
	rows = frappe.qb.DocType(ENTRY)
	query = frappe.qb.from_(rows).select(rows.number).where(rows.contract == contract).orderby(rows.number)
	for column, fact in facts.items():
		query = query.where(rows[column] == fact)
	return query


def _proven_entry(contract: str, number: int, *, for_update: bool) -> Entry:
	"""An entry, proven from the checkpoint before it."""
	tail = _tail(contract, number, for_update=for_update)
	resume(contract, tail)
	return tail[-1].entry


def _proven(contract: str, noted: Noted, tail: list[Sealed]) -> Head:
	head = Head(*resume(contract, tail))
	if (head.account.number, head.hash) != noted:
		wrong = Wrong(f"the last entry is {head.account.number} with the hash {head.hash}", noted.hash)
		raise BrokenLedger(contract, noted.number, wrong)
	return head


def _add(contract: str, lines: Sequence[Sealed]) -> None:
	try:
		ledger_rows.add(contract, lines)
	except Exception as error:
		if not frappe.db.is_duplicate_entry(error):
			raise
		number = lines[0].entry.number
		raise BrokenLedger(contract, number, Wrong("it is there before it was booked", "no entry")) from None


@contextmanager
def _told(contract: str) -> Iterator[None]:
	"""Say in a sentence that a ledger is broken, and have it looked at, which tells the contract managers."""
	try:
		yield
	except BrokenLedger as error:
		with suppress(RedisError):  # then the nightly check tells
			frappe.enqueue(
				"crm_support_ext.tasks.ledger_checks.look_at",
				queue="short",
				job_id=f"cse-ledger-{contract}",
				deduplicate=True,
				contract=contract,
			)
		frappe.throw(
			_(
				"The ledger of contract {0} is not as it was written, from entry {1} on. No balance is shown and nothing is booked on it until that is cleared up. The contract managers are told."
			).format(contract, error.number),
			LedgerBroken,
			title=_("Not possible"),
		)
