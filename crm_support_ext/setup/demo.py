"""A desk to look at: customers, agents, and tickets in each status (``bench --site S crm-support-demo``)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import frappe
from frappe.utils import get_url, now_datetime

from crm_support_ext.constants import (
	AGENT,
	AGENT_MANAGER,
	CONTRACT_MANAGER,
	PRODUCT_DIRECTOR,
	REASON,
	TICKET,
)
from crm_support_ext.domain.lifecycle import Event
from crm_support_ext.setup import demo_contracts, demo_parking
from crm_support_ext.store.frappe import moment

PASSWORD = "crm-support-demo"
AGENTS = {"anna@demo.example": "Anna de Wit", "bram@demo.example": "Bram Visser"}
MANAGER = {"mia@demo.example": "Mia Berg"}
CUSTOMERS = {
	"Bakkerij De Ochtend": {"kees@ochtend.example": "Kees Jansen", "lies@ochtend.example": "Lies Jansen"},
	"Nordlys Regnskap AS": {"kari@nordlys.example": "Kari Nordmann"},
	"Harbour Legal": {"tom@harbour.example": "Tom Reed"},
}

# subject, contact, first message, then hours since the arrival, who, what, words
STORIES: tuple[tuple[str, str, str, tuple[tuple[int, str, str, str], ...]], ...] = (
	("Contacts appear twice after the import", "kees@ochtend.example", "Since this morning every contact is there twice.", ()),
	("Report of open invoices is empty", "kari@nordlys.example", "The report shows nothing for March.", (
		(1, "anna@demo.example", "replied", "Thank you, I am looking into it. Which company is selected?"),
	)),
	("Mail merge leaves out the second page", "tom@harbour.example", "Letters of two pages come out with one.", (
		(2, "bram@demo.example", "asked", "Could you send the template that you use?"),
	)),
	("A field for the chamber of commerce number", "lies@ochtend.example", "We type it into the notes now.", (
		(1, "anna@demo.example", "replied", "There is no such field yet; I pass it on."),
		(2, "anna@demo.example", "parked", "A new field on the company, with a check of the number"),
	)),
	("Companies without a mail address", "kari@nordlys.example", "How do I find them? The filter wants a value.", (
		(1, "bram@demo.example", "parked", "The filter finds no empty fields"),
	)),
	("Which leads have no phone number?", "kees@ochtend.example", "I want to call those that have one, and no others.", (
		(1, "anna@demo.example", "replied", "The filter cannot do that yet; I pass it on."),
		(2, "anna@demo.example", "parked", "The same as what Nordlys asks"),
	)),
	("Two of us read the mail of info@", "kari@nordlys.example", "And both of us file it.", (
		(2, "anna@demo.example", "parked", "A mailbox belongs to one user now"),
	)),
	("White hurts the eyes at night", "lies@ochtend.example", "Can it be dark?", (
		(1, "bram@demo.example", "parked", "Bakers start at three"),
	)),
	("Cannot log in after the holidays", "tom@harbour.example", "It says that my password is wrong.", (
		(1, "bram@demo.example", "resolved", "Your password had expired; you got a link to set a new one."),
	)),
	("Calendar is one hour off", "kari@nordlys.example", "All appointments are an hour late since Sunday.", (
		(2, "anna@demo.example", "replied", "That is the clock change; we correct it today."),
		(5, "anna@demo.example", "resolved", "Corrected. Please load the page again."),
	)),
	("Export to the accountant stops", "kees@ochtend.example", "It stops at 80 %.", (
		(3, "bram@demo.example", "resolved", "One invoice had no date. It has one now."),
		(60, "", "closed", ""),
		(80, "kees@ochtend.example", "customer", "It stops again, at 60 % this time."),
	)),
)  # fmt: skip


def create() -> Iterator[str]:
	"""Make the desk, once; yields the lines that say what to open."""
	if frappe.db.exists(TICKET, {"subject": STORIES[0][0], "raised_by": STORIES[0][1]}):
		yield "The demo is there already. Nothing was added."
		return
	frappe.flags.mute_emails = True
	frappe.db.set_single_value("HD Settings", "skip_email_workflow", 1)
	people()
	demo_contracts.products()
	demo_parking.items()
	for subject, contact, message, steps in STORIES:
		name = tell(subject, contact, message, steps)
		yield f"{frappe.db.get_value(TICKET, name, 'status'):9} #{name}  {subject}"
	yield from demo_contracts.create(members(), next(iter(AGENTS)))
	yield from demo_parking.releases(list(CUSTOMERS))
	yield f"The agents' desk:      {get_url('/helpdesk')}             as {next(iter(AGENTS))}"
	yield f"The parked items:      {get_url('/app/parked-board')}         as {next(iter(demo_parking.DIRECTOR))}"
	yield f"The customers' portal: {get_url('/helpdesk/my-tickets')}  as {STORIES[0][1]}"
	yield f"The password of everyone is {PASSWORD}. It is a demo: keep it off a site that others reach."


def people() -> None:
	"""Agents with a role, customers with contacts who can log in."""
	for email, name in {**AGENTS, **MANAGER, **demo_parking.DIRECTOR}.items():
		more = [AGENT_MANAGER, CONTRACT_MANAGER] if email in MANAGER else []
		_user(email, name, AGENT, *more, *([PRODUCT_DIRECTOR] if email in demo_parking.DIRECTOR else []))
		_new("HD Agent", user=email, agent_name=name, is_active=1)
	for customer, contacts in CUSTOMERS.items():
		members = []
		for email, name in contacts.items():
			_user(email, name, "HD Customer")
			emails = [{"email_id": email, "is_primary": 1}]
			members.append(
				_new("Contact", first_name=name, email_id=email, user=email, email_ids=emails).name
			)
		_new("HD Customer", customer_name=customer, contacts=[{"contact_name": member} for member in members])


def members() -> dict[str, list[str]]:
	"""The contacts of each customer."""
	return {
		customer: frappe.get_all(
			"HD Customer Member", {"parent": customer}, pluck="contact_name", order_by="idx"
		)
		for customer in CUSTOMERS
	}


def tell(subject: str, contact: str, message: str, steps: tuple[tuple[int, str, str, str], ...]) -> str:
	"""A ticket and what happened to it, ending about now."""
	arrived = now_datetime() - timedelta(hours=max([hours for hours, *_ in steps] or [0]) + 1)
	with _as(contact):
		ticket = _new(
			TICKET,
			subject=subject,
			description=message,
			raised_by=contact,
			via_customer_portal=1,
			at=moment(arrived),
		)
	for hours, who, what, words in steps:
		doc = frappe.get_doc(TICKET, ticket.name)
		doc.flags.cse_at = moment(arrived + timedelta(hours=hours))
		with _as(who or "Administrator"):
			if what == "customer":
				doc.create_communication_via_contact(words)
				continue
			doc.flags.cse_event = Event.TIMER if what == "closed" else Event(what)
			doc.set(REASON, words)
			if what == "parked":
				demo_parking.wait(doc)
			doc.save(ignore_permissions=True)
			if words and what != "parked":
				doc.reply_via_agent(words, to=contact)
	return str(ticket.name)


@contextmanager
def _as(user: str) -> Iterator[None]:
	frappe.set_user(user)
	try:
		yield
	finally:
		frappe.set_user("Administrator")


def _user(email: str, name: str, *roles: str) -> None:
	user = _new("User", email=email, first_name=name, send_welcome_email=0, new_password=PASSWORD)
	user.add_roles(*roles)


def _new(doctype: str, at: Any = None, **fields: Any) -> Any:
	doc = frappe.get_doc({"doctype": doctype, **fields})
	doc.flags.cse_at = at
	return doc.insert(ignore_permissions=True)
