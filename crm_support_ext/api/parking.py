"""Park, Park on another item, and what a parked ticket waits for, on the ticket pages.

A ticket is parked on an item: on one that is there, which those are offered for that are alike, or on a new one. What
an agent types as the title of a new one is looked up again at once, so that nobody makes a second one of the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import frappe
from frappe import _
from helpdesk.helpdesk.doctype.hd_ticket_activity.hd_ticket_activity import log_ticket_activity

from crm_support_ext.api.buttons import Button, Field
from crm_support_ext.constants import PARKED_ITEM, PRODUCT, REASON, TICKET, TICKET_PRODUCT, WAITS_FOR
from crm_support_ext.domain.decisions import Decision, State
from crm_support_ext.domain.lifecycle import Actor, Event, Status
from crm_support_ext.domain.parked_priority import Workaround
from crm_support_ext.domain.results import Refusal
from crm_support_ext.messages import event_label, prompt, refuse
from crm_support_ext.permissions import actor, may
from crm_support_ext.store import alike_items, decisions, waits
from crm_support_ext.store.contention import patiently
from crm_support_ext.store.frappe import now, status_of

NEW = "new"
"""What is chosen instead of an item, to make one."""

KINDS, WORKAROUNDS = ("Bug", "Wish", "Adaptation"), tuple(each.value.title() for each in Workaround)


def _can_park(doc: Any) -> bool:
	return may(doc, Event.PARKED) and status_of(doc) is not Status.PARKED


def _can_change(doc: Any) -> bool:
	return actor() is not Actor.CUSTOMER and status_of(doc) is Status.PARKED


def _asked(doc: Any) -> list[Field]:
	"""What the dialog asks; the items that are alike it looks up once it is open, as that takes a moment."""
	items = {"": _("Choose one, or make a new one"), NEW: _("A new item, or one that is not listed")}
	products = {name: name for name in frappe.get_all(PRODUCT, pluck="name", order_by="name", limit=0)}
	own = doc.get(TICKET_PRODUCT) or (next(iter(products)) if len(products) == 1 else "")
	return [
		Field("item", _("Parked item"), "choice", items),
		Field("came_back", _("It came back after the release"), "check"),
		Field("title", _("What is the software to do?")),
		Field("product", _("Product"), "select", products, default=own),
		Field("kind", _("Kind"), "choice", {kind: _(kind) for kind in KINDS}, default="Bug"),
		Field("workaround", _("Workaround"), "choice", _workarounds(), default="None"),
		Field("effort", _("Effort in days (empty: not known yet)"), "decimal"),
	]


def _workarounds() -> dict[str, str]:
	says = (_("There is none"), _("An awkward one"), _("A good one"))
	return dict(zip(WORKAROUNDS, says, strict=True))


def _label(row: Any) -> str:
	"""An item in a list: its title, product and state, and how many tickets wait for it."""
	return _("{0} ({1}, {2}, tickets: {3})").format(row.title, row.product, _(row.state), row.tickets or 0)


def _more(doc: Any) -> dict[str, Any]:
	"""What the dialog says besides its fields (form_scripts/park.js)."""
	return {
		"words": {
			"alike": _("Is it one of these? Press it to park the ticket there."),
			"none": _("Nothing like it is there yet."),
		},
	}


def _park(doc: Any, words: str, values: Mapping[str, Any]) -> dict[str, str]:
	return patiently(lambda: _park_once(str(doc.name), words, values))


def _park_once(name: str, words: str, values: Mapping[str, Any]) -> dict[str, str]:
	doc = frappe.get_doc(TICKET, name, for_update=True)
	was_parked = status_of(doc) is Status.PARKED
	item = _item(doc, values)
	if was_parked and item.name == doc.get(WAITS_FOR):
		frappe.throw(
			_("Ticket {0} waits for “{1}” already. Choose another item.").format(f"#{name}", item.title)
		)
	if item.state == State.RELEASED.value and values.get("came_back"):
		_came_back(item.name, words)
		doc.flags.cse_came_back = True
	doc.flags.cse_event = Event.PARKED
	doc.update({REASON: words, WAITS_FOR: item.name})
	doc.save(ignore_permissions=True)
	if was_parked:  # the record keeps changes of status alone
		log_ticket_activity(name, _("parked it on “{0}”: {1}").format(item.title, words))
	return {"status": doc.status, "item": item.name, "said": _("Parked on “{0}”").format(item.title)}


def _came_back(item: str, words: str) -> None:
	outcome = decisions.decide(item, Decision.CAME_BACK, now(), by=frappe.session.user, reason=words)
	if isinstance(outcome, Refusal):
		refuse(outcome)


def _item(doc: Any, values: Mapping[str, Any]) -> Any:
	"""The item that was chosen, or the one that is made: its name, title and state."""
	chosen = values.get("item")
	if chosen and chosen != NEW:
		found = frappe.db.get_value(PARKED_ITEM, chosen, ["name", "title", "state"], as_dict=True)
		return found or frappe.throw(
			_("There is no parked item {0}. Choose one of the list, or make a new one.").format(chosen)
		)
	title = (values.get("title") or "").strip()
	if not title:
		refuse(Refusal("item_needed", {"event": Event.PARKED}), str(doc.name))
	product = values.get("product") or doc.get(TICKET_PRODUCT)
	if not product:
		frappe.throw(
			_("Say of which product “{0}” is: a new item needs one. Nothing was changed.").format(title)
		)
	return make_item(title, product, values)


def make_item(title: str, product: str, values: Mapping[str, Any]) -> Any:
	"""A new item of this title and product, with the kind, workaround and effort that the values name.

	Stops the request if one of this title is there that tickets can be parked on.
	"""
	if known := alike_items.same(product, title):
		frappe.throw(
			_("“{0}” is there already, as {1} of {2}. Choose that one; nothing was made.").format(
				known.title, known.name, product
			)
		)
	given = {field: values.get(field) for field in ("kind", "workaround") if values.get(field)}
	effort = float(values.get("effort") or 0)
	item = {"doctype": PARKED_ITEM, "title": title, "product": product, "effort": effort, **given}
	return frappe.get_doc(item).insert()


def _waits(doc: Any) -> bool:
	return bool(waits.item_of(doc))


_PARK = Button(
	event=Event.PARKED.value,
	label=lambda: event_label(Event.PARKED),
	is_offered=_can_park,
	press=_park,
	fields=_asked,
	prompt=lambda: prompt(Event.PARKED),
	needs_text=True,
	is_seldom=True,
	more=_more,
)

BUTTONS = (
	_PARK,
	replace(_PARK, event="park_again", label=lambda: _("Park on another item"), is_offered=_can_change),
	Button(
		event="waiting",
		label=lambda: _("What it waits for"),
		is_offered=_waits,
		is_seldom=True,
		url=lambda doc: waits.address_of(str(doc.name)),
		more=lambda doc: {"shown": waits.line_of(doc)} if actor() is Actor.CUSTOMER else {},
	),
)


@frappe.whitelist()
def alike(ticket: str, title: str = "", product: str = "") -> list[dict[str, str]]:
	"""The parked items that are alike to a title that is typed, else to the ticket, the most alike first, for agents.

	Answers rows of name, label and state; the item that the ticket waits for is none of them.
	"""
	doc = frappe.get_doc(TICKET, ticket)
	doc.check_permission("read")
	frappe.has_permission(PARKED_ITEM, "read", throw=True)
	typed = title.strip()[:140]
	found = alike_items.alike_to_title(product or None, typed) if typed else alike_items.alike_to_ticket(doc)
	return [
		{"name": row.name, "label": _label(row), "state": row.state}
		for row in found
		if row.name != doc.get(WAITS_FOR)
	]
