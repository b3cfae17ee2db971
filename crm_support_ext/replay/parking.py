"""What a policy says of parked items, and what a replay makes of those of a log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from crm_support_ext.domain.parked_priority import (
	Item,
	Planned,
	Score,
	Weights,
	Workaround,
	forecasts,
	ranked,
	score,
)
from crm_support_ext.replay.documents import Rows, Table
from crm_support_ext.replay.kinds import AMOUNT, DAY, NAME
from crm_support_ext.replay.moments import middle
from crm_support_ext.store.memory import MemoryItem

PARKING = Table(
	{
		"per_customer": AMOUNT,
		"per_user": AMOUNT,
		"workaround": Table(dict.fromkeys((each.value for each in Workaround), AMOUNT)),
	}
)
RELEASES = Rows(
	Table(
		{"product": NAME, "version": NAME, "date": DAY, "capacity_days": AMOUNT},
		required=("product", "version", "date", "capacity_days"),
	)
)


@dataclass(frozen=True)
class Parking:
	"""How parked items are weighed, and the releases to come of each product."""

	weights: Weights = field(default_factory=Weights)
	releases: Mapping[str, Sequence[Planned]] = field(default_factory=dict)


def read_parking(settings: Mapping[str, Any]) -> Parking:
	"""What a checked policy says; what it does not say is as in the rules."""
	given = settings.get("parking", {})
	usual = Weights()
	weights = Weights(
		Decimal(given.get("per_customer", usual.per_customer)),
		Decimal(given.get("per_user", usual.per_user)),
		workaround={
			each: Decimal(given.get("workaround", {}).get(each.value, usual.workaround[each]))
			for each in Workaround
		},
	)
	releases: defaultdict[str, list[Planned]] = defaultdict(list)
	for row in settings.get("releases", ()):
		releases[row["product"]].append(Planned(row["version"], row["date"], Decimal(row["capacity_days"])))
	return Parking(weights, releases)


@dataclass(frozen=True)
class Standing:
	"""Where an item stands among those of its product that tickets wait for."""

	item: MemoryItem
	weighed: Item
	rank: int
	score: Score
	forecast: str | None


def standings(items: Mapping[str, MemoryItem], parking: Parking, today: date) -> Iterator[Standing]:
	"""The items that tickets wait for, by product and rank; releases are those of today or later."""
	waited_for = sorted((item for item in items.values() if item.waiting), key=_product)
	for product, of_product in groupby(waited_for, _product):
		by_name = {item.name: item for item in of_product}
		order = ranked(map(_weighed, by_name.values()), parking.weights)
		planned = parking.releases.get(product, ())
		versions = forecasts((item.effort for item in order), planned, today)
		for rank, (item, version) in enumerate(zip(order, versions, strict=True), 1):
			yield Standing(by_name[item.name], item, rank, score(item, parking.weights), version)


@dataclass(frozen=True)
class Waited:
	"""How long tickets waited for an item, shortest first; those that still do, until the end of the log."""

	item: MemoryItem
	spans: Sequence[timedelta]

	@property
	def longest(self) -> timedelta:
		"""The longest wait."""
		return self.spans[-1]

	@property
	def median(self) -> timedelta:
		"""The middle one of the waits."""
		return middle(self.spans)

	@property
	def total(self) -> timedelta:
		"""All waits together."""
		return sum(self.spans, timedelta())


def waited(items: Mapping[str, MemoryItem], end: datetime) -> list[Waited]:
	"""All items that tickets ever waited for, the one they waited for longest in all first."""
	found = [Waited(item, sorted(_spans(item, end))) for item in items.values()]
	return sorted(found, key=lambda each: (-each.total, each.item.product, each.item.name))


def _spans(item: MemoryItem, end: datetime) -> Iterator[timedelta]:
	yield from item.waits
	yield from (end - since for since in item.waiting.values())


def _product(item: MemoryItem) -> str:
	return item.product


def _weighed(item: MemoryItem) -> Item:
	"""An item with who waits for it: a user is customer and contact, and an unknown customer counts for nothing."""
	users = {(ticket.customer, ticket.contact) for ticket in item.waiting if ticket.customer}
	customers = {customer for customer, _ in users}
	return Item(
		item.name,
		item.workaround,
		item.effort,
		len(customers),
		len(users),
		item.first_parked,
	)
