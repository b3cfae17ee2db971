"""Who waits for which parked item: a row of Ticket Parking for each time that a ticket is parked on one.

A save of a ticket that parks it, takes it out, or gives it to another item or customer writes these rows after the
ticket's own, and then the figures of the items that it touched. Everybody locks in this order: ticket, then items by
name.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import frappe

from crm_support_ext.constants import PARKED_ITEM, PARKING, WAITS_FOR
from crm_support_ext.domain.decisions import TAKES_TICKETS, State
from crm_support_ext.domain.lifecycle import NEEDS_ITEM, Status
from crm_support_ext.domain.results import Refusal
from crm_support_ext.store import parked_items
from crm_support_ext.store.frappe import now, site_time

_CAUSES = ("status", WAITS_FOR, "customer", "contact", "raised_by")
"""The fields of a ticket on which it hangs who waits for what."""


def waits(doc: Any) -> bool:
	"""Whether the ticket waits for a parked item; those from before there were any wait for none."""
	return doc.status == Status.PARKED.value and bool(doc.get(WAITS_FOR))


def refuses(doc: Any) -> Refusal | None:
	"""Why the ticket cannot come to wait for the item that it names; None if it can, or if it does so already.

	Refusals: ``item_needed`` (fact ``event``): a parked ticket is left without; ``item_takes_none`` (facts ``state``,
	``item``, ``release``, ``reason``): of that item there is nothing to wait for any more.
	"""
	before = doc.get_doc_before_save()
	if doc.status != Status.PARKED.value or not (before and _is_news(doc, before)):
		return None
	if not doc.get(WAITS_FOR):
		return Refusal("item_needed", {"event": next(iter(NEEDS_ITEM))}) if waits(before) else None
	item = frappe.db.get_value(
		PARKED_ITEM, doc.get(WAITS_FOR), ["title", "state", "release", "reason"], as_dict=True
	)
	if item is None or State(item.state) in TAKES_TICKETS or doc.flags.cse_came_back or doc.flags.cse_at:
		return None  # one that is not there, the framework refuses; what an old desk did is not refused
	facts = {"state": State(item.state), "item": item.title, "release": item.release, "reason": item.reason}
	return Refusal("item_takes_none", facts)


def _is_news(doc: Any, before: Any) -> bool:
	return before.status != doc.status or before.get(WAITS_FOR) != doc.get(WAITS_FOR)


def keep(doc: Any) -> None:
	"""Write what this save changed of who waits for what, if anything."""
	before = doc.get_doc_before_save()
	if not (before and (waits(doc) or waits(before))):
		return
	if all(before.get(field) == doc.get(field) for field in _CAUSES):
		return
	at = site_time(doc.flags.cse_at or now())
	touched = {each.get(WAITS_FOR) for each in (before, doc) if waits(each)}
	lock(touched)
	if waits(before) and (not waits(doc) or _is_news(doc, before)):
		ended = {"until": at, "open_of": None}
		frappe.db.set_value(PARKING, {"open_of": str(doc.name)}, ended, update_modified=False)
	if waits(doc):
		_wait(doc, at)
	recount(touched)


def lock(items: Iterable[str]) -> None:
	"""Lock the items before any row that is counted for them is written: two who move tickets between the same two in
	opposite ways then wait for each other once, and not in a circle."""
	for item in sorted(items):
		parked_items.locked(item)


def recount(items: Iterable[str]) -> None:
	"""Count anew who waits for these items, which are locked."""
	for item in sorted(items):
		parked_items.recount(item)


def _wait(doc: Any, at: Any) -> None:
	who = {"customer": doc.customer, "contact": doc.contact or doc.raised_by}
	row = frappe.db.get_value(PARKING, {"open_of": str(doc.name)}, ["name", "customer"], as_dict=True)
	if row:
		other = {"judge_again": 1} if row.customer != doc.customer else {}
		frappe.db.set_value(PARKING, row.name, who | other, update_modified=False)
		return
	item, came_back = doc.get(WAITS_FOR), doc.flags.pop("cse_came_back", False)
	waits_now = {"ticket": str(doc.name), "open_of": str(doc.name), "item": item, "since": at}
	frappe.get_doc({"doctype": PARKING, **waits_now, **who, "regression": int(bool(came_back))}).db_insert()
	first = frappe.db.get_value(PARKED_ITEM, item, "first_parked", for_update=True)
	if not first or at < first:
		frappe.db.set_value(PARKED_ITEM, item, "first_parked", at, update_modified=False)


def forget(ticket: str) -> None:
	"""A ticket that is deleted waited for nothing."""
	items = frappe.get_all(PARKING, filters={"ticket": ticket}, pluck="item", distinct=True)
	lock(items)
	frappe.db.delete(PARKING, {"ticket": ticket})
	recount(items)
