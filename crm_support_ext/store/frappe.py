"""The ports on a site: the only mapping between the helpdesk's documents and the values of the rules.

A site keeps naive times in its system time zone; the rules get and give moments in UTC.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Any
from zoneinfo import ZoneInfo

import frappe
from frappe.utils import get_datetime, get_system_timezone, now_datetime

from crm_support_ext.constants import (
	AGENT,
	AGENT_MANAGER,
	CATEGORY,
	CLOSES_AT,
	FOLLOW_UP,
	FOLLOW_UP_OF,
	SETTINGS,
	STATUS_LOG,
	TARGET,
	TICKET,
	TICKET_IMPORT,
	TICKET_PRODUCT,
	WORKAROUND,
)
from crm_support_ext.domain.escalation import Move
from crm_support_ext.domain.lifecycle import CREATED, Status, StatusChange, Timing


def moment(value: datetime | str) -> datetime:
	"""A time as the site keeps it, as a moment in UTC."""
	return get_datetime(value).replace(tzinfo=ZoneInfo(get_system_timezone())).astimezone(timezone.utc)


def site_time(at: datetime) -> datetime:
	"""A moment as the site keeps it: naive, in the system time zone."""
	return at.astimezone(ZoneInfo(get_system_timezone())).replace(tzinfo=None)


def now() -> datetime:
	"""The present moment, in UTC, by the site's own clock."""
	return moment(now_datetime())


def timing() -> Timing:
	"""The hours and shares that an administrator chose."""
	settings = frappe.get_cached_doc(SETTINGS)
	return Timing(
		survey_after_hours=settings.survey_after_hours,
		close_after_hours=settings.close_after_hours,
		survey_share=settings.survey_share,
		survey_contact_days=settings.survey_contact_days,
	)


@contextmanager
def as_system():
	"""Act as the desk itself for a moment, whoever is logged in: a customer may not make a ticket in another's name.

	The framework's change of user makes the session another's, which would log the browser out; so it gets a copy.
	"""
	session, form = frappe.local.session, frappe.local.form_dict
	frappe.local.session = frappe._dict(session)
	frappe.set_user("Administrator")
	try:
		yield
	finally:
		frappe.set_user(session.user)
		frappe.local.session, frappe.local.form_dict = session, form


class SiteTicket:
	"""An HD Ticket as the rules see it."""

	def __init__(self, doc: Any) -> None:
		self.doc = doc

	@property
	def name(self) -> str:
		return str(self.doc.name)

	@property
	def status(self) -> Status:
		"""The status that the ticket has in the database; in a save, not the one that is being written."""
		return status_of(self.doc.get_doc_before_save() or self.doc)


def status_of(doc: Any) -> Status:
	"""The status of a ticket document; one that is not of the life cycle counts as the nearest that is."""
	try:
		return Status(doc.status)
	except ValueError:
		return NEAREST[doc.status_category or "Open"]


def is_merged_nowhere(doc: Any) -> bool:
	"""Whether a merge leads in a circle or to a ticket that is gone: words to it stay where they are, as in stock."""
	return bool(doc.is_merged and doc.merged_with and not doc.get_merge_target())


NEAREST = {"Open": Status.OPEN, "Paused": Status.PENDING, "Resolved": Status.RESOLVED}
"""What a status of the helpdesk's own counts as, by its category."""


def is_desk_user(user: str) -> bool:
	"""Whether this user works on the desk. (The helpdesk's own test answers for the session's user.)"""
	return (
		user == "Administrator"
		or not {AGENT, AGENT_MANAGER}.isdisjoint(frappe.get_roles(user))
		or bool(frappe.db.exists("HD Agent", user))
	)


def can_mail() -> bool:
	"""Whether the desk has an account to send from."""
	return bool(frappe.db.exists("Email Account", {"default_outgoing": 1, "enable_outgoing": 1}))


class FrappeStore:
	"""Tickets of the site. A change is put into the document and kept in the record when it is saved."""

	def ticket(self, name: str, *, for_update: bool = False) -> SiteTicket:
		return SiteTicket(frappe.get_doc(TICKET, name, for_update=for_update))

	def change_status(self, ticket: SiteTicket, change: StatusChange) -> None:
		put(ticket.doc, change)

	def follow_up_of(self, ticket: SiteTicket) -> SiteTicket | None:
		"""The ticket that goes on where this one ended: what it was merged into, or its follow-up."""
		doc = ticket.doc
		following = doc.get_merge_target() if doc.is_merged else doc.get(FOLLOW_UP)
		return self.ticket(following) if following and frappe.db.exists(TICKET, following) else None

	def open_follow_up(self, ticket: SiteTicket, at: datetime) -> SiteTicket:
		closed = ticket.doc
		with as_system():
			doc = frappe.new_doc(TICKET)
			doc.update({field: closed.get(field) for field in CARRIED_OVER})
			doc.set(FOLLOW_UP_OF, closed.name)
			doc.flags.update(cse_follow_up=True, cse_at=at)
			doc.insert(ignore_permissions=True, ignore_mandatory=True)
			closed.db_set(FOLLOW_UP, doc.name, notify=True)
		return SiteTicket(doc)

	def last_survey(self, ticket: SiteTicket) -> datetime | None:
		if not ticket.doc.contact:
			return None
		log, tickets = frappe.qb.DocType(STATUS_LOG), frappe.qb.DocType(TICKET)
		asked = (
			frappe.qb.from_(log)
			.join(tickets)
			.on(log.ticket == tickets.name)
			.select(log.survey_at)
			.where((log.survey == "Asked") & (tickets.contact == ticket.doc.contact))
			.orderby(log.survey_at, order=frappe.qb.desc)
			.limit(1)
		).run(pluck=True)
		return moment(asked[0]) if asked else None

	def survey(self, ticket: SiteTicket, at: datetime, *, asked: bool) -> None:
		asked = asked and can_mail()
		entry = {"survey": "Asked" if asked else "Left out", "survey_at": site_time(at)}
		frappe.db.set_value(STATUS_LOG, present_entry(ticket.name), entry, update_modified=False)
		if asked:
			ticket.doc.ask_satisfaction()


CARRIED_OVER = (
	"subject",
	"raised_by",
	"contact",
	"customer",
	"ticket_type",
	TICKET_PRODUCT,
	"priority",
	"agent_group",
	"template",
	"email_account",
	"via_customer_portal",
)
"""What a follow-up takes over from the ticket that it follows; its first message is the customer's."""


def put(doc: Any, change: StatusChange) -> None:
	"""Put a decided change into the document, with all that the helpdesk derives from a status."""
	doc.status = change.after.value
	doc.status_category = CATEGORY[change.after]
	resolved = change.after is Status.RESOLVED
	doc.set(CLOSES_AT, site_time(timing().close_due(change.at)) if resolved else None)
	doc.flags.cse_change = change


def begin(doc: Any, at: datetime, actor: str, cause: str = CREATED) -> None:
	"""Put a new ticket into its first status."""
	put(doc, StatusChange(at, None, Status.NEW, cause, actor))


def keep_record(doc: Any) -> None:
	"""Write the change that this save made, if any, into the ticket's record, and whose move it has become."""
	change: StatusChange | None = doc.flags.pop("cse_change", None)
	move: Move | None = doc.flags.pop("cse_move", None)
	waits_on = move.waits_on.value if move and move.waits_on else None
	log = frappe.qb.DocType(STATUS_LOG)
	if change is None:
		if move:
			frappe.qb.update(log).set(log.waiting_on, waits_on).where(
				(log.ticket == str(doc.name)) & log.left_at.isnull()
			).run()
		return
	at = site_time(change.at)
	if change.before:
		frappe.qb.update(log).set(log.left_at, at).where(
			(log.ticket == str(doc.name)) & log.left_at.isnull()
		).run()
	frappe.get_doc(
		{
			"doctype": STATUS_LOG,
			"ticket": str(doc.name),
			"at": at,
			"from_status": change.before.value if change.before else None,
			"to_status": change.after.value,
			"cause": change.cause,
			"actor": change.actor,
			"reason": change.reason,
			"waiting_on": waits_on,
		}
	).db_insert()


def forget(doc: Any) -> None:
	"""Take a ticket that is deleted out of its record, its import, and its chain of follow-ups."""
	for doctype in (STATUS_LOG, TICKET_IMPORT, TARGET, WORKAROUND):
		frappe.db.delete(doctype, {"ticket": str(doc.name)})
	for here, there in ((FOLLOW_UP_OF, FOLLOW_UP), (FOLLOW_UP, FOLLOW_UP_OF)):
		if doc.get(here):
			frappe.db.set_value(TICKET, doc.get(here), there, None, update_modified=False)


def present_entry(ticket: str) -> str | None:
	"""The name of the line of the record in which the ticket stands now."""
	return frappe.db.get_value(STATUS_LOG, {"ticket": str(ticket), "left_at": ("is", "not set")})


def recompute_closing(hours: int) -> None:
	"""Show on the resolved tickets when they close, after the hours were changed."""
	log, tickets = frappe.qb.DocType(STATUS_LOG), frappe.qb.DocType(TICKET)
	resolved = (
		frappe.qb.from_(log)
		.select(log.ticket, log.at)
		.where((log.to_status == Status.RESOLVED.value) & log.left_at.isnull())
	).run()
	for ticket, at in resolved:
		closes_at = site_time(Timing(close_after_hours=hours).close_due(moment(at)))
		frappe.qb.update(tickets).set(tickets[CLOSES_AT], closes_at).where(tickets.name == ticket).run()
