"""Escalate and Came back, on the agent's ticket page, and the way to the escalation's own page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import frappe
from frappe import _
from frappe.utils import get_url_to_form, get_url_to_list
from helpdesk.helpdesk.doctype.hd_ticket_activity.hd_ticket_activity import log_ticket_activity

from crm_support_ext.api.buttons import Button, Field
from crm_support_ext.constants import ESCALATION, PARTY
from crm_support_ext.domain.escalation import Escalation, Involvement, Line
from crm_support_ext.domain.lifecycle import Actor, Event
from crm_support_ext.domain.results import Refusal
from crm_support_ext.messages import event_label, involvement_name, refuse, sentence
from crm_support_ext.permissions import actor, may
from crm_support_ext.services.escalations import come_back, escalate
from crm_support_ext.store import notices, parties, party_mail
from crm_support_ext.store.escalations import SiteEscalations
from crm_support_ext.store.frappe import SiteTicket, now

SOMEBODY = "user:"
"""What a choice begins with that is one of us, and a party only when first chosen."""


def _can_go_out(doc: Any) -> bool:
	return may(doc, Event.ESCALATED)


def _can_come_back(doc: Any) -> bool:
	return may(doc, Event.RETURNED) and bool(_out(doc))


def _has_any(doc: Any) -> bool:
	return actor() is not Actor.CUSTOMER and bool(SiteEscalations().escalations(SiteTicket(doc)))


def _out(doc: Any) -> list[Escalation]:
	return [each for each in SiteEscalations().escalations(SiteTicket(doc)) if each.is_out]


def _asked_of_escalation(doc: Any) -> list[Field]:
	choices, first, hint = _choices(doc)
	ways = {involvement.value: involvement_name(involvement) for involvement in Involvement}
	return [
		Field("party", f"{_('To')}{hint}", "select", choices, default=first, required=True),
		Field("reason", _("Why does it go there?"), "textarea", required=True),
		Field("question", _("What do you ask them? They read this."), "textarea", required=True),
		Field(
			"involvement", _("The customer"), "select", ways, default=Involvement.KNOWS.value, required=True
		),
		Field("chosen_by_customer", _("The customer chose this party: the promise waits for it"), "check"),
	]


def _choices(doc: Any) -> tuple[dict[str, str], str, str]:
	"""Whom the ticket can go to, whom it goes to by its kind, and a word on who is missing for that."""
	known, way = parties.parties(), parties.route_of(doc)
	choices = {party.name: f"{party.name} ({_(party.line.value)})" for party in known}
	if isinstance(way, Refusal):
		return choices, "", f" ({sentence(way)})"
	if way.user:
		somebody = f"{SOMEBODY}{way.user}"
		label = f"{frappe.utils.get_fullname(way.user)} ({_(way.person.value)})"
		return {somebody: label, **choices}, somebody, ""
	return choices, parties.first_of(way.lines, known), ""


def _escalate(doc: Any, text: str, values: Mapping[str, Any]) -> dict[str, str]:
	chosen = values["party"]
	party = frappe.get_doc(PARTY, parties.party_of(chosen[5:]) if chosen.startswith(SOMEBODY) else chosen)
	wanted = Escalation(
		party=party.name,
		line=Line(party.line),
		went_at=now(),
		reason=values["reason"],
		question=values["question"],
		involvement=Involvement(values["involvement"]),
		is_chosen_by_customer=values["chosen_by_customer"],
		who=frappe.session.user,
	)
	_save(doc, Event.ESCALATED, escalate(SiteEscalations(), SiteTicket(doc), wanted))
	escalation = doc.flags.cse_escalation
	party_mail.write_question(escalation, doc, wanted.question)
	notices.tell(parties.people_of(party), doc, _("escalated this ticket to you"))
	log_ticket_activity(doc.name, _("escalated the ticket to {0}").format(party.name))
	return {"escalation": escalation.name}


def _asked_of_return(doc: Any) -> list[Field]:
	out = _out(doc)
	names = {each.party: f"{each.party} ({_(each.line.value)})" for each in out}
	last = party_mail.last_answer(out[0].name) if len(out) == 1 else ""
	return [
		Field("party", _("From"), "select", names, default=out[0].party, required=True),
		Field("answer", _("What did they answer?"), "textarea", default=last),
	]


def _come_back(doc: Any, text: str, values: Mapping[str, Any]) -> None:
	refusal = come_back(
		SiteEscalations(),
		SiteTicket(doc),
		now(),
		values["party"],
		values["answer"] or "",
		frappe.session.user,
	)
	_save(doc, Event.RETURNED, refusal)
	log_ticket_activity(doc.name, _("took the ticket back from {0}").format(values["party"]))


def _save(doc: Any, event: Event, refusal: Refusal | None) -> None:
	"""Save the ticket to which this has happened: its due times and whose move it is follow."""
	if refusal:
		refuse(refusal, str(doc.name))
	doc.flags.cse_event = event
	doc.save(ignore_permissions=True)


def _page(doc: Any) -> str:
	"""The page of the ticket's escalation; the list, if there are several."""
	codes = [each.name for each in SiteEscalations().escalations(SiteTicket(doc))]
	if len(codes) == 1:
		return get_url_to_form(ESCALATION, codes[0])
	return f"{get_url_to_list(ESCALATION)}?ticket={doc.name}"


def _escalate_label() -> str:
	return event_label(Event.ESCALATED)


def _return_label() -> str:
	return event_label(Event.RETURNED)


def _page_label() -> str:
	return _("Escalations")


BUTTONS = (
	Button(Event.RETURNED.value, _return_label, _can_come_back, press=_come_back, fields=_asked_of_return),
	Button(
		Event.ESCALATED.value,
		_escalate_label,
		_can_go_out,
		press=_escalate,
		fields=_asked_of_escalation,
		is_seldom=True,
	),
	Button("escalations", _page_label, _has_any, url=_page, is_seldom=True),
)
