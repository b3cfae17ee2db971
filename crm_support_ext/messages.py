"""The sentences: what a refusal, an event or a status is called in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NoReturn

import frappe
from frappe import _
from frappe.utils import format_datetime

from crm_support_ext.domain.decisions import State as ItemState
from crm_support_ext.domain.escalation import Involvement, Line, Move
from crm_support_ext.domain.lifecycle import Actor, Event, Status, WaitingOn, allowed
from crm_support_ext.domain.results import Refusal
from crm_support_ext.store.decision_words import SAID as _SAID_OF_DECISIONS
from crm_support_ext.store.frappe import site_time, timing
from crm_support_ext.store.quotation_words import SAID as _SAID_OF_QUOTATIONS
from crm_support_ext.store.release_words import SAID as _SAID_OF_RELEASES
from crm_support_ext.store.settlement_words import SAID as _SAID_OF_WORK
from crm_support_ext.store.wording import in_words, language_of, site_language


def event_label(event: Event) -> str:
	"""What a button says."""
	labels = {
		Event.TAKEN_UP: _("Take up"),
		Event.ASKED: _("Ask the customer"),
		Event.PARKED: _("Park"),
		Event.UNPARKED: _("No software change after all"),
		Event.RESOLVED: _("Resolve"),
		Event.REOPENED: _("Reopen"),
		Event.CONFIRMED: _("Close"),
		Event.FORCE_CLOSED: _("Close at once"),
		Event.REPLIED: _("Reply"),
		Event.CUSTOMER_REPLIED: _("Reply of the customer"),
		Event.MERGED: _("Merge"),
		Event.TIMER: _("Close by the clock"),
		Event.TIER_SET: _("Change the priority"),
		Event.AGREED: _("Agree a date"),
		Event.WORKAROUND_GIVEN: _("Workaround given"),
		Event.WORKAROUND_FAILED: _("It failed"),
		Event.ESCALATED: _("Escalate"),
		Event.RETURNED: _("Came back"),
	}
	return labels.get(event, event.value)


def prompt(event: Event | None) -> str:
	"""What a button asks before it acts; None is the follow-up. Empty: nothing is asked."""
	prompts = {
		None: _("What is the follow-up about?"),
		Event.ASKED: _("What do you want to know? The customer reads this."),
		Event.PARKED: _("Why does it need this change to the software?"),
		Event.UNPARKED: _("Why is it no software change after all?"),
		Event.RESOLVED: _(
			"What solved it? The customer reads this. Leave it empty if your last reply says it."
		),
		Event.REOPENED: _("What is still wrong? You may leave this empty."),
		Event.FORCE_CLOSED: _("Why is it closed at once?"),
	}
	return prompts.get(event, "")


def sentence(refusal: Refusal, ticket: str = "") -> str:
	"""What is wrong, with names, and what to do instead."""
	facts = refusal.facts
	status, actor = facts.get("status"), facts.get("actor", Actor.AGENT)
	event, to = facts.get("event"), facts.get("to")
	number = f"#{ticket}" if ticket else ""
	parts = (_SAID_OF_QUOTATIONS, _SAID_OF_WORK, _SAID_OF_DECISIONS, _SAID_OF_RELEASES)
	if said_of_it := next((part[refusal.code] for part in parts if refusal.code in part), None):
		return said_of_it(facts)
	if said := _SAID.get(refusal.code):
		return said(facts, number)
	if actor is Actor.AGENT and (event is Event.FORCE_CLOSED or to is Status.CLOSED):
		return _(
			"Only an Agent Manager closes a ticket at once. Resolve it instead: it closes by itself {0} hours later."
		).format(timing().close_after_hours)
	if refusal.code == "not_yours":
		return _("“{0}” is not yours to do on ticket {1}. {2}").format(
			event_label(event), number, _instead(status, actor)
		)
	if refusal.code == "no_such_move":
		return _("Ticket {0} is {1} and cannot become {2}. {3}").format(
			number, _(status.value), _(to.value), _instead(status, actor)
		)
	return _("Ticket {0} is {1}, where “{2}” is not possible. {3}").format(
		number, _(status.value), event_label(event), _instead(status, actor)
	)


_SAID: dict[str, Callable[[Mapping[str, Any], str], str]] = {
	"closed_is_final": lambda facts, number: _(
		"Ticket {0} is Closed, and that is final. Write a follow-up instead: it starts with the same customer and contact and is linked to this ticket."
	).format(number),
	"reason_needed": lambda facts, number: _(
		"“{0}” needs a reason. Press that button on the ticket, or send the reason along with the status, in the field cse_reason."
	).format(event_label(facts["event"])),
	"item_needed": lambda facts, number: _(
		"A ticket is parked on a parked item: what the software is to do. Press “Park” on ticket {0} and choose or make one, or send its name along with the status, in the field cse_parked_item."
	).format(number),
	"item_takes_none": lambda facts, number: _SAID_OF_ITEMS[facts["state"]](facts, number),
	"already_out": lambda facts, number: _(
		"{0} has ticket {1} already, since {2}. Write to them on that escalation, or press “Came back” first."
	).format(facts["party"], number, format_datetime(site_time(facts["went_at"]))),
	"not_out": lambda facts, number: _(
		"Ticket {0} is not with {1}. Load the page again to see who has it."
	).format(number, facts["party"] or _("anybody")),
	"nobody_looks_after": lambda facts, number: _(
		"A ticket of the kind “{0}” goes to the {1}, and the customer has none. Enter one on the customer."
	).format(_(facts["kind"].value), _(facts["person"].value)),
	"signal_dismissed": lambda facts, number: _(
		"This signal was dismissed for good. Park its tickets on their own pages, or write the item or article by hand."
	),
	"signal_reason_needed": lambda facts, number: _(
		"Write why this signal is wrong: it is dismissed for good, and others must be able to read why."
	),
	"has_passed": lambda facts, number: _(
		"{0} has passed. Choose a time that is still to come; nothing was promised."
	).format(in_words(facts["due"], language_of(frappe.session.user))),
}
"""What is said of a refusal whose sentence hangs on nothing but its own facts."""


_SAID_OF_ITEMS: dict[ItemState, Callable[[Mapping[str, Any], str], str]] = {
	ItemState.DECLINED: lambda facts, number: _(
		"“{0}” was declined: {1} Tell the customer so and resolve ticket {2}, or park it on another item."
	).format(facts["item"], facts["reason"], number),
	ItemState.RELEASED: lambda facts, number: _(
		"“{0}” is out, in {1}. Tell the customer what to install. If it is not fixed there, say that it came back when you park ticket {2}."
	).format(facts["item"], facts["release"], number),
}
"""Why nobody can wait for an item any more, by its state."""


def involvement_name(involvement: Involvement) -> str:
	"""How the customer is involved, in the reader's language."""
	return {
		Involvement.NOT_TOLD: _("is not told"),
		Involvement.KNOWS: _("knows"),
		Involvement.ASKED_TO_CONTACT: _("was asked to contact the party"),
		Involvement.IS_CONTACTED: _("will be written to by the party"),
	}[involvement]


def _instead(status: Status | None, actor: Actor) -> str:
	possible = [event_label(event) for event in allowed(status, actor)] if status else []
	if not possible:
		return _("Write a reply instead.")
	return _("What is possible now: {0}.").format(", ".join(possible))


def refuse(refusal: Refusal, ticket: str = "") -> NoReturn:
	"""Stop the request with the sentence; nothing of it is kept."""
	is_forbidden = refusal.code in ("not_yours", "not_the_directors", "releases_are_the_directors")
	kind = frappe.PermissionError if is_forbidden else frappe.ValidationError
	frappe.throw(sentence(refusal, ticket), kind, title=_("Not possible"))


def protected(labels: list[str]) -> NoReturn:
	"""Refuse a customer's write to fields that are the desk's."""
	frappe.throw(
		_(
			"{0}: this is set by the support desk and cannot be changed by you; nothing was saved. Write a reply on the ticket instead."
		).format(", ".join(labels)),
		frappe.PermissionError,
		title=_("Not possible"),
	)


def waiting_line(move: Move, since: datetime) -> str:
	"""Whose move it is and since when, in the site's language; empty when nobody's. A customer reads it, too."""
	if move.waits_on is None:
		return ""
	lang = site_language()
	names = {
		WaitingOn.US: _("us", lang=lang),
		WaitingOn.CUSTOMER: _("the customer", lang=lang),
		WaitingOn.THIRD_PARTY: _("a third party", lang=lang),
		WaitingOn.PRODUCT: _("the product", lang=lang),
	}
	whom = _parties(move, lang) or names[move.waits_on]
	since_when = format_datetime(site_time(since), "yyyy-MM-dd HH:mm")
	return _("{0}, since {1}", lang=lang).format(whom, since_when)


def _parties(move: Move, lang: str) -> str:
	"""The kinds of party that have the ticket, never their names; of whom the customer is not told, no kind either."""
	kinds = {
		Line.SUPPLIER: _("the supplier", lang=lang),
		Line.MANUFACTURER: _("the manufacturer", lang=lang),
		Line.HOSTING_PROVIDER: _("the hosting provider", lang=lang),
	}
	involved = {
		Involvement.ASKED_TO_CONTACT: _("{0}, whom the customer was asked to contact", lang=lang),
		Involvement.IS_CONTACTED: _("{0}, who will write to the customer", lang=lang),
	}
	secret = _("a third party", lang=lang)
	whom = [
		secret if each.involvement is Involvement.NOT_TOLD else kinds.get(each.line, secret)
		for each in move.parties
	]
	if len(move.parties) == 1:
		return involved.get(move.parties[0].involvement, "{0}").format(whom[0])
	return ", ".join(dict.fromkeys(whom))
