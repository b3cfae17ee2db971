"""How the forecasts of what went out have held: where each decision said that it would come, and when it came."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import frappe

from crm_support_ext.constants import DECISION, PARKED_ITEM
from crm_support_ext.domain.decisions import Decision


@dataclass(frozen=True)
class Held:
	"""A forecast as it stood when something was decided, and what came of it.

	``late`` is by how many days the item came after the day of the forecast, less than 0 if before it; None if nothing was
	forecast then. ``is_first`` marks the forecast at the first decision since the item was open.
	"""

	item: str
	title: str
	product: str
	decision: str
	at: Any
	forecast: str | None
	forecast_date: date | None
	release: str
	out_on: date
	late: int | None
	is_first: bool


def held(first: date | None, last: date | None, product: str = "", item: str = "") -> list[Held]:
	"""The forecasts of the items that went out in a period, item by item as they went out."""
	found = [(row, list(_before(row))) for row in _went_out(first, last, product, item)]
	return [each for row, decided in found for each in _forecasts(row, decided)]


def _went_out(first: date | None, last: date | None, product: str, item: str) -> list[Any]:
	rows, items = frappe.qb.DocType(DECISION), frappe.qb.DocType(PARKED_ITEM)
	query = (
		frappe.qb.from_(rows)
		.join(items)
		.on(items.name == rows.item)
		.select(rows.name, rows.item, rows.release, rows.at, items.title, items.product)
		.where(rows.decision == Decision.RELEASE.value)
		.orderby(rows.at, rows.item)
	)
	for is_asked, condition in (
		(first, rows["at"] >= first),
		(last, rows["at"] < frappe.utils.add_days(last, 1) if last else None),
		(product, items.product == product),
		(item, items.name == item),
	):
		query = query.where(condition) if is_asked else query
	return query.run(as_dict=True)


def _before(row: Any) -> Iterator[Any]:
	"""What was decided on the item since it was open, until it went out with this row."""
	fields = ["name", "decision", "at", "forecast", "forecast_date"]
	filters = {"item": row.item, "at": ("<=", row.at), "name": ("!=", row.name)}
	decided = frappe.get_all(DECISION, filters, fields, order_by="at desc, creation desc")
	since: list[Any] = []
	for each in decided:
		if each.decision in (Decision.RELEASE.value, Decision.CAME_BACK.value):
			break
		since.append(each)
	yield from reversed(since)


def _forecasts(row: Any, decided: list[Any]) -> Iterator[Held]:
	out_on = row["at"].date()
	for number, each in enumerate(decided):
		day = each.forecast_date
		yield Held(
			row.item,
			row.title,
			row.product,
			each.decision,
			each["at"],
			each.forecast,
			day,
			row.release,
			out_on,
			(out_on - day).days if day else None,
			number == 0,
		)


@dataclass
class Count:
	"""Of how many items that went out with a release the first forecast held, and of how many it did not."""

	held: int = 0
	late: int = 0


def by_release(rows: list[Held]) -> dict[str, Count]:
	"""The first forecasts of the items by release, in the order in which those went out."""
	counts: dict[str, Count] = defaultdict(Count)
	for row in rows:
		if not row.is_first or row.late is None:
			continue
		if row.late > 0:
			counts[row.release].late += 1
		else:
			counts[row.release].held += 1
	return dict(counts)
