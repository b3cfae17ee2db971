"""What a reporter reads when the item that their ticket waits for is out or was declined, in their own language.

The words stand in the ticket's thread and go to the reporter by mail; the links to say whether it is fixed are in the
mail alone, as others read the thread, too.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.utils import escape_html, get_url, validate_email_address

from crm_support_ext.constants import TICKET
from crm_support_ext.domain.releases import Fixed, Judgement, Verdict
from crm_support_ext.store import release_notes
from crm_support_ext.store.drafts import customer_language
from crm_support_ext.store.fixed_links import link_of
from crm_support_ext.store.frappe import can_mail
from crm_support_ext.store.wording import as_html, speaking

Judged = tuple[Any, Any, Judgement]
"""The release that is out, the one that runs at the customer's or None, and what that means."""


def address_of(ticket: Any) -> str:
	"""Where the reporter of a ticket is written to; empty, if there is no address."""
	by_contact = ticket.contact and frappe.db.get_value("Contact", ticket.contact, "email_id")
	found = (validate_email_address(each or "") for each in (ticket.raised_by, by_contact))
	return next(filter(None, found), "")


def tell(ticket: Any, item: Any, row: str, address: str, judged: Judged | None) -> None:
	"""Say on the ticket, and mail to this address, what became of the item; ``judged`` is None for a declined one."""
	with speaking(customer_language(ticket)):
		subject = _subject(ticket, judged)
		words = [_hello(ticket), *(_released(ticket, item, judged) if judged else _declined(ticket, item))]
		links = _links(row, item.product, judged[0], judged[2]) if judged else []
	content = "".join(f"<p>{as_html(sentence)}</p>" for sentence in words)
	said = _say(ticket, subject, content, address)
	if address and can_mail():
		frappe.sendmail(
			recipients=[address],
			subject=subject,
			message=content + "".join(f"<p>{link}</p>" for link in links),
			reference_doctype=TICKET,
			reference_name=str(ticket.name),
			communication=said,
			email_headers={"X-Auto-Generated": "cse-answer", "Auto-Submitted": "auto-generated"},
		)


def _say(ticket: Any, subject: str, content: str, address: str) -> str:
	"""Put the words into the thread; the save of the ticket has seen to what they mean for it."""
	own = frappe.get_cached_value("Email Account", {"default_outgoing": 1}, "email_id")
	said = frappe.get_doc(
		{
			"doctype": "Communication",
			"communication_type": "Communication",
			"sent_or_received": "Sent",
			"email_status": "Open",
			"status": "Linked",
			"subject": subject,
			"content": content,
			"sender": own or frappe.session.user,
			"recipients": address or None,
			"reference_doctype": TICKET,
			"reference_name": str(ticket.name),
		}
	)
	said.flags.update(cse_told=True, skip_add_signature=True)
	return str(said.insert(ignore_permissions=True).name)


def _subject(ticket: Any, judged: Judged | None) -> str:
	if not judged:
		return _("Your ticket #{0}: {1}").format(ticket.name, ticket.subject)
	return _("{0} is out: your ticket #{1}, {2}").format(judged[0].name, ticket.name, ticket.subject)


def _hello(ticket: Any) -> str:
	name = frappe.db.get_value("Contact", ticket.contact, "first_name") if ticket.contact else None
	return _("Hello {0},").format(name) if name else _("Hello,")


def _declined(ticket: Any, item: Any) -> list[str]:
	return [
		_("Your ticket #{0}, “{1}”, waited for this change to the software: {2}.").format(
			ticket.name, ticket.subject, item.title
		),
		_("We have decided against it: {0}").format(item.reason),
		_("If you cannot go on without it, reply to this message."),
	]


def _released(ticket: Any, item: Any, judged: Judged) -> list[str]:
	release, theirs, judgement = judged
	is_out = _("{0} is out. In it is what your ticket #{1}, “{2}”, waited for: {3}.")
	told = _TOLD[judgement.verdict](release, theirs, judgement.version)
	return [is_out.format(release.name, ticket.name, ticket.subject, item.title), told]


def _install(release: Any, theirs: Any, _version: str) -> str:
	has_it = theirs.name == release.name or (theirs.date, theirs.out_at) > (release.date, release.out_at)
	return (_("You have it already.") if has_it else _("Please install {0}.")).format(release.name)


def _upgrade_first(release: Any, theirs: Any, version: str) -> str:
	return _(
		"You have {0}: please upgrade to {1} {2} first. Your ticket stays with us until then; reply to this message once you have it, or if you want our help."
	).format(theirs.name, release.product, version)


def _unsupported(release: Any, theirs: Any, version: str) -> str:
	return _(
		"You have {0}, which is no longer supported; the current version is {1} {2}. Reply to this message and we make you a quotation for the upgrade. Your ticket stays with us until then."
	).format(theirs.name, release.product, version)


def _unknown(release: Any, _theirs: Any, _version: str) -> str:
	return _(
		"Which version of {0} do you have? Reply to this message, and we tell you how to get it. Your ticket stays with us until then."
	).format(release.product)


_TOLD = {
	Verdict.INSTALL: _install,
	Verdict.UPGRADE_FIRST: _upgrade_first,
	Verdict.UNSUPPORTED: _unsupported,
	Verdict.VERSION_UNKNOWN: _unknown,
}


def _links(row: str, product: str, release: Any, judgement: Judgement) -> list[str]:
	links = [_link(get_url(release_notes.address_of(product)), _("What is new in {0}").format(release.name))]
	if judgement.resolves:
		yes = _link(link_of(row, Fixed.YES), _("Yes, it is fixed"))
		no = _link(link_of(row, Fixed.NO), _("No, it is not fixed"))
		links.insert(0, f"{escape_html(_('Is it fixed for you?'))}<br>{yes} · {no}")
	return links


def _link(address: str, words: str) -> str:
	return f'<a href="{escape_html(address)}">{escape_html(words)}</a>'
