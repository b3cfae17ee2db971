"""What is decided on the parked items of the site: each decision is a row of Item Decision that is never changed.

An item's state, release, day and reason are written here alone, under its lock, together with that row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import frappe
from frappe import _
from frappe.query_builder import Order
from frappe.utils import getdate

from crm_support_ext.constants import DECISION, PARKED_ITEM, RELEASE
from crm_support_ext.domain import decisions as rule
from crm_support_ext.domain.decisions import Decision, Ranked, State
from crm_support_ext.domain.results import Refusal
from crm_support_ext.store import parked_items
from crm_support_ext.store.frappe import site_time
from crm_support_ext.store.installations import answer_soon

DECIDED = ("state", "release", "deferred_until", "reason")
"""The fields of an item that a decision writes."""


def decide(
	name: str,
	decision: Decision,
	at: datetime,
	*,
	by: str,
	reason: str = "",
	release: str | None = None,
	until: date | None = None,
) -> State | Refusal:
	"""Decide on an item, in the name of ``by``; its new state.

	``release`` is the one to plan it for, or with which it went out; ``until`` the day to defer it to. Refusals: those of
	the rule (domain/decisions.py), with ``over``, the title of the item that is passed over, if it is against the rank;
	``release_not_open`` (facts ``release``, ``product``, ``state``, the last two of the release); ``release_not_theirs``
	(facts ``release``, ``product``, ``item``); ``release_needed``; ``day_to_come_needed`` (fact ``until``).
	"""
	item = locked(name)
	after = would_be(item, decision, at, reason=reason, release=release, until=until)
	if isinstance(after, Refusal):
		return after
	row = _row(item, decision, at, by) | {"reason": reason.strip() or None}
	kept = _kept(item, decision, after, release, until) | {"reason": row["reason"]}
	frappe.db.set_value(PARKED_ITEM, name, kept)
	said = {"release": kept["release"] or item.release, "until": kept["deferred_until"]}
	frappe.get_doc({**row, **said}).db_insert()
	parked_items.weigh(name)
	if after is State.DECLINED:
		answer_soon()
	return after


def locked(name: str) -> Any:
	"""All of an item that a decision looks at, its row locked until the end of the transaction."""
	parked_items.locked(name)
	return item_of(name, for_update=True)


def item_of(name: str, *, for_update: bool = False) -> Any:
	"""All of an item that a decision looks at."""
	fields = list(dict.fromkeys([*parked_items.FIELDS, *DECIDED, "title", "product", "order_key"]))
	found = frappe.db.get_value(PARKED_ITEM, name, fields, as_dict=True, for_update=for_update)
	return found or frappe.throw(_("There is no parked item {0}.").format(name), frappe.DoesNotExistError)


def would_be(
	item: Any,
	decision: Decision,
	at: datetime,
	*,
	reason: str = "",
	release: str | None = None,
	until: date | None = None,
) -> State | Refusal:
	"""The state that a decision would lead to; refuses as ``decide`` does."""
	today = site_time(at).date()
	possible = rule.decide(State(item.state), decision, "asked later")
	refusal = possible if isinstance(possible, Refusal) else _misfit(item, decision, today, release, until)
	if refusal:
		return refusal
	over = _passed_over(item, decision, release)
	after = rule.decide(State(item.state), decision, reason, against_rank=over is not None)
	if isinstance(after, Refusal) and over:
		title = frappe.db.get_value(PARKED_ITEM, over.name, "title")
		return replace(after, facts={**after.facts, "over": title, "comes": over.comes})
	return after


def _misfit(
	item: Any, decision: Decision, today: date, release: str | None, until: date | None
) -> Refusal | None:
	"""Why the release or the day of a decision will not do."""
	if decision is Decision.DEFER and not (until and until > today):
		return Refusal("day_to_come_needed", {"until": until})
	if decision is not Decision.PLAN:
		return None
	found = release and frappe.db.get_value(RELEASE, release, ["name", "product", "state"], as_dict=True)
	if not found:
		return Refusal("release_needed", {"release": release})
	if found.product != item.product:
		facts = {"release": found.name, "product": found.product, "item": item.title}
		return Refusal("release_not_theirs", facts)
	return Refusal("release_not_open", dict(found)) if found.state != "Planned" else None


def _passed_over(item: Any, decision: Decision, release: str | None) -> Ranked | None:
	if not rule.heeds_rank(State(item.state), decision):
		return None
	comes = frappe.db.get_value(RELEASE, release, "date") if decision is Decision.PLAN else None
	return rule.passed_over(comes, _above(item), _below(item))


def _above(item: Any) -> list[Ranked]:
	"""Of the items above it the one that is furthest from coming, if there is one."""
	items, found = _others(item)
	found = found.where(items.order_key < parked_items.key_of(item))
	parked = found.where(items.state == State.PARKED.value).orderby(items.order_key).limit(1).run()
	return [Ranked(parked[0][0])] if parked else _planned(found, Order.desc)


def _below(item: Any) -> list[Ranked]:
	"""Of the items below it the one that comes first, if one is planned."""
	items, found = _others(item)
	return _planned(found.where(items.order_key > parked_items.key_of(item)), Order.asc)


def _others(item: Any) -> tuple[Any, Any]:
	"""The items, and the query for the other ones of the same product."""
	items = frappe.qb.DocType(PARKED_ITEM)
	found = frappe.qb.from_(items).select(items.name)
	return items, found.where((items.product == item.product) & (items.name != item.name))


def _planned(found: Any, order: Order) -> list[Ranked]:
	items, releases = frappe.qb.DocType(PARKED_ITEM), frappe.qb.DocType(RELEASE)
	query = found.join(releases).on(releases.name == items.release).select(releases.date)
	query = query.where(items.state == State.PLANNED.value).orderby(releases.date, order=order).limit(1)
	return [Ranked(name, day) for name, day in query.run()]


def _row(item: Any, decision: Decision, at: datetime, by: str) -> dict[str, Any]:
	"""The decision with where the item stood until then."""
	expected = parked_items.forecast(item)
	return {
		"doctype": DECISION,
		"item": item.name,
		"decision": decision.value,
		"at": site_time(at),
		"by": by,
		"rank": parked_items.rank(item),
		"forecast": expected,
		"forecast_date": expected and frappe.db.get_value(RELEASE, expected, "date"),
	}


def _kept(
	item: Any, decision: Decision, after: State, release: str | None, until: date | None
) -> Mapping[str, Any]:
	keeps_release = decision in (Decision.PLAN, Decision.RELEASE)
	return {
		"state": after.value,
		"release": (release or item.release) if keeps_release else None,
		"deferred_until": until if after is State.DEFERRED else None,
	}


def due_back(today: date) -> list[str]:
	"""The deferred items whose day has come."""
	filters = {"state": State.DEFERRED.value, "deferred_until": ("<=", getdate(today))}
	return frappe.get_all(PARKED_ITEM, filters=filters, pluck="name", order_by="deferred_until asc, name asc")


def history(name: str) -> list[Any]:
	"""What was decided on an item, the latest first."""
	fields = ["at", "by", "decision", "release", "until", "reason", "rank", "forecast", "forecast_date"]
	return frappe.get_all(DECISION, filters={"item": name}, fields=fields, order_by="at desc, creation desc")
