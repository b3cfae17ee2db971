"""Payment: what becomes of work that is settled in strippen, also if there are not enough of them.

Rule: domain.md section 6; the exact parts are those of replay.md. If the work costs more than can be used on its day,
the contract's plan decides: it is refused; or strippen pay as far as they reach and the rest is Time and Material, the
minutes in proportion and the strippen part rounded up to whole minutes; or as many lots as the cost needs are bought
at once, each lasting to the end of the contract year. Who accepted so many strippen has accepted nothing that is
billed (ours): such work is not split but refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_CEILING, Decimal

from crm_support_ext.domain.booking import Draft, Lines, use
from crm_support_ext.domain.contracts import Contract, OnShortage
from crm_support_ext.domain.results import Refusal
from crm_support_ext.domain.settlement import Settlement
from crm_support_ext.domain.strippen import NOTHING, Account, Kind, amount, left_on


@dataclass(frozen=True)
class Costing:
	"""What a piece of work costs by the tariff, its minutes, and for which ticket and work log.

	``is_quoted``: it goes on a quotation that was accepted.
	"""

	cost: Decimal
	minutes: int
	ticket: str
	work_log: str = ""
	is_quoted: bool = False


@dataclass(frozen=True)
class Part:
	"""So many minutes of a piece of work, and how they are paid."""

	settlement: Settlement
	minutes: int
	strippen: Decimal = NOTHING


@dataclass
class Sum:
	"""Pieces of work, their minutes, and the strippen that they cost."""

	pieces: int = 0
	minutes: int = 0
	strippen: Decimal = NOTHING

	def add(self, minutes: int, strippen: Decimal = NOTHING) -> None:
		"""Count one more."""
		self.pieces += 1
		self.minutes += minutes
		self.strippen += strippen


@dataclass(frozen=True)
class Payment:
	"""The lines that a piece of work adds to the ledger, and the parts in which it is paid."""

	lines: Lines
	parts: tuple[Part, ...]


def pay(account: Account, contract: Contract, costing: Costing, at: datetime) -> Payment | Refusal:
	"""Pay work in strippen, ``at`` a moment in the desk's zone. Refusal: ``balance_too_low`` (facts ``left``, ``wanted``)."""
	lines = use(account, costing.cost, at, costing.ticket, costing.work_log)
	if not isinstance(lines, Refusal):
		return Payment(lines, (Part(Settlement.STRIPPEN, costing.minutes, amount(costing.cost)),))
	if contract.plan.on_shortage is OnShortage.SPLIT and not costing.is_quoted:
		return _split(account, costing, at)
	year = contract.year_of(at.date())
	if contract.plan.on_shortage is OnShortage.PURCHASE and contract.plan.purchase > NOTHING and year:
		return _buy_and_use(account, contract.plan.purchase, costing, at, year.last)
	return lines


def _split(before: Account, costing: Costing, at: datetime) -> Payment:
	left = left_on(before, at.date())
	lines = use(before, left, at, costing.ticket, costing.work_log)
	assert not isinstance(lines, Refusal)  # it takes what there is
	paid = int((costing.minutes * left / costing.cost).to_integral_value(ROUND_CEILING))
	parts = (Part(Settlement.STRIPPEN, paid, left),) if left else ()
	if paid < costing.minutes or not parts:
		parts = (*parts, Part(Settlement.TIME_AND_MATERIAL, costing.minutes - paid))
	return Payment(lines, parts)


def _buy_and_use(before: Account, units: Decimal, costing: Costing, at: datetime, last: date) -> Payment:
	short = amount(costing.cost) - left_on(before, at.date())
	draft = Draft(before, at)
	for _ in range(int((short / units).to_integral_value(ROUND_CEILING))):
		draft.open(Kind.PURCHASE, amount(units), (at.date(), last))
	used = use(draft.account, costing.cost, at, costing.ticket, costing.work_log)
	assert not isinstance(used, Refusal)  # as many were bought as are short
	parts = (Part(Settlement.STRIPPEN, costing.minutes, amount(costing.cost)),)
	return Payment((*draft.lines, *used), parts)
