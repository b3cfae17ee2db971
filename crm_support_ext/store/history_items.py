"""Parked items in an old desk's log: the item that a row names, as the row says it is, and what was decided on it.

A log knows an item by its name alone. On the site it is the item of that title on which a ticket of the same log was
parked; else the one of its product with that title; else it is made. Nobody is told of anything.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _

from crm_support_ext.constants import (
	DECISION,
	PARKED_ITEM,
	PARKING,
	RELEASE,
	TICKET_IMPORT,
	TICKET_PRODUCT,
	WAITS_FOR,
)
from crm_support_ext.domain.decisions import TAKES_TICKETS, Decision, State
from crm_support_ext.domain.lifecycle import Event
from crm_support_ext.domain.parked_priority import Workaround
from crm_support_ext.store import parked_items
from crm_support_ext.store.frappe import site_time
from crm_support_ext.store.history_facts import HistoryRow, product

UNKNOWN_PRODUCT = "Unknown product"
"""An item is of a product, and a log need not say of which."""

_LONGEST = 140
"""So many letters a title has."""

_FIELDS = ("name", "title", "product", "state", "order_key", "first_parked")

_DECIDED = {
	Event.ITEM_RELEASED: (Decision.RELEASE, State.RELEASED),
	Event.ITEM_DECLINED: (Decision.DECLINE, State.DECLINED),
}


def park(doc: Any, log: str, row: HistoryRow) -> None:
	"""Let a ticket that was parked wait for the item that the row names; the item is as the row says."""
	doc.flags.cse_at = row.at
	item = _of_log(log, row.item) or _of_product(row.product or doc.get(TICKET_PRODUCT), row.item)
	doc.set(WAITS_FOR, item.name)
	doc.save(ignore_permissions=True)
	if State(item.state) not in TAKES_TICKETS:
		_keep(item, Decision.CAME_BACK, State.PARKED, row)
	known = "" if item.product == UNKNOWN_PRODUCT else item.product
	said = {
		"product": product(row.product or known or doc.get(TICKET_PRODUCT) or UNKNOWN_PRODUCT),
		"workaround": Workaround(row.workaround or Workaround.NONE).value.capitalize(),
		"effort": float(row.effort or 0),
	}
	frappe.db.set_value(PARKED_ITEM, item.name, said, update_modified=False)
	parked_items.weigh(item.name)


def decide(log: str, row: HistoryRow, event: Event) -> None:
	"""An item of the log was released or declined: so it is on the site, once, however often the row is sent."""
	item = _of_log(log, row.item)
	if item and item.first_parked <= site_time(row.at):
		_keep(item, *_DECIDED[event], row)


def _keep(item: Any, decision: Decision, after: State, row: HistoryRow) -> None:
	told = {"item": item.name, "decision": decision.value, "at": site_time(row.at)}
	later = {"item": item.name, "at": (">", told["at"])}
	if frappe.db.exists(DECISION, told) or frappe.db.exists(DECISION, later):
		return  # the row was sent before, or what came after it was
	said = {
		"release": _release(item.product, row) if after is State.RELEASED else None,
		"reason": _("Not in the log of the old desk") if after is State.DECLINED else None,
	}
	by = (row.actor and frappe.db.exists("User", row.actor)) or frappe.session.user
	frappe.get_doc(
		{"doctype": DECISION, **told, **said, "by": by, "rank": parked_items.rank(item)}
	).db_insert()
	state = {"state": after.value, "deferred_until": None, **said}
	frappe.db.set_value(PARKED_ITEM, item.name, state, update_modified=False)
	parked_items.weigh(item.name)


def _of_log(log: str, title: str) -> Any:
	"""The item of this title that a ticket of this log waits or waited for."""
	items, parkings, entries = map(frappe.qb.DocType, (PARKED_ITEM, PARKING, TICKET_IMPORT))
	found = (
		frappe.qb.from_(items)
		.join(parkings)
		.on(parkings.item == items.name)
		.join(entries)
		.on(entries.ticket == parkings.ticket)
		.select(*(items[field] for field in _FIELDS))
		.distinct()
		.where((items.title == title[:_LONGEST]) & (entries.log == log))
	).run(as_dict=True)
	return _very(found, title)


def _of_product(of: str | None, title: str) -> Any:
	"""The item of this title of a product, made if there is none."""
	about = {"product": product(of or UNKNOWN_PRODUCT), "title": title[:_LONGEST]}
	if item := _very(
		frappe.get_all(PARKED_ITEM, filters=about, fields=list(_FIELDS), order_by="creation asc"), title
	):
		return item
	return frappe.get_doc({"doctype": PARKED_ITEM, **about}).insert(ignore_permissions=True)


def _very(found: list[Any], title: str) -> Any:
	"""That with this very title: the database takes small letters and capitals for the same."""
	return next((each for each in found if each.title == title.strip()[:_LONGEST]), None)


def _release(of: str, row: HistoryRow) -> str | None:
	"""The release with which it went out, if the log says so; made, as one that is out, if the desk does not know it."""
	if not row.release:
		return None
	about = {"product": of, "version": row.release}
	if known := frappe.db.get_value(RELEASE, about):
		return str(known)
	at = site_time(row.at)
	doc = frappe.get_doc({"doctype": RELEASE, **about, "date": at.date()})
	doc.flags.ignore_validate = (
		True  # it went out long ago, and whoever brings a log in is no product director
	)
	doc.insert(ignore_permissions=True)
	doc.db_set({"state": "Out", "out_at": at}, update_modified=False)
	return str(doc.name)
