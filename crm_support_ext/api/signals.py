"""The buttons of a signal, in the desk: what is behind it, park its tickets, tell of an unclear article, dismiss it.

For product directors and agent managers: the subjects are what customers wrote.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import frappe
from frappe import _
from frappe.desk.form.assign_to import add as assign

from crm_support_ext.api import parking
from crm_support_ext.constants import (
	AGENT_MANAGER,
	ARTICLE,
	PARKED_ITEM,
	PRODUCT_DIRECTOR,
	REASON,
	SIGNAL,
	SYSTEM_MANAGER,
	TICKET,
	WAITS_FOR,
)
from crm_support_ext.domain.lifecycle import Actor, Event, Status
from crm_support_ext.domain.lifecycle import decide as what_becomes
from crm_support_ext.domain.results import Refusal
from crm_support_ext.domain.signals import Kind, Step
from crm_support_ext.messages import refuse, sentence
from crm_support_ext.permissions import actor
from crm_support_ext.store import signal_offers, signals
from crm_support_ext.store.contention import patiently
from crm_support_ext.store.frappe import status_of
from crm_support_ext.store.wording import language_of

SHOWN, PARKED_AT_ONCE, OFFERED = 200, 100, 5


@frappe.whitelist()
def behind(signal: str) -> dict[str, Any]:
	"""What a signal's form shows: ``tickets`` (ticket, subject, customer, status, day, item), the newest first and at
	most 200; ``items`` and ``articles`` that are alike (name, title); whether the user ``may_park``."""
	doc = _readable(signal)
	words, product = doc.title, doc.product
	return {
		"tickets": signals.behind(doc.name, SHOWN),
		"items": _titled(PARKED_ITEM, signal_offers.items(words, product, OFFERED), doc.item),
		"articles": _titled(ARTICLE, signal_offers.articles(words, OFFERED), doc.article),
		"may_park": actor() is not Actor.CUSTOMER,
	}


def _titled(doctype: str, found: list[Any], first: str | None) -> list[dict[str, str]]:
	names = list(dict.fromkeys([*filter(None, [first]), *(each.name for each in found)]))
	titles = dict(frappe.get_all(doctype, {"name": ("in", names)}, ["name", "title"], as_list=True))
	return [{"name": name, "title": titles[name]} for name in names if name in titles]


@frappe.whitelist(methods=["POST"])
def raise_item(signal: str, item: str) -> dict[str, str]:
	"""Take a signal as one about this item, which the caller opens. Answers item."""
	doc = _readable(signal)
	_existing(PARKED_ITEM, item)
	_step(doc.name, Step.TAKE, item=item, kind=Kind.ITEM.value, article=None)
	return {"item": item}


@frappe.whitelist(methods=["POST"])
def park(
	signal: str, reason: str, item: str = "", title: str = "", product: str = "", kind: str = "Bug"
) -> dict[str, Any]:
	"""Park the tickets of a signal on an item, or on one that is made by this title, and take the signal.

	Answers ``item``, ``parked`` (names), ``refused`` (rows of ticket and why), and ``left``: how many could be parked
	besides the hundred that one press parks. If none can, nothing is changed.
	"""
	doc = _readable(signal)
	if not reason.strip():
		frappe.throw(_("Write why these tickets need a change to the software; nothing was changed."))
	if item:
		_existing(PARKED_ITEM, item)
	make = partial(_made, title, product or doc.product, kind)
	return patiently(lambda: _park_all(doc.name, item, make, reason.strip()))


def _park_all(signal: str, item: str, make: Callable[[], str], reason: str) -> dict[str, Any]:
	ready, refused = _ready(signal, item)
	tickets, parked = _locked(ready[:PARKED_AT_ONCE]), []
	item = item or make()
	_step(signal, Step.TAKE, item=item, kind=Kind.ITEM.value, article=None)
	for ticket in tickets:
		if why := _park(ticket, item, reason):
			refused.append({"ticket": ticket, "why": why})
		else:
			parked.append(ticket)
	if not parked:
		why = refused[0]["why"] if refused else _("All of them are parked on it.")
		frappe.throw(_("None of these tickets can be parked. {0} Nothing was changed.").format(why))
	return {"item": item, "parked": parked, "refused": refused, "left": max(len(ready) - PARKED_AT_ONCE, 0)}


@frappe.whitelist(methods=["POST"])
def make_item(signal: str, title: str, product: str = "", kind: str = "Bug") -> dict[str, str]:
	"""Take a signal as one about a parked item that is made by this title; no ticket is parked. Answers item."""
	doc = _readable(signal)
	return raise_item(doc.name, _made(title, product or doc.product, kind))


def _ready(signal: str, item: str) -> tuple[list[str], list[dict[str, str]]]:
	"""The tickets that can be parked, and why the others cannot; those that are on the item, if there is one, are in
	neither."""
	ready, refused = [], []
	for row in signals.behind(signal, 1000):
		if item and row.status == Status.PARKED.value and row.item == item:
			continue
		if why := _why_not(row, str(row.ticket), row.item):
			refused.append({"ticket": str(row.ticket), "why": why})
		else:
			ready.append(str(row.ticket))
	return ready, refused


def _why_not(row: Any, ticket: str, item: str | None) -> str | None:
	"""Why a ticket with this status, and that waits for this item, is not parked; None if it can be."""
	if row.status == Status.PARKED.value and item:
		return _("Ticket #{0} waits for {1}.").format(ticket, item)
	outcome = what_becomes(status_of(row), Event.PARKED)
	return sentence(outcome, ticket) if isinstance(outcome, Refusal) else None


def _locked(names: list[str]) -> list[str]:
	"""The tickets by name, all locked before the first is saved: everybody locks tickets first, products and items after."""
	tickets = frappe.qb.DocType(TICKET)
	query = frappe.qb.from_(tickets).select(tickets.name).where(tickets.name.isin(names or [""]))
	return [str(name) for name in query.orderby(tickets.name).for_update().run(pluck=True)]


def _park(ticket: str, item: str, reason: str) -> str | None:
	"""Park a ticket as its button does; the sentence if it is refused, and then nothing of it is kept."""
	frappe.db.savepoint("cse_park")
	try:
		doc = frappe.get_doc(TICKET, ticket, for_update=True)
		if why := _why_not(doc, ticket, doc.get(WAITS_FOR)):
			return why  # somebody was faster
		doc.check_permission("write")
		doc.flags.cse_event = Event.PARKED
		doc.update({REASON: reason, WAITS_FOR: item})
		doc.save(ignore_permissions=True)
	except (frappe.ValidationError, frappe.PermissionError) as refusal:
		frappe.db.rollback(save_point="cse_park")
		frappe.clear_messages()
		return str(refusal) or _("You may not change ticket #{0}.").format(ticket)
	return None


def _made(title: str, product: str | None, kind: str) -> str:
	if not (title.strip() and product):
		frappe.throw(
			_("Choose a parked item, or write the title and product of a new one; nothing was changed.")
		)
	return str(parking.make_item(title.strip(), product, {"kind": kind}).name)


@frappe.whitelist(methods=["POST"])
def unclear(signal: str, article: str) -> dict[str, str]:
	"""Take a signal as one about this article: its author gets the task to make it clear. Answers article and who.

	Customers who read the article can read its tasks, too, so the task quotes no ticket.
	"""
	doc = _readable(signal)
	_existing(ARTICLE, article)
	_step(doc.name, Step.TAKE, article=article, kind=Kind.ARTICLE.value, item=None)
	who = _author(article)
	said = _(
		"Customers keep asking what this article should answer. The tickets are in signal {0}.",
		language_of(who),
	)
	task = {"doctype": ARTICLE, "name": article, "assign_to": [who], "description": said.format(doc.name)}
	assign(task, ignore_permissions=True)
	return {"article": article, "who": who}


def _author(article: str) -> str:
	"""Who wrote an article; the present user, if that is nobody who works here."""
	author = frappe.db.get_value(ARTICLE, article, "author")
	is_here = author and frappe.db.get_value("User", {"name": author, "enabled": 1}, "user_type")
	return author if is_here == "System User" else frappe.session.user


@frappe.whitelist(methods=["POST"])
def write_article(signal: str) -> None:
	"""Take a signal as one for which an article is written, which the caller begins."""
	doc = _readable(signal)
	_step(doc.name, Step.TAKE, _("An article is written."), kind=Kind.NEW.value)


@frappe.whitelist(methods=["POST"])
def dismiss(signal: str, reason: str = "") -> None:
	"""Dismiss a signal for good, with the reason: tickets that are alike join it, and nobody hears of them."""
	_step(_readable(signal).name, Step.DISMISS, reason)


def _step(signal: str, what: Step, reason: str = "", **more: Any) -> None:
	if refusal := signals.step(signal, what, reason, **more):
		refuse(refusal)


def _readable(signal: str) -> Any:
	frappe.only_for((PRODUCT_DIRECTOR, AGENT_MANAGER, SYSTEM_MANAGER))
	doc = frappe.get_doc(SIGNAL, signal)
	doc.check_permission("read")
	return doc


def _existing(doctype: str, name: str) -> None:
	if not frappe.db.exists(doctype, name):
		frappe.throw(_("There is no {0} {1} any more. Load the page again.").format(_(doctype), name))
