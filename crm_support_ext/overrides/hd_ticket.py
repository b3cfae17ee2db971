"""What must be decided before the helpdesk's own HD Ticket code has saved anything.

Everything else joins the ticket by handlers/hd_ticket.py. Each method here is a seam of the stock class:
the status that a reply leads to, who may write, the two ways in which a reply arrives.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.utils import get_url
from helpdesk.helpdesk.doctype.hd_settings.helpers import get_default_email_content
from helpdesk.helpdesk.doctype.hd_ticket.hd_ticket import HDTicket

from crm_support_ext.constants import CAN_GO_ON, ORIGIN, STATUSES, TICKET, WAY_AROUND
from crm_support_ext.domain.intake import EVENT, Origin, origin_of
from crm_support_ext.domain.lifecycle import Actor, Event, Status, decide, meant_by
from crm_support_ext.domain.tiers import tier_by_answers
from crm_support_ext.messages import protected
from crm_support_ext.permissions import actor, not_the_customers
from crm_support_ext.services.follow_ups import place_for
from crm_support_ext.store.frappe import FrappeStore, SiteTicket, can_mail, now
from crm_support_ext.store.senders import ReceivedMessage, is_from_machine


class SupportTicket(HDTicket):
	"""A ticket whose status only the table of the life cycle moves."""

	@property
	def default_open_status(self) -> str:
		"""The status of a new ticket, and what the stock code sets when a reply finds no agent's answer."""
		return Status.NEW.value if self.is_new() else self._status_after_reply()

	@property
	def ticket_reopen_status(self) -> str:
		"""What the stock code sets when a reply finds an agent's answer."""
		return self._status_after_reply()

	def _status_after_reply(self) -> str:
		ticket = SiteTicket(self)
		outcome = decide(ticket.status, self.flags.cse_event or Event.MACHINE_REPLIED)
		return outcome.value if isinstance(outcome, Status) else self.status

	def set_priority(self) -> None:
		"""Let the answers to the two questions give the tier, unless somebody chose one in the same save."""
		before, answers = self.get_doc_before_save(), (self.get(CAN_GO_ON), self.get(WAY_AROUND))
		chosen = self.priority != (before.priority if before else None)
		answered = before is None or answers != (before.get(CAN_GO_ON), before.get(WAY_AROUND))
		if all(answers) and answered and not chosen:
			can_go_on, way_around = (answer == "Yes" for answer in answers)
			self.priority = tier_by_answers(can_go_on=can_go_on, way_around=way_around)
		super().set_priority()

	def check_update_perms(self) -> None:
		"""Refuse a customer's write to what is the desk's; put the desk's own defaults into a customer's new ticket.

		Replaces the stock check, which bars a customer from a ticket once it is rated.
		"""
		if self.flags.cse_event or actor() is not Actor.CUSTOMER:
			return
		fields = not_the_customers(self)
		if not fields:
			return
		if not self.is_new():
			protected([_(self.meta.get_label(field)) for field in fields])
		fresh = frappe.new_doc(TICKET)
		self.update({field: fresh.get(field) for field in fields})

	def on_communication_update(self, c) -> None:
		"""File a message once, when it is made; what it means for the status is in its origin.

		The stock class does so at every save of the message, so that an old one reopens a ticket; of later
		saves only the one counts that brings the text of the ticket's first mail.
		"""
		origin = Origin(c.get(ORIGIN) or Origin.CUSTOMER)
		first = c.flags.in_insert
		if origin is Origin.COPY or c.flags.cse_told or (self.description and not first):
			return  # what was told is in the save that came before (store/answers.py)
		if c.sent_or_received == "Received":
			if self.description and origin is not Origin.CUSTOMER:
				return
			self.flags.cse_event = EVENT[origin] if first else Event.MACHINE_REPLIED
		elif self.is_merged or c.communication_type == "Automated Message":
			return
		else:
			self.flags.cse_event = self._event_of_own_reply()
			self.flags.cse_replied = True
			self.flags.cse_words = bool(c.recipients)  # a split's note goes to nobody
		super().on_communication_update(c)

	def _event_of_own_reply(self) -> Event:
		"""A reply, or what HD Settings says that a reply also means (``auto_update_status``)."""
		after = frappe.db.get_single_value("HD Settings", "update_status_to")
		if not frappe.db.get_single_value("HD Settings", "auto_update_status") or after not in STATUSES:
			return Event.REPLIED
		event = meant_by(SiteTicket(self).status, Status(after), Actor.AGENT)
		return Event.ASKED if event is Event.ASKED else Event.REPLIED

	@frappe.whitelist()
	def create_communication_via_contact(
		self,
		message: str,
		attachments: list[dict] | None = None,
		new_ticket: bool = False,
	) -> None:
		"""A message in the portal; on a closed ticket it is the first of its follow-up, or joins the one there is."""
		if attachments is None:
			attachments = []
		if not new_ticket:
			place = place_for(FrappeStore(), SiteTicket(self), now()).doc
			if place.name != self.name:
				first = not place.description
				return place.create_communication_via_contact(message, attachments, new_ticket=first)
			words = frappe._dict(sender=frappe.session.user, content=message)
			self.flags.cse_event = EVENT[origin_of(ReceivedMessage(words, self))]
		super().create_communication_via_contact(message, attachments, new_ticket)

	def handle_email_feedback(self) -> None:
		"""Not at a change of status: the timer asks, 24 hours after the resolution (services/timers.py)."""

	def ask_satisfaction(self) -> None:
		"""Mail the helpdesk's own satisfaction request, with its key and page, for portal and mail tickets alike."""
		url = f"{get_url()}/ticket-feedback/new?key={self.key}"
		last = self.get_last_communication()
		self._queue_mail(
			f"Re: {self.subject}",
			"feedback_email_content",
			"share_feedback",
			"hd-email-feedback",
			last,
			url=url,
		)

	def send_acknowledgement_email(self) -> None:
		"""Queue the acknowledgement that bears the number.

		The stock class sends it at once, so that a mail server which is down holds up the ticket, and it
		answers machines too.
		"""
		if can_mail() and not is_from_machine():
			subject = _("Ticket #{0}: We've received your request").format(self.name)
			self._queue_mail(
				subject, "acknowledgement_email_content", "acknowledgement", "hd-acknowledgement"
			)

	def _queue_mail(
		self, subject: str, setting: str, template: str, mark: str, answers: Any = None, **values: str
	) -> None:
		if frappe.flags.cse_history:
			return  # what comes in from an old desk is nobody's news
		content = frappe.db.get_single_value("HD Settings", setting)
		frappe.sendmail(
			recipients=[self.raised_by],
			subject=subject,
			message=self._get_rendered_template(content, get_default_email_content(template), values),
			reference_doctype=TICKET,
			reference_name=self.name,
			in_reply_to=answers.name if answers else None,
			expose_recipients="header",
			email_headers={"X-Auto-Generated": mark, "Auto-Submitted": "auto-generated"},
		)
