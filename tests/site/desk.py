"""Shared by the tests on a site: tickets in each status, replies of each kind, and what the record says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

import frappe
from frappe.email.receive import InboundMail

from crm_support_ext.domain.lifecycle import Event
from tests.factories import make, make_agent, make_contact, make_customer, make_item, make_ticket

AGENT, MANAGER = "agnes@desk.example", "mona@desk.example"
CUSTOMER, COLLEAGUE, STRANGER = "kees@bakkerij.example", "lies@bakkerij.example", "zoe@elsewhere.example"
MAILBOX = "support@desk.example"

PATHS = {
	"New": (),
	"Open": ("taken_up",),
	"Pending": ("asked",),
	"Parked": ("parked",),
	"Resolved": ("resolved",),
	"Closed": ("force_closed",),
}
"""How a test brings a new ticket into each status."""


def people() -> None:
	"""An agent, a manager, and a customer with two contacts; an agent's reply is filed and not mailed."""
	frappe.db.set_single_value("HD Settings", "skip_email_workflow", 1)
	if frappe.db.exists("HD Customer", "Bakkerij De Ochtend"):
		return
	make_agent(AGENT)
	make_agent(MANAGER, "Agent Manager")
	contacts = [make_contact(email).name for email in (CUSTOMER, COLLEAGUE)]
	make_customer("Bakkerij De Ochtend", *contacts)


@contextmanager
def acting_as(user: str) -> Iterator[None]:
	"""As this user for a while."""
	before = frappe.session.user
	frappe.set_user(user)
	try:
		yield
	finally:
		frappe.set_user(before)


def contact_of(user: str) -> str:
	"""The contact with this login."""
	return frappe.db.get_value("Contact", {"user": user})


def ticket_in(status: str, **fields: Any) -> Any:
	"""A ticket of the customer's that was brought into this status by its agents."""
	fields = {"raised_by": CUSTOMER, "via_customer_portal": 1, **fields}
	ticket = frappe.get_doc("HD Ticket", make_ticket(**fields).name)
	for event in PATHS[status]:
		happen(ticket, event)
	ticket.reload()
	assert ticket.status == status
	return ticket


def happen(ticket: Any, event: str, reason: str = "because the test says so") -> None:
	"""Let an event happen to a ticket, as a button does."""
	ticket.reload()
	ticket.flags.cse_event = Event(event)
	ticket.cse_reason = reason
	if event == "parked" and not ticket.cse_parked_item:
		ticket.cse_parked_item = parked_item()
	ticket.save(ignore_permissions=True)


def reply(ticket: Any, message: str = "Have you tried it again?", to: str = CUSTOMER) -> None:
	"""An agent's reply."""
	frappe.get_doc("HD Ticket", ticket.name).reply_via_agent(message, to=to)


def parked_item(title: str = "The import goes on after a fault", **fields: Any) -> str:
	"""The parked item of this title, made if there is none yet."""
	known = frappe.db.get_value("Parked Item", {"title": title})
	return known or make_item(title, **fields)


def status_of(ticket: Any) -> tuple[str, str]:
	"""Status and category as the database has them."""
	return frappe.db.get_value("HD Ticket", ticket.name, ["status", "status_category"])


def record_of(ticket: Any) -> list[tuple[str | None, str, str]]:
	"""From, to and cause of every change, oldest first."""
	rows = frappe.get_all(
		"Ticket Status Log",
		filters={"ticket": str(ticket.name)},
		fields=["from_status", "to_status", "cause"],
		order_by="creation asc",
	)
	return [(row.from_status, row.to_status, row.cause) for row in rows]


def remove(*names: str) -> None:
	"""Undo what a test committed: these tickets, and the mails about them."""
	frappe.db.rollback()
	frappe.db.delete("Email Queue", {"reference_name": ("in", [str(name) for name in names])})
	for name in names:
		frappe.delete_doc("HD Ticket", name, force=True)
	frappe.db.commit()


ACKNOWLEDGEMENT, REQUEST = "hd-acknowledgement", "hd-email-feedback"
"""The marks of the two mails that a customer gets unasked."""


def mails(mark: str, *names: str) -> dict[str, list[str]]:
	"""The queued mails of this mark about these tickets, by ticket."""
	found: dict[str, list[str]] = {str(name): [] for name in names}
	filters = {"reference_name": ("in", list(found)), "message": ("like", f"%{mark}%")}
	for row in frappe.get_all("Email Queue", filters=filters, fields=["reference_name", "message"]):
		found[row.reference_name].append(row.message)
	return found


def mailbox() -> Any:
	"""The desk's own mailbox, whose mail becomes tickets."""
	if not frappe.db.exists("Email Account", "Desk"):
		make(
			"Email Account",
			email_account_name="Desk",
			email_id=MAILBOX,
			password="secret",
			enable_incoming=0,
			enable_outgoing=0,
			append_to="HD Ticket",
		)
	return frappe.get_doc("Email Account", "Desk")


def mail(sender: str, subject: str, text: str, **headers: str) -> EmailMessage:
	"""A mail to the desk; a header's name is written with underscores."""
	message = EmailMessage()
	message["From"], message["To"], message["Subject"] = sender, MAILBOX, subject
	message["Message-ID"] = f"<{frappe.generate_hash(length=12)}@{sender.split('@')[1]}>"
	for name, value in headers.items():
		message[name.replace("_", "-")] = value
	message.set_content(text)
	return message


def receive(message: EmailMessage) -> Any:
	"""Take a mail in, as the framework does when it has fetched it; the Communication that it became."""
	return InboundMail(message.as_bytes(), mailbox()).process()
