"""What other weights would make of the order of the parked items, before anybody saves them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import frappe

from crm_support_ext.constants import PARKED_ITEM
from crm_support_ext.domain.parked_priority import Weights, order_key, score
from crm_support_ext.store import parked_items

SHOWN = 20
"""So many items of each product are listed; the ranks of all are counted."""


def what_would_change(doc: Any) -> list[dict[str, Any]]:
	"""For each product in which somebody waits: ``product``, ``items`` (how many have a rank), ``changed`` (how many would
	have another) and ``first``, the first ones then: item, title, was, now (ranks), score_was and score."""
	by = parked_items.weights_of(doc)
	return [_change(product, list(rows), by) for product, rows in groupby(_rows(), lambda row: row.product)]


def _rows() -> list[Any]:
	"""All items that have a place in the order, product by product and by rank."""
	fields = [*parked_items.FIELDS, "title", "product", "score"]
	filters = {"order_key": ("is", "set")}
	return frappe.get_all(PARKED_ITEM, filters, fields, order_by="product asc, order_key asc")


def _change(product: str, rows: Sequence[Any], by: Weights) -> dict[str, Any]:
	was = {row.name: (rank, row) for rank, row in enumerate(rows, start=1)}
	items = (parked_items.as_rule(row) for row in rows)
	then = sorted(items, key=lambda item: order_key(item, by))  # as ``ranked`` does, in half the time
	ranks = [(was[item.name][0], now) for now, item in enumerate(then, start=1)]
	return {
		"product": product,
		"items": len(rows),
		"changed": sum(before != now for before, now in ranks),
		"first": list(_lines(then[:SHOWN], was, by)),
	}


def _lines(then: Sequence[Any], was: dict[str, Any], by: Weights) -> Iterator[dict[str, Any]]:
	for now, item in enumerate(then, start=1):
		before, row = was[item.name]
		scores = {"score_was": row.score, "score": str(score(item, by))}
		yield {"item": item.name, "title": row.title, "was": before, "now": now, **scores}
