"""Which parked items a ticket may be about: those of its product whose titles are alike to what the ticket says.

Looked at are the items that most wait for and those that were changed last, of those that a ticket can be parked on now
or could be again, as they came back after a release.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import frappe
from frappe.utils import strip_html

from crm_support_ext.constants import PARKED_ITEM, PRODUCT, TICKET_PRODUCT
from crm_support_ext.domain.decisions import TAKES_TICKETS, State
from crm_support_ext.store.likeness import alike

LISTED = 8
"""So many are shown."""

_LOOKED_AT = 2_500
"""So many of each kind: typing in a dialog waits for the answer."""

_WORDS = 500
"""So many letters of a ticket's own text say what it is about."""

_FIELDS = ("name", "title", "product", "state", "tickets")


def alike_to_ticket(doc: Any) -> list[Any]:
	"""The items that are alike to a ticket's subject, or whose title its text says, the most alike first: rows of name,
	title, product, state and tickets."""
	text = strip_html(doc.description or "")[:_WORDS]
	return _alike(doc.get(TICKET_PRODUCT), doc.subject or "", f"{doc.subject} {text}")


def alike_to_title(product: str | None, title: str) -> list[Any]:
	"""The items that are alike to a title; of all products, if none is given."""
	return _alike(product, title)


def _alike(product: str | None, *said: str) -> list[Any]:
	rows = {row.name: row for row in _candidates(product)}
	titles = {name: row.title for name, row in rows.items()}
	best: dict[str, float] = {}
	for words in said:
		for name, score in alike(words, titles, LISTED):
			best[name] = max(score, best.get(name, 0.0))
	return [rows[name] for name in sorted(best, key=lambda name: -best[name])[:LISTED]]


def _candidates(product: str | None) -> Iterator[Any]:
	"""Each once or twice; those that most wait for come first."""
	states = [state.value for state in (*TAKES_TICKETS, State.RELEASED)]
	of_product = {"state": ("in", states), **({"product": product} if product else {})}
	waited_for = {**of_product, "order_key": ("is", "set")}
	for filters, order in ((waited_for, "order_key asc"), (of_product, "modified desc")):
		yield from frappe.get_all(
			PARKED_ITEM, filters=filters, fields=list(_FIELDS), order_by=order, limit=_LOOKED_AT
		)


def same(product: str, title: str) -> Any:
	"""The item of a product with this very title that tickets can be parked on; None if there is none.

	Looked at is what is there now, and nobody makes one until the end of the transaction: the product is locked.
	"""
	frappe.db.get_value(PRODUCT, product, "name", for_update=True)
	states = [state.value for state in TAKES_TICKETS]
	return frappe.db.get_value(
		PARKED_ITEM,
		{"product": product, "title": title.strip(), "state": ("in", states)},
		["name", "title"],
		as_dict=True,
		order_by="creation asc",
		for_update=True,
	)
