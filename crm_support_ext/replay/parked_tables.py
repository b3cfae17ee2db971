"""Parked items as tables for a terminal, and as the charts of a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from crm_support_ext.domain.parked_priority import Workaround
from crm_support_ext.replay.answer import Result
from crm_support_ext.replay.parking import Standing, Waited
from crm_support_ext.replay.words import columns, count, cut, span

MOST_ROWS = 25
"""So many items a table shows; the JSON has all that tickets wait for."""

WORKAROUND = {
	Workaround.NONE: "no workaround",
	Workaround.AWKWARD: "an awkward workaround",
	Workaround.GOOD: "a good workaround",
}
"""What can be done meanwhile, in words."""


def parked_tables(result: Result) -> Iterator[str]:
	"""The items that tickets wait for by rank, and how long they waited for any; nothing where there is none."""
	standings, waits = result.standings, result.waited
	if standings:
		yield cut(_standings(standings[:MOST_ROWS]), len(standings) - MOST_ROWS, "parked items")
	if waits:
		yield cut(_waits(waits[:MOST_ROWS]), len(waits) - MOST_ROWS, "parked items")


def _standings(standings: Iterable[Standing]) -> str:
	header = ("parked item", "product", "rank", "score", "customers", "users", "days", "tickets", "forecast")
	return columns(
		header,
		[
			(
				each.item.name,
				each.item.product,
				f"{each.rank:,}",
				str(each.score),
				f"{each.weighed.customers:,}",
				f"{each.weighed.users:,}",
				f"{each.item.effort:f}",
				f"{len(each.item.waiting):,}",
				each.forecast or "none planned",
			)
			for each in standings
		],
	)


def _waits(waits: Iterable[Waited]) -> str:
	return columns(
		("waited for", "product", "tickets", "still wait", "median", "longest", "in all"),
		[
			(
				each.item.name,
				each.item.product,
				f"{len(each.spans):,}",
				f"{len(each.item.waiting):,}",
				span(each.median),
				span(each.longest),
				span(each.total),
			)
			for each in waits
		],
	)


class RankBar(NamedTuple):
	"""An item that tickets wait for; its score is as long as ``length`` says, from 0 to 100, the highest being 100."""

	rank: int
	name: str
	product: str
	length: float
	score: str
	forecast: str
	more: str


class WaitBar(NamedTuple):
	"""How long tickets waited for an item: the median and the longest, from 0 to 100 of the longest there is."""

	name: str
	product: str
	median: float
	longest: float
	text: str
	more: str


def rank_bars(standings: Sequence[Standing]) -> list[RankBar]:
	"""The items by product and rank."""
	most = max((each.score.value for each in standings), default=0) or 1
	return [
		RankBar(
			each.rank,
			each.item.name,
			each.item.product,
			float(100 * each.score.value / most),
			str(each.score),
			f"expected in {each.forecast}" if each.forecast else "in no planned release",
			_reasons(each),
		)
		for each in standings[:MOST_ROWS]
	]


def _reasons(standing: Standing) -> str:
	"""What a score is made of, in words."""
	parts = (
		count(standing.weighed.customers, "customer", "customers"),
		count(standing.weighed.users, "user", "users"),
		WORKAROUND[standing.item.workaround],
		f"{standing.item.effort:f} {'day' if standing.item.effort == 1 else 'days'} of work",
	)
	return ", ".join(parts)


def wait_bars(waits: Sequence[Waited]) -> list[WaitBar]:
	"""The items that tickets waited for longest."""
	shown = waits[:MOST_ROWS]
	most = max((each.longest.total_seconds() for each in shown), default=0) or 1
	return [
		WaitBar(
			each.item.name,
			each.item.product,
			100 * each.median.total_seconds() / most,
			100 * each.longest.total_seconds() / most,
			span(each.median),
			f"{count(len(each.spans), 'ticket', 'tickets')}, {_still(each)}; the longest {span(each.longest)}",
		)
		for each in shown
	]


def _still(waits: Waited) -> str:
	number = len(waits.item.waiting)
	return f"{number:,} of them still" if number else "none of them still"
