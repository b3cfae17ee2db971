"""What is written about a promise: the message to the customer, ready to be sent, and the warning to its holder.

The customer reads it in their own language, and so does the agent.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import frappe
from frappe import _
from frappe.utils import escape_html, get_fullname, get_url

from crm_support_ext.domain.lifecycle import Status
from crm_support_ext.store.wording import as_html, in_words, language_of, own_language


class Mail(NamedTuple):
	"""A mail's subject and its body, as HTML."""

	subject: str
	body: str


def draft(ticket: Any) -> str:
	"""A message to the customer that is true of every ticket in this status; ``closing`` ends it."""
	lang = customer_language(ticket)
	name = frappe.db.get_value("Contact", ticket.contact, "first_name") if ticket.contact else None
	hello = _("Hello {0},", lang=lang).format(name) if name else _("Hello,", lang=lang)
	if ticket.status == Status.PARKED.value:
		news = _("Your ticket #{0}, “{1}”, waits for a change to the software.", lang=lang)
	else:
		news = _("We are still working on your ticket #{0}, “{1}”.", lang=lang)
	return f"{hello}\n\n{news.format(ticket.name, ticket.subject)}"


def closing(ticket: Any, due: datetime) -> str:
	"""The sentence that makes a message a promise."""
	lang = customer_language(ticket)
	return _("You hear from us again by {0} at the latest.", lang=lang).format(in_words(due, lang))


def warning(ticket: Any, due: datetime, user: str, holder: str | None, fresh: datetime | None) -> Mail:
	"""The mail to who answers for a promise that is about to pass; ``fresh`` is when the next one would be due."""
	lang = language_of(user)
	about = _("Ticket #{0}: the customer was promised an update by {1}", lang=lang)
	subject = about.format(ticket.name, in_words(due, lang))
	words = draft(ticket) + (f"\n\n{closing(ticket, fresh)}" if fresh else "")
	lines = [
		f"<b>{escape_html(ticket.subject)}</b>",
		escape_html(whose(user, holder, lang)),
		_(
			"This message can go to the customer as it is, by “Send the drafted message” on the ticket:",
			lang=lang,
		),
		f"<blockquote>{as_html(words)}</blockquote>",
		f'<a href="{get_url(f"/helpdesk/tickets/{ticket.name}")}">#{ticket.name}</a>',
	]
	return Mail(subject, "".join(f"<p>{line}</p>" for line in lines))


def whose(user: str, holder: str | None, lang: str) -> str:
	"""Why it is this user who is told."""
	if holder is None:
		return _("Nobody is assigned to it. Assign it, or write to the customer.", lang=lang)
	if holder != user:
		return _("You take over from {0}, who is absent.", lang=lang).format(get_fullname(holder))
	return _("You hold this promise.", lang=lang)


def customer_language(ticket: Any) -> str:
	"""The language of who raised the ticket, else of its contact, else the site's."""
	contact = frappe.db.get_value("Contact", ticket.contact, "user") if ticket.contact else None
	return own_language(ticket.raised_by) or language_of(contact)
