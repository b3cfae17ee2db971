"""A ticket's whole life over HTTP: real logins, real mail, the clock's job in a process of its own."""

from __future__ import annotations

import json
from email.message import EmailMessage
from typing import Any

import frappe
import pytest

from tests.e2e.desk import Desk, make_desk, run_the_clock
from tests.site.desk import parked_item

TICKETS = "/api/resource/HD Ticket"
API = "/api/method/crm_support_ext.api.ticket."


@pytest.fixture
def desk(on_site) -> Desk:
	return make_desk(on_site, "Bakkerij De Ochtend")


def ok(answer: Any) -> Any:
	"""What a request that went well answers."""
	assert answer.ok, answer.text
	body = answer.json()
	return body.get("data", body.get("message"))


def sentences(answer: Any) -> str:
	"""What a refused request says to a reader."""
	assert not answer.ok, answer.text
	said = json.loads(answer.json().get("_server_messages") or "[]")
	return " ".join(json.loads(message)["message"] for message in said)


def write_in_portal(customer: Any, ticket: str, message: str) -> None:
	"""What the portal's editor sends."""
	data = {"dt": "HD Ticket", "dn": ticket, "method": "create_communication_via_contact"}
	answer = customer.post(
		"/api/method/run_doc_method", json={**data, "args": json.dumps({"message": message})}
	)
	assert answer.ok, answer.text


def record(agent: Any, ticket: str) -> list[tuple[str | None, str, str]]:
	"""From, to and cause of every change, oldest first, as an agent reads them over REST."""
	params = {
		"filters": json.dumps({"ticket": ticket}),
		"fields": json.dumps(["from_status", "to_status", "cause"]),
		"order_by": "creation asc",
		"limit_page_length": 0,
	}
	rows = ok(agent.get("/api/resource/Ticket Status Log", params=params))
	return [(row["from_status"], row["to_status"], row["cause"]) for row in rows]


def text_of(message: EmailMessage) -> str:
	"""Every readable part of a mail."""
	return "\n".join(part.get_content() for part in message.walk() if part.get_content_maintype() == "text")


def test_a_ticket_walks_from_new_to_its_follow_up(desk, rest, mailbox, run_job):
	agent, customer = rest(desk.agent), rest(desk.customer)
	subject = f"Invoices are printed twice at {desk.company}"

	def status() -> str:
		return ok(agent.get(f"{TICKETS}/{ticket}"))["status"]

	def press(event: str, text: str = "", client: Any = agent) -> str:
		return ok(client.post(f"{API}act", json={"ticket": ticket, "event": event, "text": text}))["status"]

	def clock_after(hours: float) -> list[EmailMessage]:
		desk.let_pass(ticket, hours)
		run_the_clock()
		run_job("frappe.email.queue.flush")
		return [mail for mail in mailbox.to(desk.customer) if "/ticket-feedback/new" in text_of(mail)]

	new = {"subject": subject, "description": "Every invoice comes out of the printer twice."}
	made = customer.post("/api/method/helpdesk.helpdesk.doctype.hd_ticket.api.new", json={"doc": new})
	ticket = str(ok(made)["name"])
	assert status() == "New"

	assert press("taken_up") == status() == "Open"
	assert press("asked", "Which printer is it?\nAnd since when?\nThe <small> one?") == status() == "Pending"
	run_job("frappe.email.queue.flush")
	asked = mailbox.wait_for(
		lambda mail: desk.customer in mail["X-Recipients"] and "Which printer" in text_of(mail)
	)
	assert subject in asked["Subject"]
	with desk.on_site():
		filters = {"reference_name": ticket, "sent_or_received": "Sent"}
		said = frappe.get_all("Communication", filters, pluck="content", order_by="creation asc")
	assert said[0] == "Which printer is it?<br>And since when?<br>The &lt;small&gt; one?"

	write_in_portal(customer, ticket, "The one beside the oven.")
	assert status() == "Open"
	assert press("resolved", "Set the number of copies back to one.") == status() == "Resolved"

	assert clock_after(23.9) == []
	requests = clock_after(0.2)
	assert len(requests) == 1 and status() == "Resolved"
	key = ok(agent.get(f"{TICKETS}/{ticket}"))["key"]
	assert f"/ticket-feedback/new?key={key}" in text_of(requests[0])
	assert len(clock_after(23)) == 1 and status() == "Resolved"
	assert len(clock_after(1)) == 1 and status() == "Closed"
	assert len(clock_after(0)) == 1

	assert record(agent, ticket) == [
		(None, "New", "created"),
		("New", "Open", "taken_up"),
		("Open", "Pending", "asked"),
		("Pending", "Open", "customer_replied"),
		("Open", "Resolved", "resolved"),
		("Resolved", "Closed", "timer"),
	]

	follow_up = desk.mail(f"Re: {subject} (#{ticket})", "It prints twice again since this morning.")
	assert follow_up != ticket and status() == "Closed"
	following = ok(customer.get(f"{TICKETS}/{follow_up}"))
	assert (following["status"], following["cse_follow_up_of"]) == ("New", ticket)
	assert "again since this morning" in following["description"]
	assert ok(customer.get(f"{TICKETS}/{ticket}"))["cse_follow_up"] == follow_up
	assert record(agent, follow_up) == [(None, "New", "follow_up")]

	write_in_portal(customer, ticket, "And the delivery notes as well.")
	assert desk.mail(f"Re: {subject} (#{follow_up})", "The labels too.") == follow_up
	assert desk.count("HD Ticket", cse_follow_up_of=ticket) == 1
	assert desk.count("Communication", reference_name=follow_up, sent_or_received="Received") == 3
	assert status() == "Closed"


def test_who_follows_up_in_the_portal_stays_logged_in(desk, rest):
	ticket, customer = desk.ticket("Closed"), rest(desk.customer)

	write_in_portal(customer, ticket, "It is back.")

	assert ok(customer.get("/api/method/frappe.auth.get_logged_user")) == desk.customer
	follow_up = ok(customer.get(f"{TICKETS}/{ticket}"))["cse_follow_up"]
	write_in_portal(customer, follow_up, "And worse.")
	assert ok(customer.get(f"{TICKETS}/{follow_up}"))["description"] == "It is back."


def test_a_ticket_by_mail_gets_a_receipt_with_its_number(desk, mailbox, on_site, run_job):
	with on_site():
		frappe.db.set_single_value("HD Settings", "send_acknowledgement_email", 1)
	try:
		ticket = desk.mail("Nothing prints", "The printer stays silent.")
	finally:
		with on_site():
			frappe.db.set_single_value("HD Settings", "send_acknowledgement_email", 0)
	run_job("frappe.email.queue.flush")

	receipt = mailbox.wait_for(lambda mail: desk.customer in mail["X-Recipients"])

	assert f"#{ticket}" in receipt["Subject"] + text_of(receipt)


def test_a_status_that_does_not_exist_is_refused(desk, rest):
	ticket, agent = desk.ticket("Open"), rest(desk.agent)

	answer = agent.put(f"{TICKETS}/{ticket}", json={"status": "Waiting", "subject": "Changed"})

	assert answer.status_code == 417
	assert "Could not find" in sentences(answer) and "Waiting" in sentences(answer)
	assert desk.get(ticket, "status", "subject") == ("Open", "The import stops halfway")
	assert len(record(agent, ticket)) == 2


def test_a_status_of_the_helpdesks_own_is_taken_for_the_nearest(desk, rest):
	ticket, agent = desk.ticket("Open"), rest(desk.agent)

	assert ok(agent.put(f"{TICKETS}/{ticket}", json={"status": "Replied"}))["status"] == "Pending"
	assert record(agent, ticket)[-1] == ("Open", "Pending", "asked")


def test_an_agent_cannot_close_at_once(desk, rest):
	ticket, agent = desk.ticket("Open"), rest(desk.agent)

	answer = agent.put(f"{TICKETS}/{ticket}", json={"status": "Closed", "subject": "Changed"})

	assert answer.status_code in (403, 417)
	assert "Resolve" in sentences(answer)
	assert desk.get(ticket, "status", "subject") == ("Open", "The import stops halfway")
	assert len(record(agent, ticket)) == 2


def test_a_status_that_needs_a_reason_and_an_item_takes_them_from_the_fields(desk, rest):
	ticket, agent = desk.ticket("Open"), rest(desk.agent)

	refused = agent.put(f"{TICKETS}/{ticket}", json={"status": "Parked"})
	assert refused.status_code == 417 and "needs a reason" in sentences(refused)
	assert desk.get(ticket, "status") == "Open"

	written = {"status": "Parked", "cse_reason": "A new field"}
	refused = agent.put(f"{TICKETS}/{ticket}", json=written)
	assert refused.status_code == 417 and "in the field cse_parked_item" in sentences(refused)
	assert desk.get(ticket, "status") == "Open"

	with desk.on_site():
		written["cse_parked_item"] = parked_item()
	assert ok(agent.put(f"{TICKETS}/{ticket}", json=written))["status"] == "Parked"
	assert record(agent, ticket)[-1] == ("Open", "Parked", "parked")


def test_a_customer_cannot_write_what_is_the_desks(desk, rest):
	ticket, customer = desk.ticket("Open"), rest(desk.customer)

	answer = customer.put(f"{TICKETS}/{ticket}", json={"priority": "Urgent", "subject": "Changed"})

	assert answer.status_code == 403
	assert "Priority" in sentences(answer) and "support desk" in sentences(answer)
	assert desk.get(ticket, "priority") != "Urgent"
	assert desk.get(ticket, "subject") == "The import stops halfway"


def test_what_is_not_possible_now_says_what_is(desk, rest):
	ticket = desk.ticket("Closed")
	for user in (desk.agent, desk.customer):
		answer = rest(user).put(f"{TICKETS}/{ticket}", json={"status": "Open"})
		assert "follow-up" in sentences(answer)
	assert desk.get(ticket, "status") == "Closed"
	assert desk.count("HD Ticket", cse_follow_up_of=ticket) == 0
