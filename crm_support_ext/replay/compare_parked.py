"""Which parked items another policy would rank, weigh or forecast differently."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from crm_support_ext.replay.answer import Result
from crm_support_ext.replay.parking import Standing


class Ranking(NamedTuple):
	"""Where an item stands by one policy; all None if no ticket waits for it by that."""

	rank: int | None = None
	score: str | None = None
	forecast: str | None = None


class Moved(NamedTuple):
	"""A parked item, and where it stands by each of two policies."""

	item: str
	product: str
	one: Ranking
	other: Ranking


def moved(a: Result, b: Result) -> Iterator[Moved]:
	"""The items that stand differently, in the order of A; those that only B has come last."""
	by_a, by_b = ({each.item.name: each for each in result.standings} for result in (a, b))
	for name in dict.fromkeys((*by_a, *by_b)):
		standing = by_a.get(name) or by_b[name]
		one, other = _ranking(by_a.get(name)), _ranking(by_b.get(name))
		if one != other:
			yield Moved(name, standing.item.product, one, other)


def _ranking(standing: Standing | None) -> Ranking:
	return Ranking(standing.rank, str(standing.score), standing.forecast) if standing else Ranking()


def row(found: Moved) -> tuple[str, ...]:
	"""An item in words: its name and product, and rank, score and forecast by each policy."""
	pairs = zip(found.one, found.other, strict=True)
	sides = (side for pair in pairs for side in pair)
	return found.item, found.product, *("-" if side is None else str(side) for side in sides)


def as_json(found: Moved) -> dict[str, object]:
	"""An item with what differs as a pair, A's and B's."""
	pairs = zip(Ranking._fields, zip(found.one, found.other, strict=True), strict=True)
	return {
		"item": found.item,
		"product": found.product,
		**{key: pair for key, pair in pairs if len({*pair}) > 1},
	}
