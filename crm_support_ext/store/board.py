"""The board of a product: its parked items by rank, with what each weighs, has cost, and when it can be expected.

A page takes a fixed number of queries, however many items there are: it is read from an index by the place in the order
after which it begins, and what it says of the items above it is one count and one sum.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import frappe
from frappe.query_builder import Order
from frappe.query_builder.functions import Count, Sum
from frappe.utils import flt, getdate

from crm_support_ext.constants import BOOKED, PARKED_ITEM, PARKING, WORK_LOG
from crm_support_ext.domain.decisions import RANKED, State, possible
from crm_support_ext.domain.parked_priority import Score, Weights, forecasts, score
from crm_support_ext.store import parked_items
from crm_support_ext.store.contracts import decimal

PAGE = 20

IN_ORDER, NOBODY = "In order", "Nobody waits"
"""What the board shows first, and the items that are open but have no place in the order; else it shows a state."""

SHOWN = (IN_ORDER, NOBODY, State.DEFERRED.value, State.DECLINED.value, State.RELEASED.value)

_FIELDS = (*parked_items.FIELDS, "title", "kind", "product", "release", "deferred_until", "reason")
_FIELDS += ("score", "order_key", "modified")


def page(product: str, shown: str, after: str = "") -> dict[str, Any]:
	"""A page of the items of a product: ``rows``, and ``next``, what to ask for the next page by; empty if this is the
	last. ``after`` is the ``next`` of the page before."""
	found = _in_order(product, after) if shown == IN_ORDER else _others(product, shown, after)
	more, found = len(found) > PAGE, found[:PAGE]
	return {
		"rows": list(_rows(product, found, is_ranked=shown == IN_ORDER)),
		"next": _mark(found[-1], shown) if more else "",
	}


def _mark(row: Any, shown: str) -> str:
	return row.order_key if shown == IN_ORDER else row.name


def _in_order(product: str, after: str) -> list[Any]:
	items = frappe.qb.DocType(PARKED_ITEM)
	query = _of(product).where(items.order_key.isnotnull())
	if after:
		query = query.where(items.order_key > after)
	return query.orderby(items.order_key).run(as_dict=True)


def _others(product: str, shown: str, before: str) -> list[Any]:
	"""Those that have no place in the order, the newest first."""
	items = frappe.qb.DocType(PARKED_ITEM)
	states = [state.value for state in RANKED] if shown == NOBODY else [shown]
	query = _of(product).where(items.state.isin(states) & items.order_key.isnull())
	if before:
		query = query.where(items.name < before)
	return query.orderby(items.name, order=Order.desc).run(as_dict=True)


def _of(product: str) -> Any:
	items = frappe.qb.DocType(PARKED_ITEM)
	query = frappe.qb.from_(items).select(*(items[field] for field in _FIELDS))
	return query.where(items.product == product).limit(PAGE + 1)


def _rows(product: str, found: Sequence[Any], *, is_ranked: bool) -> Iterator[dict[str, Any]]:
	if not found:
		return
	by, spent = parked_items.weights(), spent_on([row.name for row in found])
	first = parked_items.rank(found[0]) if is_ranked else None
	expected = _expected(product, found) if is_ranked else [None] * len(found)
	for at, (row, forecast) in enumerate(zip(found, expected, strict=True)):
		planned = row.release if State(row.state) is State.PLANNED else None
		yield {
			**{field: row[field] for field in _FIELDS if field != "order_key"},
			"rank": first + at if first else None,
			"forecast": planned or forecast,
			"parts": parts(row, by),
			"spent": spent.get(row.name, _NOTHING),
			"possible": [decision.value for decision in possible(State(row.state))],
		}


def _expected(product: str, found: Sequence[Any]) -> list[str | None]:
	"""The release with which to expect each, by the work that it and all above it take."""
	first, *rest = (decimal(flt(row.effort, 2)) for row in found)
	until = parked_items.efforts_until(found[0]) or first
	return list(forecasts([until, *rest], parked_items.coming(product), getdate()))


def standing(row: Any) -> dict[str, Any]:
	"""Where one item stands: rank, forecast, spent, parts of its score, and the releases that it can be planned for."""
	return {
		"rank": parked_items.rank(row),
		"forecast": parked_items.forecast(row),
		"spent": spent_on([row.name]).get(row.name, _NOTHING),
		"parts": parts(row, parked_items.weights()),
		"releases": [each.version for each in parked_items.coming(row.product)],
	}


_NOTHING = {"minutes": 0, "strippen": "0"}


def parts(row: Any, by: Weights) -> dict[str, str]:
	"""The score of an item by its parts; empty for one that nobody waits for."""
	if not (row.tickets and row.first_parked):
		return {}
	weighed: Score = score(parked_items.as_rule(row), by)
	names = ("customers", "users", "regressions", "workaround", "days")
	return {name: _said(getattr(weighed, name)) for name in names}


def spent_on(names: Sequence[str]) -> dict[str, dict[str, Any]]:
	"""The minutes and strippen of the work on the tickets that wait or waited for each of these items."""
	waits, logs = frappe.qb.DocType(PARKING), frappe.qb.DocType(WORK_LOG)
	tickets = frappe.qb.from_(waits).select(waits.item, waits.ticket).distinct().where(waits.item.isin(names))
	rows = (
		frappe.qb.from_(tickets)
		.join(logs)
		.on(logs.ticket == tickets.ticket)
		.select(tickets.item, Sum(logs.minutes).as_("minutes"), Sum(logs.strippen).as_("strippen"))
		.where(logs.state == BOOKED)
		.groupby(tickets.item)
	).run(as_dict=True)
	return {
		row.item: {"minutes": int(row.minutes), "strippen": _said(decimal(flt(row.strippen, 2)))}
		for row in rows
	}


def _said(amount: Decimal) -> str:
	return f"{amount.normalize():f}"


def lanes(product: str) -> list[dict[str, Any]]:
	"""The releases to come, with how much of each is taken by what is planned for it."""
	items = frappe.qb.DocType(PARKED_ITEM)
	taken = {
		row.release: row
		for row in (
			frappe.qb.from_(items)
			.select(items.release, Count("*").as_("items"), Sum(items.effort).as_("days"))
			.where((items.product == product) & (items.state == State.PLANNED.value))
			.groupby(items.release)
		).run(as_dict=True)
	}
	return [
		{
			"release": each.version,
			"date": str(each.date),
			"capacity": _said(each.capacity),
			"items": taken[each.version]["items"] if each.version in taken else 0,
			"days": _said(decimal(flt(taken[each.version]["days"], 2))) if each.version in taken else "0",
		}
		for each in parked_items.coming(product)
	]
