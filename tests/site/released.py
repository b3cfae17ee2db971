"""Shared by the tests of releases: versions of a product, what runs where, and what people were told."""

from __future__ import annotations

import email
import email.policy
import re
from typing import Any, NamedTuple

import frappe

from crm_support_ext.constants import INSTALLATION, PARKED_ITEM, PARKING, RELEASE
from crm_support_ext.store import releases
from crm_support_ext.store.frappe import now
from tests.factories import make, make_contact, make_customer, make_item, make_product, make_ticket
from tests.site.desk import acting_as, happen

PRODUCT = "Ochtend CRM"
DIRECTOR = "dana@desk.example"


def release(version: str, of: str = "", *, date: str = "2026-06-01", out: bool = False, **fields: Any) -> str:
	"""A release of the product; ``of`` is the version of its upgrade."""
	make_product(PRODUCT)
	upgrade = f"{PRODUCT} {of}" if of else None
	made = make(RELEASE, product=PRODUCT, version=version, update_of=upgrade, date=date, **fields)
	if out:
		frappe.db.set_value(RELEASE, made.name, {"state": "Out", "out_at": f"{date} 09:00:00"})
	return str(made.name)


def five_lines() -> None:
	"""The upgrades 6 to 10 are out, one each year."""
	for number in range(6, 11):
		release(str(number), date=f"{2016 + number}-01-15", out=True)


def runs(customer: str, version: str, **fields: Any) -> Any:
	"""This version runs at a customer's."""
	fields = {"customer": customer, "product": PRODUCT, "release": version, **fields}
	return make(INSTALLATION, **fields)


def customer(name: str, user: str, language: str | None = None) -> str:
	"""A customer with one contact, who reads this language."""
	contact = make_contact(user).name
	frappe.db.set_value("User", user, "language", language)
	return str(make_customer(name, contact).name)


def item(title: str = "The import goes on after a fault", **fields: Any) -> str:
	"""A parked item of the product."""
	return make_item(title, product=PRODUCT, **fields)


def waiting(item: str, user: str, **fields: Any) -> Any:
	"""A ticket of this user's that waits for the item."""
	ticket = make_ticket(raised_by=user, via_customer_portal=1, **fields)
	ticket = frappe.get_doc("HD Ticket", ticket.name)
	ticket.cse_parked_item = item
	happen_parked(ticket, item)
	return ticket


def happen_parked(ticket: Any, item: str) -> None:
	"""Park a ticket on an item."""
	frappe.db.set_value("HD Ticket", ticket.name, "cse_parked_item", item, update_modified=False)
	happen(ticket, "parked")
	ticket.reload()


def plan(item: str, release: str) -> None:
	"""The product director plans the item for the release."""
	frappe.db.set_value(PARKED_ITEM, item, {"state": "Planned", "release": release})


def go_out(name: str) -> Any:
	"""The product director releases it; who waits is not told yet."""
	with acting_as("Administrator"):
		return releases.go_out(name, now(), frappe.session.user)


def wait_of(ticket: Any) -> Any:
	"""The last wait of a ticket."""
	return frappe.get_all(
		PARKING, {"ticket": str(ticket.name)}, ["*"], order_by="since desc, creation desc", limit=1
	)[0]


class Mail(NamedTuple):
	"""An answer that was queued: to whom, its subject and its text as a reader sees it, and its HTML."""

	to: str
	subject: str
	text: str
	html: str


def answers(*tickets: Any) -> list[Mail]:
	"""The answers that were mailed about these tickets, or about all."""
	filters: dict[str, Any] = {"message": ("like", "%cse-answer%")}
	if tickets:
		filters["reference_name"] = ("in", [str(ticket.name) for ticket in tickets])
	rows = frappe.get_all("Email Queue", filters, ["name", "message"], order_by="creation asc, name asc")
	return [_mail(row) for row in rows]


def _mail(row: Any) -> Mail:
	message = email.message_from_string(row.message, policy=email.policy.default)
	html = message.get_body(preferencelist=("html",)).get_content()
	(to,) = frappe.get_all("Email Queue Recipient", filters={"parent": row.name}, pluck="recipient")
	return Mail(to, message["Subject"], re.sub(r"\s+", " ", frappe.utils.strip_html(html)), html)


def key_in(html: str) -> str:
	"""The key of the links in an answer; Yes and No have the same one."""
	(key,) = set(re.findall(r"/support/fixed\?key=(\w+)", html))
	return str(key)
