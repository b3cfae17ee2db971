"""What a reporter says of a release that was to fix their ticket (domain.md section 7).

A yes is noted. A no parks the ticket again on the item, with the mark that it came back, and the item is to be decided
on again; if the ticket has closed, its follow-up is parked.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import frappe
from frappe import _
from helpdesk.helpdesk.doctype.hd_ticket_activity.hd_ticket_activity import log_ticket_activity

from crm_support_ext.constants import PARKED_ITEM, PARKING, REASON, TICKET, WAITS_FOR
from crm_support_ext.domain.decisions import Decision, State
from crm_support_ext.domain.lifecycle import Event, Status, decide
from crm_support_ext.domain.releases import Fixed, said_after
from crm_support_ext.domain.results import Refusal
from crm_support_ext.services.follow_ups import place_for
from crm_support_ext.store import decisions, notices, parked_items
from crm_support_ext.store.fixed_links import asked_by
from crm_support_ext.store.frappe import FrappeStore, SiteTicket, as_system, site_time, status_of
from crm_support_ext.store.holders import assigned
from crm_support_ext.store.wording import site_language


def say(key: str, said: Fixed, at: datetime) -> Fixed | Refusal | None:
	"""Take in what the reporter says by their link: what they have said now, a refusal, or None if there is no such link.

	Refusals: ``said_no``.
	"""
	row = asked_by(key, at)
	if row is None:
		return None
	with as_system():
		ticket = frappe.get_doc(TICKET, row.ticket, for_update=True)
		kept = frappe.db.get_value(PARKING, row.name, "fixed", for_update=True)
		outcome = said_after(Fixed(kept) if kept else None, said)
		if isinstance(outcome, Refusal) or outcome.value == kept:
			return outcome
		noted = {"fixed": said.value, "fixed_at": site_time(at)}
		frappe.db.set_value(PARKING, row.name, noted, update_modified=False)
		_take_in(ticket, row, said, at)
	return outcome


def _take_in(ticket: Any, row: Any, said: Fixed, at: datetime) -> None:
	lang = site_language()
	if said is Fixed.YES:
		log_ticket_activity(ticket.name, _("was told that {0} fixed it", lang=lang).format(row.release))
		return
	line = _("The customer says that {0} did not fix it", lang=lang).format(row.release)
	place = _park_again(ticket, row.item, line, at)
	_came_back(row.item, at, line)
	log_ticket_activity(place.name, line)
	notices.tell(dict.fromkeys([*assigned(ticket), *assigned(place)]), place, line)


def _park_again(ticket: Any, item: str, line: str, at: datetime) -> Any:
	"""Park the ticket, or its follow-up if it has closed, on the item; where it waits for another one, it stays."""
	place = place_for(FrappeStore(), SiteTicket(ticket), at, Event.REOPENED).doc
	if place.name != ticket.name:
		place = frappe.get_doc(TICKET, place.name, for_update=True)
	if status_of(place) is Status.RESOLVED:
		_happen(place, Event.REOPENED, line)
	if status_of(place) is Status.PARKED:
		_mark(place, item)
	elif isinstance(decide(status_of(place), Event.PARKED), Status):
		place.set(WAITS_FOR, item)
		place.description = place.description or line
		place.flags.cse_came_back = True
		_happen(place, Event.PARKED, line)
	return place


def _happen(ticket: Any, event: Event, reason: str) -> None:
	ticket.flags.cse_event = event
	ticket.set(REASON, reason)
	ticket.save(ignore_permissions=True)


def _mark(place: Any, item: str) -> None:
	"""It was parked on the item already: it waits there because the release did not fix it."""
	if place.get(WAITS_FOR) == item:
		frappe.db.set_value(PARKING, {"open_of": str(place.name)}, "regression", 1, update_modified=False)
		parked_items.recount(item)


def _came_back(item: str, at: datetime, line: str) -> None:
	parked_items.locked(item)
	if frappe.db.get_value(PARKED_ITEM, item, "state", for_update=True) == State.RELEASED.value:
		decisions.decide(item, Decision.CAME_BACK, at, by=frappe.session.user, reason=line)
