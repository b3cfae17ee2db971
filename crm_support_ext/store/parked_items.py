"""Parked items of the site: who waits for them, and where each stands among those of its product (domain.md 7).

The figures of an item are written here alone, under its lock, whenever a cause of them changes. Its rank is not kept:
``order_key`` is text that compares as the rule does, so the rank is how many keys are less, and a change of one item
writes one row. An item without a key is not in the order: nobody waits for it, or it is deferred, declined or released.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from hashlib import sha256
from typing import Any

import frappe
from frappe.query_builder.functions import Count, Sum
from frappe.utils import flt, getdate

from crm_support_ext.constants import PARKED_ITEM, PARKING, RELEASE, WEIGHTS
from crm_support_ext.domain.decisions import RANKED, State
from crm_support_ext.domain.parked_priority import (
	Item,
	Planned,
	Weights,
	Workaround,
	forecasts,
	order_key,
	score,
)
from crm_support_ext.store import contention
from crm_support_ext.store.contracts import decimal
from crm_support_ext.store.frappe import moment

FIELDS = (
	"name",
	"state",
	"workaround",
	"effort",
	"customers",
	"users",
	"tickets",
	"regressions",
	"first_parked",
)


def weights() -> Weights:
	"""The weights that the product director chose."""
	return weights_of(frappe.get_cached_doc(WEIGHTS))


def weights_of(doc: Any) -> Weights:
	"""The weights that a document of Parked Item Weights says, saved or not."""
	return Weights(
		*(decimal(flt(doc.get(field), 2)) for field in ("per_customer", "per_user", "per_regression")),
		{each: decimal(flt(doc.get(f"workaround_{each.value}"), 2)) for each in Workaround},
	)


def fingerprint(by: Weights) -> str:
	"""What tells these weights from others; an item keeps by which it was weighed."""
	said = [by.per_customer, by.per_user, by.per_regression, *(by.workaround[each] for each in Workaround)]
	return sha256(" ".join(f"{each:f}" for each in said).encode()).hexdigest()[:40]


def as_rule(row: Any) -> Item:
	"""An item that somebody waits for, as the rule weighs it."""
	return Item(
		row.name,
		Workaround(row.workaround.lower()),
		decimal(flt(row.effort, 2)),
		row.customers,
		row.users,
		moment(row.first_parked),
		row.regressions,
	)


def _lock(name: str) -> None:
	frappe.db.get_value(PARKED_ITEM, name, "name", for_update=True)


def locked(name: str) -> Any:
	"""What an item is weighed by, its row locked until the end of the transaction."""
	contention.wanted(_lock, name)
	return frappe.db.get_value(PARKED_ITEM, name, list(FIELDS), as_dict=True, for_update=True)


def stored(name: str) -> Any:
	"""An item as it is now, all of it, its row locked until the end of the transaction; None if there is none."""
	contention.wanted(_lock, name)
	return frappe.db.get_value(PARKED_ITEM, name, "*", as_dict=True, for_update=True)


def recount(name: str) -> None:
	"""Count anew who waits for an item, a customer and a user once, and weigh it."""
	row = locked(name)
	found = frappe.db.sql(_WAITING, name, as_dict=True)
	known = [each for each in found if each.customer]
	_keep(
		row,
		customers=len({each.customer for each in known}),
		users=len(known),
		tickets=sum(each.tickets for each in found),
		regressions=int(sum(each.back for each in found)),
	)


_WAITING = f"""SELECT customer, contact, COUNT(*) AS tickets, SUM(regression) AS back
FROM `tab{PARKING}` FORCE INDEX (by_item)
WHERE item = %s AND until IS NULL GROUP BY customer, contact LOCK IN SHARE MODE"""
"""Counted as it is now, not as it was at the transaction's first look: another may have parked since. The item's lock
keeps everybody else from these rows, and the index keeps the count from all other rows and from the answers."""


def weigh(name: str) -> None:
	"""Weigh an item anew: its effort, its state or something else that it is weighed by has changed."""
	_keep(locked(name))


def _keep(row: Any, **figures: int) -> None:
	row.update(figures)
	frappe.db.set_value(PARKED_ITEM, row.name, {**figures, **weighed(row, weights())}, update_modified=False)


def weighed(row: Any, by: Weights) -> dict[str, Any]:
	"""The score and the place in the order of an item, and by which weights; all empty if it has none."""
	if not (row.tickets and State(row.state) in RANKED):
		return {"score": None, "order_key": None, "weighed_by": None}
	item = as_rule(row)
	return {
		"score": str(score(item, by)),
		"order_key": order_key(item, by),
		"weighed_by": fingerprint(by),
	}


LAST = "Z"
"""A key below all others: that of an item for which nobody waits."""


def key_of(item: Any) -> str:
	"""The place of an item in the order, and of a deferred one the place that it would have; ``LAST`` if it has none."""
	if item.order_key:
		return str(item.order_key)
	if item.tickets and State(item.state) is State.DEFERRED:
		return order_key(as_rule(item), weights())
	return LAST


def rank(item: Any) -> int | None:
	"""The rank of an item, by its product and order_key, among those of its product; None if it has none."""
	items = frappe.qb.DocType(PARKED_ITEM)
	if not item.order_key:
		return None
	before = frappe.qb.from_(items).select(Count("*")).where(items.product == item.product)
	return before.where(items.order_key < item.order_key).run()[0][0] + 1


def efforts_until(item: Any) -> Decimal:
	"""The days of work of an item and of all that is above it."""
	items = frappe.qb.DocType(PARKED_ITEM)
	all_above = frappe.qb.from_(items).select(Sum(items.effort)).where(items.product == item.product)
	return decimal(flt(all_above.where(items.order_key <= item.order_key).run()[0][0], 2))


def forecast(item: Any) -> str | None:
	"""The release with which to expect an item that has a place in the order: the one that it is planned for, else the
	first that has room for it and for all above it; None if none has."""
	if item.release and State(item.state) is State.PLANNED:
		return str(item.release)
	if not item.order_key:
		return None
	return next(forecasts([efforts_until(item)], coming(item.product), getdate()))


def coming(product: str) -> Sequence[Planned]:
	"""The releases of a product that are to come, by date; their versions are the names of the records."""
	rows = frappe.get_all(
		RELEASE,
		filters={"product": product, "state": "Planned", "date": (">=", getdate())},
		fields=["name", "date", "capacity_days"],
		order_by="date asc, creation asc",
	)
	return [Planned(row.name, row.date, decimal(flt(row.capacity_days, 2))) for row in rows]
