"""What a parked ticket waits for, as its customer reads it (domain.md section 7): the item, its rank among those of its
product, the release with which to expect it, and when we write again.

Nothing of another customer is in it, and no word that was written for us: of the item the title alone. Who reads parked
items on the desk sees besides what the rank is made of.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

import frappe
from frappe import _
from frappe.utils import get_url_to_form

from crm_support_ext.constants import NEXT_UPDATE, PARKED_ITEM, PARKING, RELEASE, TICKET, WAITS_FOR
from crm_support_ext.domain.decisions import State
from crm_support_ext.domain.parked_priority import score
from crm_support_ext.store import parked_items, parkings
from crm_support_ext.store.amounts import long_date, short_time
from crm_support_ext.store.frappe import moment
from crm_support_ext.store.spans import number
from crm_support_ext.store.wording import in_words

_FIELDS = (
	*("name", "title", "product", "state", "release", "deferred_until", "order_key"),
	*("workaround", "effort", "customers", "users", "tickets", "regressions", "first_parked", "score"),
)


@dataclass(frozen=True)
class Rank:
	"""Where an item stands: its rank, of how many; None where it has none, as a deferred one."""

	number: int
	of: int


def address_of(ticket: str) -> str:
	"""The page that says what a ticket waits for."""
	return f"/support/waiting?ticket={quote(ticket)}"


def item_of(doc: Any) -> Any:
	"""The item that a ticket waits for, with all that is said of it here; None if it waits for none."""
	if not parkings.waits(doc):
		return None
	return frappe.db.get_value(PARKED_ITEM, doc.get(WAITS_FOR), list(_FIELDS), as_dict=True)


def rank_of(item: Any) -> Rank | None:
	"""Where an item stands among those of its product that tickets wait for."""
	number = parked_items.rank(item)
	if number is None:
		return None
	return Rank(number, frappe.db.count(PARKED_ITEM, {"product": item.product, "order_key": ("is", "set")}))


def line_of(doc: Any) -> str:
	"""The rank and the release in a few words, as the button on the page says them; empty if it waits for none."""
	item = item_of(doc)
	if not item:
		return ""
	rank = rank_of(item)
	expected = expectation(item)
	return _("{0}, {1}").format(_in_order(rank), expected) if rank else expected


def _in_order(rank: Rank) -> str:
	return _("Number {0} of {1}").format(rank.number, rank.of)


def expectation(item: Any) -> str:
	"""When to expect an item, in words."""
	state = State(item.state)
	if state is State.DEFERRED:
		return _("deferred until {0}").format(_day(item.deferred_until))
	if state is State.DECLINED:
		return _("declined")
	if state is State.RELEASED:
		version, _date = _release(item.release)
		return _("out in version {0}").format(version) if version else _("out")
	version, day = _release(parked_items.forecast(item))
	if not version:
		return _("no release planned yet")
	words = _("planned for version {0}, {1}") if state is State.PLANNED else _("expected in version {0}, {1}")
	return words.format(version, _day(day))


def _release(name: str | None) -> tuple[str | None, date | None]:
	return (name and frappe.db.get_value(RELEASE, name, ["version", "date"])) or (None, None)


def _day(day: date | None) -> str:
	return long_date(day) if day else ""


def sheet_of(ticket: str) -> dict[str, Any] | None:
	"""The page of a ticket: what it waits for, its rank and release, our promise, and since when; for who reads parked
	items also what the score is made of. None if it waits for nothing."""
	doc = frappe.db.get_value(
		TICKET, ticket, ["name", "subject", "status", WAITS_FOR, NEXT_UPDATE], as_dict=True
	)
	item = item_of(doc)
	if not item:
		return None
	rank, since = rank_of(item), frappe.db.get_value(PARKING, {"open_of": str(doc.name)}, "since")
	next_update = doc.get(NEXT_UPDATE)
	facts = (
		(_("Waits for"), item.title),
		(_("Product"), item.product),
		(_("Rank"), _in_order(rank) if rank else ""),
		(_("Release"), expectation(item)),
		(_("You hear from us by"), in_words(moment(next_update), frappe.local.lang) if next_update else ""),
		(_("Waits since"), short_time(since) if since else ""),
	)
	return {
		"ticket": str(doc.name),
		"subject": doc.subject,
		"facts": [fact for fact in facts if fact[1]],
		"note": _note(rank),
		"desk": _for_the_desk(item) if frappe.has_permission(PARKED_ITEM, "read") else None,
		"words": {"back": _("Back to the ticket")},
	}


def _note(rank: Rank | None) -> str:
	if not rank:
		return ""
	return _(
		"The rank follows from how many customers and users wait for it, whether they have a way around it, and how much work it is. It changes when one of these does."
	)


def _for_the_desk(item: Any) -> dict[str, Any]:
	"""What the score is made of, part by part, and where the item is."""
	return {
		"title": _("What the rank follows from"),
		"url": get_url_to_form(PARKED_ITEM, item.name),
		"link": _("Open {0}").format(item.name),
		"parts": _parts(item) if item.order_key else [],
		"none": _("It has no rank now, so it has no score."),
	}


def _parts(item: Any) -> list[tuple[str, str]]:
	by = score(parked_items.as_rule(item), parked_items.weights())
	came_back = [(_("Came back: {0}").format(item.regressions), number(by.regressions))]
	return [
		(_("Customers: {0}").format(item.customers), number(by.customers)),
		(_("Users: {0}").format(item.users), number(by.users)),
		*(came_back if item.regressions else []),
		(_("Workaround: {0}").format(_(item.workaround)), f"\N{MULTIPLICATION SIGN} {number(by.workaround)}"),
		(_("Days of work: {0}").format(number(item.effort or 0)), f"\N{DIVISION SIGN} {number(by.days)}"),
		(_("Score"), str(by)),
	]
