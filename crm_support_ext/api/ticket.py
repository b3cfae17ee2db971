"""The buttons on the ticket pages of agent and customer."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _

from crm_support_ext.api import escalation, parking, promise, quotation, statement, target, work
from crm_support_ext.api.buttons import Button, answers, row
from crm_support_ext.constants import REASON, STATUS_LOG, TICKET
from crm_support_ext.domain.lifecycle import (
	EXPRESSIBLE,
	NEEDS_REASON,
	Actor,
	Event,
	FollowUp,
	Status,
	allowed,
	decide,
)
from crm_support_ext.messages import event_label, prompt
from crm_support_ext.permissions import actor
from crm_support_ext.services.follow_ups import end_of_thread
from crm_support_ext.store.contention import patiently
from crm_support_ext.store.frappe import FrappeStore, SiteTicket, now, status_of
from crm_support_ext.store.shown_due import shown_due
from crm_support_ext.store.wording import as_html

BUTTONS: tuple[Button, ...] = (
	*parking.BUTTONS,
	*work.BUTTONS,
	*target.BUTTONS,
	*promise.BUTTONS,
	*quotation.BUTTONS,
	*escalation.BUTTONS,
	*statement.BUTTONS,
)
"""The buttons of the other files, in the order in which the pages show them after those of the life cycle."""

SELDOM = {Event.FORCE_CLOSED}
"""What the agent's page keeps in a menu."""

ASKS_MORE = {Event.PARKED}
"""Events of the table with a button of their own, which asks for more than words."""

SAID_TO_CUSTOMER = {Event.ASKED, Event.RESOLVED}
"""What an agent does with words to the customer; the button asks for them."""


@frappe.whitelist()
def actions(ticket: str) -> dict[str, Any]:
	"""What the user can do with the ticket now.

	Answers ``actions``, rows of event, label, prompt, needs_text, seldom and fields (what the dialog asks for:
	name, label, type, options, default, required), ``more``, the name of the menu for what is seldom, and ``due``,
	what the page says of the promises (store/shown_due.py).
	"""
	doc = _ticket(ticket, "read")
	rows = _moves(doc) + [button.row(doc) for button in BUTTONS if button.is_offered(doc)]
	if decide(status_of(doc), Event.CUSTOMER_REPLIED) is FollowUp.NEEDED:
		rows.append(row("follow_up", _("Follow up"), prompt(None), needs_text=True))
	return {"actions": rows, "more": _("More"), "due": shown_due(doc)}


def _moves(doc: Any) -> list[dict[str, Any]]:
	"""The buttons by which the table lets the user move the ticket."""
	possible = list(allowed(status_of(doc), actor()))
	return [
		row(
			event.value,
			event_label(event),
			prompt(event),
			needs_text=event in NEEDS_REASON or event is Event.ASKED,
			seldom=event in SELDOM,
		)
		for event in possible
		if event is not Event.CONFIRMED  # the portal has its own Close button
		and event not in ASKS_MORE
		and not (event is Event.TAKEN_UP and Event.REOPENED in possible)  # two words for one press
	]


@frappe.whitelist(methods=["POST"])
def act(ticket: str, event: str, text: str = "", values: dict | str | None = None) -> dict[str, str]:
	"""Do what a button says; ``text`` is the reason, or the words to the customer, and ``values`` what its fields
	were filled in with. Answers status and ticket."""
	if event == "follow_up":
		return follow_up(ticket, text)
	button = next((known for known in BUTTONS if known.event == event), None)
	if button is None:
		return patiently(lambda: _move(_ticket(ticket, "write"), event, text))
	doc = _ticket(ticket, "write")
	if not button.is_offered(doc):
		frappe.throw(_("“{0}” is not possible on ticket #{1} now.").format(button.label(), doc.name))
	if button.needs_text and not text.strip():
		frappe.throw(_("Still to fill in: {0}. Nothing was changed.").format(button.prompt()))
	more = button.press(doc, text.strip(), answers(button.fields(doc), values))
	return {"ticket": str(doc.name), "status": doc.status, **(more or {})}


def _move(doc: Any, event: str, text: str) -> dict[str, str]:
	"""Let an event of the table happen by which a ticket changes its status."""
	plain = [known for known in EXPRESSIBLE if known not in ASKS_MORE]
	happened = next((known for known in plain if known.value == event), None)
	if happened is None:
		pressable = ", ".join([known.value for known in plain] + [known.event for known in BUTTONS])
		frappe.throw(_("{0} is no button of a ticket. Use one of: {1}, follow_up.").format(event, pressable))
	if happened is Event.ASKED and not text.strip():
		frappe.throw(_("Write what you want to know; nothing was changed."))
	doc.flags.cse_event = happened
	doc.flags.cse_words = bool(text.strip()) and happened in SAID_TO_CUSTOMER
	doc.set(REASON, text)
	doc.save(ignore_permissions=True)
	if text and happened in SAID_TO_CUSTOMER:
		doc.reply_via_agent(message=as_html(text), to=doc.raised_by)
	elif text and happened is Event.REOPENED and actor() is Actor.CUSTOMER:
		doc.create_communication_via_contact(as_html(text))
	return {"ticket": str(doc.name), "status": doc.status}


@frappe.whitelist(methods=["POST"])
def follow_up(ticket: str, message: str) -> dict[str, str]:
	"""Open the follow-up of a closed ticket, or join the one there is, with its first words. Answers ticket and status."""
	doc = _ticket(ticket, "write")
	if not message.strip():
		frappe.throw(_("Write what the follow-up is about; nothing was made."))
	message, store = as_html(message), FrappeStore()
	place = end_of_thread(store, SiteTicket(doc))
	if actor() is Actor.CUSTOMER:
		doc.create_communication_via_contact(message)
		place = end_of_thread(store, store.ticket(ticket))
	elif place.status is Status.CLOSED:
		place = store.open_follow_up(place, now())
		place.doc.create_communication_via_contact(message, new_ticket=True)
	else:
		frappe.throw(_("Ticket #{0} follows up on this one already. Write there.").format(place.name))
	return {"ticket": place.name, "status": place.doc.status}


@frappe.whitelist()
def record(ticket: str) -> list[dict[str, Any]]:
	"""The record of a ticket, oldest first. Agents read all of it, a customer not who and why."""
	_ticket(ticket, "read")
	fields = ["at", "from_status", "to_status", "left_at", "cause", "waiting_on"]
	if actor() is not Actor.CUSTOMER:
		fields += ["actor", "reason"]
	return frappe.get_all(STATUS_LOG, filters={"ticket": ticket}, fields=fields, order_by="creation asc")


def _ticket(name: str, ptype: str) -> Any:
	doc = frappe.get_doc(TICKET, name)
	doc.check_permission(ptype)
	return doc
