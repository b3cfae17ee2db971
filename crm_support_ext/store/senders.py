"""Who sent a message, gathered on the site for the rules of ``domain/intake.py``."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import parseaddr
from typing import Any

import frappe
from bs4 import BeautifulSoup

from crm_support_ext.constants import SETTINGS, TICKET
from crm_support_ext.domain.course import SOLVED
from crm_support_ext.domain.intake import is_bounce, is_machine_mail, only_says_thanks
from crm_support_ext.store.frappe import is_desk_user, status_of
from crm_support_ext.store.under_way import is_merging, mail_being_received


class ReceivedMessage:
	"""A Communication on the ticket that it names, as the rule sees it."""

	def __init__(self, communication: Any, ticket: Any) -> None:
		self.communication, self.ticket = communication, ticket
		self.sender = parseaddr(communication.sender or "")[1].lower()

	@property
	def is_copy(self) -> bool:
		return is_merging()

	@property
	def is_from_machine(self) -> bool:
		return is_from_machine()

	@property
	def belongs_to_ticket(self) -> bool:
		return belongs_to_ticket(self.sender, self.ticket)

	@property
	def is_from_agent(self) -> bool:
		return is_agent_address(self.sender)

	@property
	def belongs_to_customer(self) -> bool:
		return belongs_to_customer(self.sender, self.ticket)

	@property
	def is_thanks_for_answer(self) -> bool:
		answered = status_of(self.ticket) in SOLVED
		return answered and only_says_thanks(plain_text(self.communication), thanks_phrases())


def is_from_machine() -> bool:
	"""Whether a machine sent the mail that is being received, if one is."""
	return _says(is_machine_mail)


def is_bounced() -> bool:
	"""Whether the mail that is being received, if one is, says that one of ours did not arrive."""
	return _says(is_bounce)


def _says(rule: Callable[[dict[str, str], str], bool]) -> bool:
	mail = mail_being_received()
	if mail is None:
		return False
	headers = {name.lower(): str(value) for name, value in mail.items()}
	return rule(headers, mail.get_content_type())


def belongs_to_ticket(address: str, ticket: Any) -> bool:
	"""Whether the ticket was raised by, or for, the holder of this address."""
	if address == parseaddr(ticket.raised_by or "")[1].lower():
		return True
	return bool(ticket.contact) and bool(
		frappe.db.exists(
			"Contact Email", {"parent": ticket.contact, "parenttype": "Contact", "email_id": address}
		)
	)


def belongs_to_customer(address: str, ticket: Any) -> bool:
	"""Whether the holder of this address is of the ticket's customer, or was written to on the ticket."""
	return is_of_company(address, ticket) or was_written_to(address, TICKET, ticket.name)


def is_of_company(address: str, ticket: Any) -> bool:
	"""Whether the holder of this address is of the ticket's customer."""
	if not ticket.customer:
		return False
	domain = (frappe.db.get_value("HD Customer", ticket.customer, "domain") or "").strip().lower()
	if domain and address.endswith(f"@{domain}"):
		return True
	member = {"parent": ticket.customer, "contact_name": ("in", contacts_of(address))}
	return bool(frappe.db.exists("HD Customer Member", member))


def was_written_to(address: str, doctype: str, name: str) -> bool:
	"""Whether we wrote to this address in the thread of a ticket or an escalation."""
	written_to = frappe.get_all(
		"Communication",
		filters={"reference_doctype": doctype, "reference_name": str(name), "sent_or_received": "Sent"},
		fields=["recipients", "cc"],
	)
	return any(address in f"{row.recipients or ''},{row.cc or ''}".lower() for row in written_to)


def contacts_of(address: str) -> list[str]:
	"""The names of the contacts that have this address."""
	return frappe.get_all("Contact Email", filters={"email_id": address}, pluck="parent") or [""]


def is_agent_address(address: str) -> bool:
	"""Whether the address is that of a user who works on the desk."""
	user = frappe.db.get_value("User", address) or frappe.db.get_value("User", {"email": address})
	return bool(user) and is_desk_user(user)


def thanks_phrases() -> list[str]:
	"""What the desk takes for mere thanks, in every language."""
	return [row.phrase for row in frappe.get_cached_doc(SETTINGS).thanks_phrases]


def plain_text(communication: Any) -> str:
	"""What the sender wrote, as lines of text, without quoted mail. (A plain mail has no ``content`` yet.)"""
	if not communication.content:
		return communication.get("text_content") or ""
	soup = BeautifulSoup(communication.content, "html.parser")
	for quoted in soup.select("blockquote, .gmail_quote, #appendonsend, #divRplyFwdMsg"):
		quoted.decompose()
	for end in soup.find_all(["br", "p", "div"]):
		end.insert_after("\n")
	return soup.get_text()
