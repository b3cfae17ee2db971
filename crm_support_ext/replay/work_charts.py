"""Work and strippen as the charts of a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from crm_support_ext.domain.contracts import Contract
from crm_support_ext.domain.strippen import NOTHING
from crm_support_ext.replay.compare_work import Cost
from crm_support_ext.replay.usage import AllWork, Balance, ContractYear, Usage
from crm_support_ext.replay.words import count, hours
from crm_support_ext.replay.work_tables import amount, out_in_words

MOST_ROWS = 25
WIDTH, HEIGHT = 1000, 40
"""The units in which a curve is drawn; the page stretches them."""


class SettledBar(NamedTuple):
	"""The minutes that were settled in one way; ``kind`` gives the bar its colour."""

	name: str
	kind: str
	length: float
	text: str
	more: str


class Curve(NamedTuple):
	"""A contract's balance over time as the corners of an area, and the spans without strippen as (from, width)."""

	name: str
	customer: str
	plan: str
	area: str
	out: list[tuple[float, float]]
	most: str
	used: str
	left: str


class Curves(NamedTuple):
	"""The curves of the contracts that used most, on one scale of time.

	So many ``others`` used some and are not shown, and so many are ``unused``.
	"""

	rows: list[Curve]
	start: datetime
	end: datetime
	others: int
	unused: int


class Lasting(NamedTuple):
	"""How far into a contract year its strippen lasted, from 0 to 100, or will at this pace."""

	name: str
	customer: str
	first: str
	last: str
	length: float
	is_over: bool
	when: str
	more: str


class CostBar(NamedTuple):
	"""The strippen that a contract uses by one policy; ``more`` is what it pays besides."""

	length: float
	text: str
	more: str


class CostPair(NamedTuple):
	"""A contract, and what it pays by each policy."""

	name: str
	customer: str
	sides: tuple[CostBar, CostBar]


def settled_bars(work: AllWork) -> list[SettledBar]:
	"""The work by settlement, in minutes."""
	return _settled_bars(work, _most_minutes(work))


def paired_bars(one: AllWork, other: AllWork) -> tuple[list[SettledBar], list[SettledBar]]:
	"""The work by settlement of two policies, on one scale."""
	most = max(_most_minutes(one), _most_minutes(other))
	return _settled_bars(one, most), _settled_bars(other, most)


def _most_minutes(work: AllWork) -> int:
	return max((each.minutes for each in work.sums.values()), default=0)


def _settled_bars(work: AllWork, most: int) -> list[SettledBar]:
	return [
		SettledBar(
			name,
			name.lower().replace(" ", "-"),
			_length(each.minutes, most),
			f"{each.minutes:,} min",
			f"{count(each.pieces, 'piece', 'pieces')}, {hours(each.minutes)}"
			+ (f", {amount(each.strippen)} strippen" if each.strippen else ""),
		)
		for name, each in work.sums.items()
	]


def _length(part: float, most: float) -> float:
	"""A bar that stands for something is never too short to be seen."""
	return max(100 * part / most, 0.8) if part else 0


def cost_bars(costs: Sequence[tuple[Contract, Cost, Cost]]) -> list[CostPair]:
	"""The strippen of contracts by two policies, all on one scale."""
	most = float(max((cost.used for _, *pair in costs for cost in pair), default=NOTHING))
	return [
		CostPair(contract.name, contract.customer, (_cost_bar(one, most), _cost_bar(other, most)))
		for contract, one, other in costs
	]


def _cost_bar(cost: Cost, most: float) -> CostBar:
	besides = [f"{hours(cost.billed)} billed"]
	besides += [f"{amount(cost.bought)} bought"] if cost.bought else []
	besides += [f"{hours(cost.refused)} refused"] if cost.refused else []
	return CostBar(_length(float(cost.used), most), amount(cost.used), ", ".join(besides))


def curves(work: AllWork, start: datetime, end: datetime) -> Curves | None:
	"""The balances over the time of a log; None if no contract had any strippen."""
	having = [usage for usage in work.by_use if usage.balances]
	if not having:
		return None
	using = [usage for usage in having if usage.used]
	shown = (using or having)[:MOST_ROWS]
	rows = [_curve(usage, start, max(end, start + timedelta(days=1))) for usage in shown]
	return Curves(rows, start, end, max(len(using) - len(shown), 0), len(work.usages) - len(using))


def _curve(usage: Usage, start: datetime, end: datetime) -> Curve:
	def across(at: datetime) -> float:
		return round(WIDTH * ((at - start) / (end - start)), 2)

	steps = _steps(usage, start)
	top = max(balance for _, balance in steps)
	corners = [f"M{across(steps[0][0])} {HEIGHT}"]
	for at, balance in steps:
		corners.append(f"H{across(at)}V{round(HEIGHT * (1 - float(balance / top)), 2) if top else HEIGHT}")
	corners.append(f"H{WIDTH}V{HEIGHT}Z")
	return Curve(
		usage.contract.name,
		usage.contract.customer,
		usage.contract.plan.name,
		"".join(corners),
		[(across(since), max(across(until) - across(since), 2)) for since, until in _empty(steps, end)],
		amount(top),
		amount(usage.used),
		amount(usage.left),
	)


def _steps(usage: Usage, start: datetime) -> list[Balance]:
	"""The balances from a moment on, the one that it finds among them."""
	before = [balance for at, balance in usage.balances if at <= start]
	after = [step for step in usage.balances if step[0] > start]
	return [(start, before[-1]), *after] if before else after


def _empty(steps: Iterable[Balance], end: datetime) -> Iterator[tuple[datetime, datetime]]:
	"""When there was nothing left, until there was something again or the log ended."""
	since = None
	for at, balance in steps:
		if since is not None and balance:
			yield since, at
		since = None if balance else (since or at)
	if since is not None and since < end:
		yield since, end


def lasting(years: Sequence[ContractYear], zone: ZoneInfo) -> list[Lasting]:
	"""The contract years that ran out, or will at this pace."""
	return [
		Lasting(
			each.contract.name,
			each.contract.customer,
			str(each.year.first),
			str(each.year.last),
			round(100 * each.lasted(zone), 2),
			each.out_at is not None,
			out_in_words(each, zone),
			f"{amount(each.used)} of {amount(each.given)} used"
			+ (f", too few for {count(each.short, 'piece', 'pieces')} of work" if each.short else ""),
		)
		for each in years[:MOST_ROWS]
	]
