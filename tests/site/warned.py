"""Shared by the tests of warnings: tickets that run out of time, the minute's jobs, and what people were told."""

from __future__ import annotations

import email
import email.policy
import json
import re
from typing import Any, NamedTuple

import frappe

from crm_support_ext.constants import TARGET, TARGET_WARNING, TICKET, WARNING_RECIPIENT
from crm_support_ext.tasks import warning_sms, warnings
from tests.factories import make_agent
from tests.site.desk import AGENT, CUSTOMER, MANAGER, people, reply
from tests.site.desk import ticket_in as any_ticket_in

BEN = "ben@desk.example"
TEAM = "Desk of the warnings"
NUMBERS = {AGENT: "+31600000001", BEN: "+31600000002", MANAGER: "+31600000003"}


def staff() -> None:
	"""Two agents and the manager of their team, each with a mobile number."""
	people()
	forget_others()
	make_agent(BEN)
	for user, number in NUMBERS.items():
		frappe.db.set_value("User", user, "mobile_no", number)
	if not frappe.db.exists("HD Team", TEAM):
		frappe.get_doc(
			{"doctype": "HD Team", "name": TEAM, "team_name": TEAM, "cse_manager": MANAGER}
		).db_insert()
	frappe.db.set_value(
		"Support Calendar", "Office hours", {"country": None, "time_zone": "Europe/Amsterdam"}
	)
	frappe.clear_document_cache("Support Calendar", "Office hours")
	frappe.db.value_cache.clear()


def forget_others() -> None:
	"""What earlier tests left for good on this site is nothing to warn of, and was never said."""
	for doctype in (TARGET_WARNING, WARNING_RECIPIENT):
		frappe.db.delete(doctype)
	frappe.db.delete("Email Queue", {"reference_doctype": TARGET_WARNING})
	frappe.db.set_value(TARGET, {"next_warning_at": (">", "2000-01-01")}, "next_warning_at", None)


def without_number(*users: str) -> None:
	"""Nobody can reach these by SMS; the framework copies the number of a user into the contact."""
	for doctype, field in (("User", "name"), ("Contact", "user")):
		frappe.db.set_value(doctype, {field: ("in", users)}, "mobile_no", None)


def ticket(
	*assignees: str, tier: str = "I", answered: bool = False, status: str = "New", **fields: Any
) -> Any:
	"""A ticket of the team's in this tier, held by these; ``answered``: the customer has heard from us."""
	made = any_ticket_in(status, priority=tier, **fields)
	held = {"agent_group": TEAM, "_assign": json.dumps(assignees) if assignees else None}
	frappe.db.set_value(TICKET, made.name, held, update_modified=False)
	if answered:
		reply(made, to=fields.get("raised_by", CUSTOMER))
	made.reload()
	return made


def run() -> None:
	"""The two jobs of a minute."""
	warnings.run()
	warning_sms.run()


class Mail(NamedTuple):
	"""A mail that was queued: to whom, of what kind, about which tickets; subject, text and link."""

	to: str
	kind: str
	tickets: tuple[str, ...]
	subject: str
	html: str
	link: str


def mails() -> list[Mail]:
	"""The warnings that were queued, oldest first."""
	rows = frappe.get_all(
		"Email Queue",
		filters={"message": ("like", "%cse-target-warning%")},
		fields=["name", "message"],
		order_by="creation asc, name asc",
	)
	return [_mail(row) for row in rows]


def _mail(row: Any) -> Mail:
	message = email.message_from_string(row.message, policy=email.policy.default)
	body = message.get_body(preferencelist=("html",))
	html = body.get_content()
	to = frappe.get_all("Email Queue Recipient", filters={"parent": row.name}, pluck="recipient")
	assert len(to) == 1
	link = re.search(r'href="([^"]*/support/warning[^"]*)"', html)
	tickets = tuple(re.findall(r"/helpdesk/tickets/(\d+)", html))
	if not link:
		kind = "digest"
	else:
		kind = "manager" if "did not acknowledge" in html else "at once"
	return Mail(to[0], kind, tickets, message["Subject"], html, link[1] if link else "")


def warnings_of(made: Any) -> dict[tuple[str, int], Any]:
	"""The rows of a ticket's warnings by clock and percentage."""
	rows = frappe.get_all(TARGET_WARNING, filters={"ticket": str(made.name)}, fields=["*"])
	return {(row.clock, row.percent): row for row in rows}


def target_of(made: Any) -> Any:
	"""The ticket's row of Ticket Target."""
	return frappe.db.get_value(TARGET, str(made.name), "*", as_dict=True)


def key_in(text: str) -> str:
	"""The key of the link in a mail or an SMS."""
	return re.search(r"/support/warning\?key=(\w+)", text)[1]
