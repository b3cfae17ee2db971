"""HD Ticket: every change of status is decided where a ticket is saved, whatever path it came by."""

from __future__ import annotations

from typing import Any

import frappe

from crm_support_ext import messages
from crm_support_ext.constants import (
	AGREED_ON,
	CLOSES_AT,
	FOLLOW_UP,
	FOLLOW_UP_OF,
	REASON,
	WAITING_ON,
	WAITS_FOR,
)
from crm_support_ext.domain.lifecycle import CREATED, FOLLOW_UP_CAUSE, Event, Status, decide
from crm_support_ext.domain.results import Refusal
from crm_support_ext.permissions import actor
from crm_support_ext.services.change_of_status import Saved, settle
from crm_support_ext.store import (
	escalations,
	parkings,
	party_mail,
	promises,
	quotations,
	signals,
	targets,
	warnings,
	work_sums,
	work_timers,
)
from crm_support_ext.store.frappe import (
	FrappeStore,
	SiteTicket,
	begin,
	forget,
	keep_record,
	now,
	site_time,
	status_of,
)


def before_insert(doc: Any, method: str | None = None) -> None:
	"""A party's mail makes no ticket: the framework takes this error for "it is there already" and goes on."""
	if party_mail.is_being_filed_as_ticket():
		raise frappe.DuplicateEntryError


def before_validate(doc: Any, method: str | None = None) -> None:
	"""Settle the status that is being saved, with all that goes by it."""
	if doc.is_new():
		_start(doc)
	elif not doc.flags.cse_change:
		_settle(doc)
		_refuse_when_closed(doc)
		_refuse_to_wait(doc)
	_show_waiting_on(doc)
	promises.follow(doc)
	_first_response_is_words(doc)


def after_insert(doc: Any, method: str | None = None) -> None:
	"""Begin the ticket's record; send the acknowledgement that the helpdesk does not send for a call."""
	keep_record(doc)
	targets.keep(doc)
	promises.keep(doc)
	entered_by_agent = doc.via_customer_portal and doc.raised_by != frappe.session.user
	if entered_by_agent and frappe.db.get_single_value("HD Settings", "send_acknowledgement_email"):
		doc.send_acknowledgement_email()


def on_update(doc: Any, method: str | None = None) -> None:
	"""Keep the change of status that was just saved."""
	if doc.flags.in_insert:
		return
	keep_record(doc)
	targets.keep(doc)
	promises.keep(doc)
	parkings.keep(doc)
	if doc.is_merged and doc.flags.cse_happened is Event.MERGED:
		escalations.go_along(doc)
		quotations.go_along(doc)


def on_trash(doc: Any, method: str | None = None) -> None:
	"""The record goes with its ticket, and so do its escalations and promises; work that was logged keeps it."""
	if refusal := work_sums.refuses_deletion(str(doc.name)):
		messages.refuse(refusal)
	work_timers.forget(str(doc.name))
	forget(doc)
	promises.forget(str(doc.name))
	parkings.forget(str(doc.name))
	escalations.forget(str(doc.name))
	quotations.forget(str(doc.name))
	warnings.forget(str(doc.name))
	signals.forget(str(doc.name))


def _start(doc: Any) -> None:
	"""A ticket is New when it is made; a split copies its origin's fields, ours with them."""
	follows = doc.get(FOLLOW_UP_OF) if doc.flags.cse_follow_up else None
	doc.update({FOLLOW_UP_OF: follows, FOLLOW_UP: None, CLOSES_AT: None, REASON: None, WAITS_FOR: None})
	begin(doc, doc.flags.cse_at or now(), frappe.session.user, FOLLOW_UP_CAUSE if follows else CREATED)


def _settle(doc: Any) -> None:
	before = doc.get_doc_before_save()
	merged = doc.is_merged and not before.is_merged
	doc.flags.cse_happened = Event.MERGED if merged else doc.flags.pop("cse_event", None)
	saved = Saved(
		# a rating by the mailed link says nothing about the status, though the helpdesk writes Closed with it
		status=status_of(before if frappe.session.user == "Guest" else doc),
		actor=actor(),
		user=frappe.session.user,
		reason=doc.get(REASON) or "",
		event=doc.flags.cse_happened,
		item=doc.get(WAITS_FOR) or "",
	)
	doc.update({REASON: None, "status": before.status, "status_category": before.status_category})
	outcome = settle(FrappeStore(), SiteTicket(doc), saved, doc.flags.cse_at or now())
	if isinstance(outcome, Refusal):
		messages.refuse(outcome, str(doc.name))


def _refuse_when_closed(doc: Any) -> None:
	"""A closed ticket keeps its tier and its date."""
	before = doc.get_doc_before_save()
	for field, event in (("priority", Event.TIER_SET), (AGREED_ON, Event.AGREED)):
		if doc.has_value_changed(field):
			outcome = decide(status_of(before), event)
			if isinstance(outcome, Refusal):
				messages.refuse(outcome, str(doc.name))


def _refuse_to_wait(doc: Any) -> None:
	"""A parked ticket waits for an item that there is something to expect of."""
	if refusal := parkings.refuses(doc):
		messages.refuse(refusal, str(doc.name))


def _show_waiting_on(doc: Any) -> None:
	if moved := escalations.move_of_save(doc):
		doc.set(WAITING_ON, messages.waiting_line(*moved))


def _first_response_is_words(doc: Any) -> None:
	"""The helpdesk takes a pause or a closing for an answer, and an answer out of a pause for none."""
	before = doc.get_doc_before_save()
	if not before or before.first_responded_on or doc.flags.cse_replied:
		return
	if doc.status == Status.RESOLVED.value:
		doc.first_responded_on = site_time(doc.flags.cse_at or now())
	elif doc.flags.cse_change or "Paused" in (before.status_category, doc.status_category):
		doc.first_responded_on = None
