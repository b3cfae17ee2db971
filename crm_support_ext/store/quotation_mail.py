"""Who hears of a quotation: the contact who is asked, by mail and in their language; the ticket and its agents, of the answer."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.utils import escape_html
from helpdesk.helpdesk.doctype.hd_ticket_activity.hd_ticket_activity import log_ticket_activity

from crm_support_ext.constants import TICKET
from crm_support_ext.domain.quotations import State
from crm_support_ext.store import notices
from crm_support_ext.store.amounts import day_in_words
from crm_support_ext.store.frappe import can_mail
from crm_support_ext.store.holders import assigned
from crm_support_ext.store.quotation_words import figures, link_of
from crm_support_ext.store.wording import as_html, speaking_to


def ask(doc: Any) -> None:
	"""Mail a quotation that was just sent to the contact who is asked, and say so on the ticket."""
	contact = frappe.db.get_value("Contact", doc.sent_to, ["full_name", "user"], as_dict=True)
	line = _("sent quotation {0} to {1}: {2}").format(
		doc.name, contact.full_name or contact.user, figures(doc)
	)
	log_ticket_activity(doc.ticket, line)
	if not can_mail():
		return
	with speaking_to(contact.user):
		subject, message = _subject(doc), _body(doc)
	frappe.sendmail(
		recipients=[contact.user],
		subject=subject,
		message=message,
		reference_doctype=TICKET,
		reference_name=doc.ticket,
		email_headers={"X-Auto-Generated": "cse-quotation", "Auto-Submitted": "auto-generated"},
	)


def _subject(doc: Any) -> str:
	about = frappe.db.get_value(TICKET, doc.ticket, "subject")
	return _("Quotation {0} for your ticket #{1}: {2}").format(doc.name, doc.ticket, about)


def _body(doc: Any) -> str:
	read = _("Read the quotation, and accept or decline it")
	lines = [
		as_html(doc.text),
		f"<b>{escape_html(figures(doc))}</b>",
		_("You can answer until {0}.").format(day_in_words(doc.valid_until)),
		f'<a href="{link_of(doc.name)}">{read}</a>',
	]
	return "".join(f"<p>{line}</p>" for line in lines)


def tell(doc: Any) -> None:
	"""Say on the ticket what became of a quotation, and ring the bell of who made it and of who holds the ticket."""
	ticket = frappe.get_doc(TICKET, doc.ticket)
	log_ticket_activity(doc.ticket, _line(doc))
	for user in dict.fromkeys([doc.owner, *assigned(ticket)]):
		with speaking_to(user):
			notices.tell([user], ticket, _line(doc))


def _line(doc: Any) -> str:
	said = {
		State.ACCEPTED: _("accepted quotation {0}: {1}"),
		State.DECLINED: _("declined quotation {0}: {1}"),
		State.EXPIRED: _("Quotation {0} has expired without an answer: {1}"),
		State.WITHDRAWN: _("withdrew quotation {0}: {1}"),
	}[State(doc.state)]
	line = said.format(doc.name, figures(doc))
	return f"{line} “{doc.answer}”" if doc.answer else line
