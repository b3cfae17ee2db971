"""Ledgers of strippen for tests: a contract, and the use cases bound to one on the memory store."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from crm_support_ext.domain.booking import Lines
from crm_support_ext.domain.chain import GENESIS, Sealed, in_zone
from crm_support_ext.domain.contracts import Contract, OnShortage, Plan, renewed
from crm_support_ext.domain.payment import Costing, Payment
from crm_support_ext.domain.results import Refusal
from crm_support_ext.domain.statement import Opening, Period, as_csv, rows
from crm_support_ext.domain.statement_check import Checked, Finding, check
from crm_support_ext.domain.strippen import Account, Entry, account_after
from crm_support_ext.services import ledger
from crm_support_ext.store.memory_ledger import MemoryLedger

ZONE = ZoneInfo("Europe/Amsterdam")


def contract_of(
	units: str = "10",
	*,
	start: str = "2026-01-01",
	end: str = "2027-12-31",
	carry_over: str = "0",
	on_shortage: OnShortage = OnShortage.REFUSE,
	purchase: str = "10",
	is_pro_rata: bool = False,
) -> Contract:
	"""A contract of two years, if nothing else is said."""
	plan = Plan("standard", Decimal(units), is_pro_rata, Decimal(carry_over), on_shortage, Decimal(purchase))
	return Contract("C1", "ACME", plan, date.fromisoformat(start), date.fromisoformat(end))


def moment(text: str) -> datetime:
	"""A time on the desk's clock; noon of a date."""
	return datetime.fromisoformat(text if "T" in text else f"{text}T12:00").replace(tzinfo=ZONE)


class Book:
	"""The ledger of one contract on the memory store; times are those of the desk's clock."""

	def __init__(self, contract: Contract | None = None) -> None:
		self.contract = contract or contract_of()
		self.store = MemoryLedger()

	@property
	def account(self) -> Account:
		return self.store.head(self.contract.name).account

	@property
	def sealed(self) -> list[Sealed]:
		return self.store.entries[self.contract.name]

	@property
	def entries(self) -> list[Entry]:
		return [line.entry for line in self.sealed]

	def lines(self, since: int = 0) -> list[str]:
		"""The entries after this number, one line each: day, kind, lot, amount."""
		return [in_words(entry) for entry in self.entries[since:]]

	def renew(self, months: int) -> None:
		self.contract = renewed(self.contract, months)

	def catch_up(self, at: str | datetime) -> Lines:
		return ledger.catch_up(self.store, self.contract, _at(at), ZONE)

	def use(
		self, cost: str, at: str | datetime, *, minutes: int = 15, ticket: str = "T1", log: str = "w1"
	) -> Payment | Refusal:
		costing = Costing(Decimal(cost), minutes, ticket, log)
		return ledger.book(self.store, self.contract, costing, _at(at), ZONE)

	def buy(self, units: str, at: str | datetime, reason: str = "") -> Lines | Refusal:
		return ledger.buy(self.store, self.contract, Decimal(units), _at(at), ZONE, reason)

	def grant(self, units: str, at: str | datetime, reason: str = "goodwill") -> Lines | Refusal:
		return ledger.grant(self.store, self.contract, Decimal(units), _at(at), ZONE, reason)

	def give_back(self, log: str, at: str | datetime, reason: str = "") -> Lines:
		return ledger.give_back(self.store, self.contract, log, _at(at), ZONE, reason)

	def correct(self, number: int, at: str | datetime, reason: str = "a mistake") -> Lines | Refusal:
		return ledger.correct(self.store, self.contract, number, _at(at), ZONE, reason)

	def statement(self, first: str = "2020-01-01", last: str = "2040-01-01") -> list[list[str]]:
		"""The rows of a statement of these days."""
		days = date.fromisoformat(first), date.fromisoformat(last)
		period = Period(self.contract.name, self.contract.customer, str(ZONE), *days)
		before = [line for line in self.sealed if in_zone(line.entry.at, ZONE).date() < days[0]]
		inside = [line for line in self.sealed if days[0] <= in_zone(line.entry.at, ZONE).date() <= days[1]]
		account = account_after(Account(self.contract.name), [line.entry for line in before])
		opening = Opening(account, before[-1].hash if before else GENESIS)
		return [list(row) for row in rows(period, opening, inside)]


def _at(at: str | datetime) -> datetime:
	return moment(at) if isinstance(at, str) else at


def in_words(entry: Entry) -> str:
	"""An entry in a line."""
	day = in_zone(entry.at, ZONE)
	return f"{day:%Y-%m-%d} {entry.kind.value} {entry.lot} {entry.amount}"


def checked(rows: Iterable[list[str]]) -> tuple[Checked | None, list[Finding]]:
	"""What a check says of these rows, once they were written as a file and read again."""
	text = "".join(as_csv(rows)).removeprefix("\ufeff")
	return check(enumerate(csv.reader(text.splitlines(keepends=True)), 1))


def changed(sealed: Sealed, **facts: object) -> Sealed:
	"""A sealed entry in which somebody changed something, of the entry or of its seal."""
	of_seal = {name: facts.pop(name) for name in ("checkpoint", "previous", "hash") if name in facts}
	return replace(sealed, entry=replace(sealed.entry, **facts), **of_seal)  # type: ignore[arg-type]
