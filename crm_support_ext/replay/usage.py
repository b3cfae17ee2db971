"""What work and strippen come to: how work was settled, what each contract used, and when its strippen ran out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

from crm_support_ext.domain.contracts import Contract, Year
from crm_support_ext.domain.payment import Sum
from crm_support_ext.domain.results import Refusal
from crm_support_ext.domain.settlement import Settlement
from crm_support_ext.domain.strippen import NOTHING, OPENING, Entry, Kind
from crm_support_ext.replay.answer import Result
from crm_support_ext.store.memory import Worked

REFUSED = "Refused"
"""What is said of work that was not booked, where others have their settlement."""

DAYS_TO_TELL = 30
"""So old must a contract year be for a pace to be told."""


Sums = dict[str, Sum]
"""Sums by settlement, and of what was refused."""


def no_sums() -> Sums:
	"""Nothing in any settlement."""
	return {**{way.value: Sum() for way in Settlement}, REFUSED: Sum()}


def add_work(sums: Sums, worked: Worked) -> None:
	"""Count a piece of work, each of its parts where it belongs."""
	if isinstance(worked.outcome, Refusal):
		sums[REFUSED].add(worked.minutes)
		return
	for part in worked.outcome.parts:
		sums[part.settlement.value].add(part.minutes, part.strippen)


Balance = tuple[datetime, Decimal]
"""What there is from a moment on."""


@dataclass
class ContractYear:
	"""A year of a contract up to the end of the log: what there was to use and what was used.

	``out_at`` is when it ran out: nothing was left, or work cost more than was left. ``short`` is how often work did.
	``pace`` is the day on which it will run out if use goes on as so far; None if it ran out, or lasts.
	"""

	contract: Contract
	year: Year
	given: Decimal = NOTHING
	used: Decimal = NOTHING
	out_at: datetime | None = None
	short: int = 0
	pace: date | None = None

	def run_out(self, at: datetime) -> None:
		"""Note that there was not enough at a moment."""
		self.out_at = min(self.out_at or at, at)

	def lasted(self, zone: ZoneInfo) -> float:
		"""The share of the year that the strippen lasted, or will last at this pace: from 0 to 1."""
		until = self.out_at.astimezone(zone).date() if self.out_at else self.pace
		days = (self.year.last - self.year.first).days + 1
		return ((until - self.year.first).days / days) if until else 1.0


@dataclass
class Usage:
	"""A contract: its entries summed by kind, what there is after each moment, its years, and its work."""

	contract: Contract
	sums: dict[Kind, Decimal] = field(default_factory=lambda: dict.fromkeys(Kind, NOTHING))
	balances: list[Balance] = field(default_factory=list)
	years: list[ContractYear] = field(default_factory=list)
	work: Sums = field(default_factory=no_sums)

	@property
	def used(self) -> Decimal:
		"""The strippen that were used."""
		return -self.sums[Kind.USE]

	@property
	def left(self) -> Decimal:
		"""What is left at the end of the log."""
		return self.balances[-1][1] if self.balances else NOTHING


@dataclass
class AllWork:
	"""All work of a result: the sums by settlement, and what each contract used, in the order of the policy."""

	sums: Sums
	usages: Mapping[str, Usage]

	@property
	def is_empty(self) -> bool:
		"""Whether there is nothing to tell."""
		return not self.usages and not any(each.pieces for each in self.sums.values())

	@property
	def by_use(self) -> list[Usage]:
		"""What the contracts used, those that used most first."""
		return sorted(self.usages.values(), key=lambda each: each.used, reverse=True)

	@property
	def years_out(self) -> list[ContractYear]:
		"""The contract years that ran out, or will at this pace, the last to do so first."""
		years = (year for usage in self.usages.values() for year in usage.years)
		return sorted((year for year in years if year.out_at or year.pace), key=_out_at, reverse=True)


def _out_at(year: ContractYear) -> tuple[date, datetime, str]:
	"""A pace is always of a day after the end of the log."""
	return year.pace or date.min, year.out_at or _NEVER, year.contract.name


_NEVER = datetime.min.replace(tzinfo=timezone.utc)


def usage(result: Result) -> AllWork:
	"""Sum up the work and the ledgers of a result."""
	of_policy = {contract.name: contract for contract in result.policy.terms.contracts}
	usages = {name: _usage(of_policy[name], entries, result) for name, entries in result.ledger.items()}
	sums = no_sums()
	for ticket in result.tickets.values():
		for worked in ticket.work or ():
			add_work(sums, worked)
			if worked.contract:
				_add_to(usages[worked.contract], worked, result.zone)
	if result.end:
		for each in usages.values():
			_look_ahead(each, result.end.astimezone(result.zone).date())
	return AllWork(sums, usages)


def _usage(contract: Contract, entries: Sequence[Entry], result: Result) -> Usage:
	"""A contract's usage as its ledger has it; what was short is known by its work only."""
	assert result.end is not None  # there is no ledger without a row
	today = result.end.astimezone(result.zone).date()
	found = Usage(contract, years=list(_years(contract, today)))
	balance = NOTHING
	for entry in entries:
		balance += entry.amount
		found.sums[entry.kind] += entry.amount
		if found.balances and found.balances[-1][0] == entry.at:
			found.balances.pop()
		found.balances.append((entry.at, balance))
		year = _year_of(found.years, entry.last_day)
		if entry.kind in OPENING:
			year.given += entry.amount
		elif entry.kind is Kind.USE:
			year.used -= entry.amount
			if not balance:
				year.run_out(entry.at)
	return found


def _years(contract: Contract, today: date) -> Iterator[ContractYear]:
	for year in contract.years():
		if year.first > today:
			return
		yield ContractYear(contract, year)


def _year_of(years: Sequence[ContractYear], day: date) -> ContractYear:
	return next(each for each in years if each.year.first <= day <= each.year.last)


def _add_to(found: Usage, worked: Worked, zone: ZoneInfo) -> None:
	"""Count a piece of work to its contract, and note if strippen were short for it."""
	add_work(found.work, worked)
	if _was_short(worked):
		year = _year_of(found.years, worked.at.astimezone(zone).date())
		year.short += 1
		year.run_out(worked.at)


def _was_short(worked: Worked) -> bool:
	if isinstance(worked.outcome, Refusal):
		return True
	in_strippen = worked.outcome.decision.settlement is Settlement.STRIPPEN
	is_split = any(part.settlement is not Settlement.STRIPPEN for part in worked.outcome.parts)
	return in_strippen and (is_split or any(line.kind is Kind.PURCHASE for line in worked.outcome.lines))


def _look_ahead(found: Usage, today: date) -> None:
	"""If the year of the last day goes on as so far: when it runs out. The first days of a year tell nothing."""
	current = found.years[-1] if found.years else None
	if current is None or current.out_at or not current.used or today > current.year.last:
		return
	days = (today - current.year.first).days + 1
	lasting = int(current.given / current.used * days)
	if days >= DAYS_TO_TELL and lasting <= (current.year.last - current.year.first).days:
		current.pace = current.year.first + timedelta(lasting)
