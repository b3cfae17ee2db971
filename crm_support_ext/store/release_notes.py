"""The release notes of a product, for the customers who have to do with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

import frappe
from frappe import _
from frappe.utils import getdate, strip_html
from frappe.utils.html_utils import clean_html
from helpdesk.utils import get_customers

from crm_support_ext.constants import (
	CONTRACT,
	INSTALLATION,
	PARKED_ITEM,
	PARKING,
	PRODUCT,
	RELEASE,
	TICKET,
	TICKET_PRODUCT,
)
from crm_support_ext.domain.contracts import State
from crm_support_ext.store.amounts import long_date
from crm_support_ext.store.installations import OUT

PAGE = "/support/releases"


def address_of(product: str = "") -> str:
	"""The page of a product."""
	return f"{PAGE}?product={quote(product)}" if product else PAGE


def products_of(user: str) -> list[str]:
	"""The products of whose releases this user may read: on the desk all, else those that they or their customers have
	a ticket, a contract or an installation of."""
	if user == "Guest":
		return []
	if frappe.has_permission(RELEASE, "read", user=user):
		return frappe.get_all(PRODUCT, pluck="name", order_by="name")
	return sorted(_of_customers(get_customers(user)) | _of_tickets(user))


def _of_customers(customers: Sequence[str]) -> set[str]:
	if not customers:
		return set()
	theirs, with_product = {"customer": ("in", customers)}, ("is", "set")
	running = {**theirs, "state": ("!=", State.DRAFT.value), "product": with_product}
	tickets = {**theirs, TICKET_PRODUCT: with_product}
	return {
		*frappe.get_all(INSTALLATION, theirs, pluck="product", distinct=True),
		*frappe.get_all(CONTRACT, running, pluck="product", distinct=True),
		*frappe.get_all(TICKET, tickets, pluck=TICKET_PRODUCT, distinct=True),
		*_waited_for(lambda rows, _tickets: rows.customer.isin(customers)),
	}


def _of_tickets(user: str) -> set[str]:
	raised = {"raised_by": user, TICKET_PRODUCT: ("is", "set")}
	return {
		*frappe.get_all(TICKET, raised, pluck=TICKET_PRODUCT, distinct=True),
		*_waited_for(lambda _rows, tickets: tickets.raised_by == user),
	}


def _waited_for(mine: Callable[[Any, Any], Any]) -> list[str]:
	"""The products of the items that tickets wait or waited for."""
	rows, items, tickets = map(frappe.qb.DocType, (PARKING, PARKED_ITEM, TICKET))
	return (
		frappe.qb.from_(rows)
		.join(items)
		.on(items.name == rows.item)
		.join(tickets)
		.on(tickets.name == rows.ticket)
		.select(items.product)
		.distinct()
		.where(mine(rows, tickets))
	).run(pluck=True)


def sheet_of(product: str, products: list[str]) -> dict[str, Any]:
	"""What the page of a product shows: its releases that are out, the newest first, and the reader's other products."""
	releases = frappe.get_all(
		RELEASE,
		{"product": product, "state": ("in", OUT)},
		["version", "update_of", "date", "notes"],
		order_by="date desc, out_at desc, creation desc",
	)
	return {
		"product": product,
		"releases": [_row(release) for release in releases],
		"choices": [
			{"label": each, "url": address_of(each), "is_here": each == product} for each in products
		],
		"words": {
			"none": _("Nothing of {0} has come out yet.").format(product),
			"no_notes": _("There are no notes on this release."),
			"choices": _("Products"),
		},
	}


def _row(release: Any) -> dict[str, Any]:
	"""A release of the page; of its notes nothing is left that could run, load or lead the reader astray."""
	notes = release.notes or ""
	return {
		"version": release.version,
		"kind": _("Update") if release.update_of else _("Upgrade"),
		"date": long_date(getdate(release.date)),
		"notes": clean_html(notes) if strip_html(notes).strip() else "",
	}
