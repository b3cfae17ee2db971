"""Mail with a party, on the site: what a received mail says of itself, and what we write."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import getaddresses, parseaddr
from functools import cached_property
from typing import Any

import frappe
from frappe import _
from frappe.core.doctype.communication.email import _make
from frappe.utils import get_fullname

from crm_support_ext.constants import ESCALATION, ORIGIN, PARTY, TICKET
from crm_support_ext.domain.escalation import OUTSIDE, Involvement
from crm_support_ext.domain.intake import Origin
from crm_support_ext.domain.party_mail import Thread, code_in, escalation_of, subject_with
from crm_support_ext.store import notices
from crm_support_ext.store.frappe import can_mail
from crm_support_ext.store.holders import assigned
from crm_support_ext.store.senders import (
	belongs_to_ticket,
	is_bounced,
	is_from_machine,
	is_of_company,
	plain_text,
	was_written_to,
)
from crm_support_ext.store.under_way import inbound_mail, mail_without_ticket
from crm_support_ext.store.wording import as_html, site_language

_MOST = 100
"""How many of a sender's escalations are looked through, those that are out first."""


class ReceivedLetter:
	"""A received mail, as the rule of ``domain/party_mail.py`` sees it; ``reference`` is where it would be filed."""

	def __init__(self, sender: str, subject: str, reference: tuple[str | None, str | None]) -> None:
		self.sender, self.subject = parseaddr(sender or "")[1].lower(), subject or ""
		self.doctype, self.docname = reference

	@property
	def answered(self) -> str | None:
		return self.docname if self.doctype == ESCALATION else None

	@property
	def named(self) -> str | None:
		code = code_in(self.subject)
		return code if code and frappe.db.exists(ESCALATION, code) else None

	@cached_property
	def of_sender(self) -> Sequence[Thread]:
		if not self.sender:
			return ()
		rows = frappe.get_all(
			ESCALATION,
			filters={"email": self.sender, "line": ("in", [line.value for line in OUTSIDE])},
			fields=["name", "ticket", "subject", "came_back_at"],
			order_by="came_back_at is null desc, went_at desc",
			limit=_MOST,
		)
		return [Thread(row.name, row.ticket, row.subject or "", row.came_back_at is None) for row in rows]

	@property
	def ticket(self) -> str | None:
		return str(self.docname) if self.doctype == TICKET and self.docname else None

	@property
	def is_of_customer(self) -> bool:
		return is_of_customer(self.sender, frappe.get_doc(TICKET, self.ticket))


def is_of_customer(address: str, ticket: Any) -> bool:
	"""Whether the ticket is this person's, or their company's."""
	return belongs_to_ticket(address, ticket) or is_of_company(address, ticket)


def is_being_filed_as_ticket() -> bool:
	"""Whether the ticket that is being made would hold a party's mail. The escalation is remembered on the mail."""
	mail = mail_without_ticket()
	if mail is None:
		return False
	mail.flags.cse_escalation = escalation_of(ReceivedLetter(mail.from_email, mail.subject, (None, None)))
	return mail.flags.cse_escalation is not None


def lead_to_escalation(communication: Any) -> None:
	"""File a received mail on the escalation that it belongs to, if it is a party's."""
	mail = inbound_mail()
	if mail and "cse_escalation" in mail.flags:
		code = mail.flags.cse_escalation
	else:
		reference = (communication.reference_doctype, communication.reference_name)
		code = escalation_of(ReceivedLetter(communication.sender, communication.subject, reference))
	if code:
		communication.update({"reference_doctype": ESCALATION, "reference_name": code})


def receive(communication: Any) -> None:
	"""Note whose words these are, and ring the bell; a machine's change nothing and ring none, unless ours came back."""
	escalation = frappe.get_doc(ESCALATION, communication.reference_name)
	sender = parseaddr(communication.sender or "")[1].lower()
	if is_from_machine():
		communication.set(ORIGIN, Origin.MACHINE.value)
		if is_bounced():
			_tell_holders(escalation, _("What we wrote to {0} did not arrive").format(escalation.party))
	elif _is_partys(sender, escalation):
		communication.set(ORIGIN, Origin.PARTY.value)
		_tell_holders(escalation, _("{0} wrote about the escalation").format(escalation.party))
	else:
		communication.set(ORIGIN, Origin.STRANGER.value)
		line = _("{0}, who is not known to be of {1}, wrote about the escalation")
		_tell_holders(escalation, line.format(sender, escalation.party))


def _is_partys(address: str, escalation: Any) -> bool:
	email = (escalation.email or "").lower()
	same_house = bool(email) and address.rpartition("@")[2] == email.rpartition("@")[2]
	return same_house or was_written_to(address, ESCALATION, escalation.name)


def _tell_holders(escalation: Any, line: str) -> None:
	ticket = frappe.get_doc(TICKET, escalation.ticket)
	notices.tell(assigned(ticket) or [escalation.who], ticket, line)


def send(communication: Any) -> None:
	"""What we write to a party: from the ticket's mailbox, under the code, and never to the customer."""
	escalation = frappe.get_doc(ESCALATION, communication.reference_name)
	ticket = frappe.get_doc(TICKET, escalation.ticket)
	written_to = [communication.recipients or "", communication.cc or "", communication.bcc or ""]
	for address in {address.lower() for _name, address in getaddresses(written_to) if address}:
		if address != escalation.email and is_of_customer(address, ticket):
			frappe.throw(
				_(
					"{0} is the customer's address, and this is the thread with {1}. Write to the customer on the ticket."
				).format(address, escalation.party)
			)
	communication.subject = subject_with(escalation.name, communication.subject or escalation.subject)
	if account := ticket.sender_email():
		communication.update({"sender": account.email_id, "email_account": account.name})
		communication.sender_full_name = get_fullname(frappe.session.user)


def write_question(escalation: Any, ticket: Any, question: str) -> None:
	"""Begin the thread of an escalation that has just gone out, if its party reads mail; send it, if the desk does.

	The question as it was typed: stored, it is no longer plain text if it looked like markup.
	"""
	if not escalation.email:
		return
	is_sent = can_mail() and not frappe.db.get_single_value("HD Settings", "skip_email_workflow")
	_make(
		doctype=ESCALATION,
		name=escalation.name,
		subject=escalation.subject,
		content=_letter(escalation, ticket, question),
		recipients=escalation.email,
		communication_type="Communication",
		send_email=is_sent,
	)


def _letter(escalation: Any, ticket: Any, question: str) -> str:
	lang = frappe.get_cached_value(PARTY, escalation.party, "language") or site_language()
	parts = [as_html(question)]
	if escalation.involvement == Involvement.IS_CONTACTED.value:
		parts.append(
			_("You may write to the customer directly: {0}. Please send us a copy.", lang=lang).format(
				ticket.raised_by
			)
		)
	parts.append(_("Please keep {0} in the subject of your answer.", lang=lang).format(escalation.name))
	return "".join(f"<p>{part}</p>" for part in parts)


def last_answer(code: str) -> str:
	"""What the party, and no machine, last wrote on an escalation, as plain text without quoted mail; empty: nothing."""
	name = frappe.db.get_value(
		"Communication",
		{
			"reference_doctype": ESCALATION,
			"reference_name": code,
			"sent_or_received": "Received",
			ORIGIN: ("!=", Origin.MACHINE.value),
		},
		order_by="communication_date desc, creation desc",
	)
	return plain_text(frappe.get_doc("Communication", name)).strip() if name else ""
