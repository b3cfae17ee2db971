"""Escalation on a site: out and back, the mail with a party, and that a customer sees nothing of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import frappe
import pytest
from frappe.core.doctype.communication.email import make as write
from helpdesk.helpdesk.doctype.hd_ticket.api import get_one, merge_ticket
from helpdesk.overrides.email_account import CustomInboundMail

from crm_support_ext.api.ticket import act, actions
from tests.factories import make
from tests.site.desk import (
	AGENT,
	COLLEAGUE,
	CUSTOMER,
	MANAGER,
	STRANGER,
	happen,
	mail,
	mailbox,
	people,
	receive,
	ticket_in,
)

HOSTING = "noc@hosting.example"
SECRET = "The disk of CRM03 was full; their invoice is late."
ASKED = {
	"reason": "Reads are slow, and ours are not.",
	"question": "Is the disk of CRM03 full?\nSince when?",
	"involvement": "Knows",
}


@pytest.fixture(autouse=True)
def desk():
	people()
	frappe.db.set_single_value("HD Settings", "skip_email_workflow", 0)
	frappe.db.delete("Email Queue")
	make("Escalation Party", party_name="Hosting BV", line="Hosting provider", email=HOSTING, language="en")
	make("Escalation Party", party_name="Parts & Co", line="Supplier", email="parts@supplier.example")
	make("Escalation Party", party_name="Development", line="Development", user=MANAGER)


@pytest.fixture
def agent(as_user):
	with as_user(AGENT):
		yield


def escalate(ticket: Any, party: str = "Hosting BV", **values: Any) -> Any:
	"""Send a ticket to a party as its agent; the escalation."""
	before = frappe.session.user
	frappe.set_user(AGENT)
	answer = act(str(ticket.name), "escalated", "", {"party": party, **ASKED, **values})
	frappe.set_user(before)
	return frappe.get_doc("Ticket Escalation", answer["escalation"])


def come_back(ticket: Any, party: str = "Hosting BV", answer: str = "It was.") -> None:
	act(str(ticket.name), "returned", "", {"party": party, "answer": answer})


def line_of(ticket: Any) -> str:
	return frappe.db.get_value("HD Ticket", ticket.name, "cse_waiting_on").split(", since")[0]


def recorded(ticket: Any) -> list[tuple[str, str]]:
	rows = frappe.get_all(
		"Ticket Status Log",
		filters={"ticket": str(ticket.name)},
		fields=["to_status", "waiting_on"],
		order_by="creation asc",
	)
	return [(row.to_status, row.waiting_on) for row in rows]


def queued() -> list[Any]:
	"""The mails to parties; the customer's receipt is another matter."""
	fields = ["name", "message", "reference_doctype", "reference_name"]
	return frappe.get_all("Email Queue", {"reference_doctype": "Ticket Escalation"}, fields)


def filed(ticket: Any) -> list[str]:
	"""The messages that were received on a ticket."""
	filters = {"reference_name": str(ticket.name), "sent_or_received": "Received"}
	return frappe.get_all("Communication", {"reference_doctype": "HD Ticket", **filters}, pluck="content")


def bells(ticket: Any, user: str = AGENT) -> list[str]:
	filters = {"reference_ticket": str(ticket.name), "user_to": user, "notification_type": "Reaction"}
	return frappe.get_all("HD Notification", filters=filters, pluck="message", order_by="creation asc")


def assigned(status: str = "Open", **fields: Any) -> Any:
	ticket = ticket_in(status, **fields)
	ticket.assign_agent(AGENT)
	ticket.reload()
	return ticket


# Out and back


def test_a_ticket_goes_out_and_waits_for_the_party(agent):
	ticket = ticket_in("Open")
	escalation = escalate(ticket, chosen_by_customer=1)
	assert (escalation.ticket, escalation.party, escalation.line) == (
		str(ticket.name),
		"Hosting BV",
		"Hosting provider",
	)
	assert escalation.went_at and not escalation.came_back_at
	assert (escalation.who, escalation.chosen_by_customer, escalation.involvement) == (AGENT, 1, "Knows")
	assert line_of(ticket) == "the hosting provider"
	assert recorded(ticket)[-1] == ("Open", "a third party")
	assert frappe.db.get_value("HD Ticket", ticket.name, "status") == "Open"


def test_it_comes_back_with_an_answer_and_waits_on_whom_the_status_says(agent):
	ticket = ticket_in("Open")
	escalation = escalate(ticket)
	come_back(ticket, answer="It was. <b>Cleaned.</b>")
	escalation.reload()
	assert escalation.came_back_at and escalation.answer.startswith("It was.")
	assert line_of(ticket) == "us"
	assert recorded(ticket)[-1] == ("Open", "us")
	rows = [row["event"] for row in actions(str(ticket.name))["actions"]]
	assert "returned" not in rows and "escalated" in rows


@pytest.mark.parametrize(
	("status", "out", "back"),
	[
		("New", "the hosting provider", "us"),
		("Pending", "the customer", "the customer"),
		("Parked", "the hosting provider", "the product"),
		("Resolved", "", ""),
	],
)
def test_whose_move_it_is_follows_in_every_status(agent, status, out, back):
	ticket = ticket_in(status)
	escalate(ticket)
	assert (
		line_of(ticket) if out else frappe.db.get_value("HD Ticket", ticket.name, "cse_waiting_on") or ""
	) == out
	come_back(ticket)
	assert (line_of(ticket) if back else "") == back


def test_a_change_of_status_while_it_is_out_keeps_the_party_and_its_time(agent, frozen_time):
	with frozen_time("2026-03-02 09:00") as clock:
		ticket = ticket_in("New")
		escalate(ticket)
		clock.tick(3600)
		happen(ticket, "taken_up")
	line = frappe.db.get_value("HD Ticket", ticket.name, "cse_waiting_on")
	assert line.startswith("the hosting provider, since 2026-03-02 09:00")
	assert recorded(ticket)[-1] == ("Open", "a third party")


@pytest.mark.parametrize(
	("involvement", "line"),
	[
		("Not told", "a third party"),
		("Knows", "the hosting provider"),
		("Was asked to contact the party", "the hosting provider, whom the customer was asked to contact"),
		("Will be contacted by the party", "the hosting provider, who will write to the customer"),
	],
)
def test_the_ticket_shows_how_the_customer_is_involved(agent, involvement, line):
	ticket = ticket_in("Open")
	escalate(ticket, involvement=involvement)
	assert line_of(ticket) == line


def test_several_parties_are_named_by_kind_and_never_by_name(agent):
	ticket = ticket_in("Open")
	escalate(ticket)
	escalate(ticket, "Parts & Co")
	assert line_of(ticket) == "the hosting provider, the supplier"
	come_back(ticket)
	assert line_of(ticket) == "the supplier"


def test_our_own_lines_are_us_and_hear_of_it_by_the_bell(agent):
	ticket = ticket_in("Open")
	before = frappe.db.get_value("HD Ticket", ticket.name, "cse_waiting_on")
	escalate(ticket, "Development")
	assert frappe.db.get_value("HD Ticket", ticket.name, "cse_waiting_on") == before
	assert bells(ticket, MANAGER) == ["escalated this ticket to you"]
	assert queued() == []


def test_a_team_hears_of_it_one_by_one(agent):
	make("HD Team", team_name="Second line", users=[{"user": MANAGER}, {"user": AGENT}])
	make("Escalation Party", party_name="2nd line", line="2nd line", team="Second line")
	ticket = ticket_in("Open")
	escalate(ticket, "2nd line")
	assert len(bells(ticket, MANAGER)) == 1 and not bells(ticket, AGENT)


def test_a_party_has_a_ticket_once_at_a_time(agent):
	ticket = ticket_in("Open")
	escalate(ticket)
	with pytest.raises(frappe.ValidationError, match=r"Hosting BV has ticket .* already"):
		escalate(ticket)
	assert frappe.db.count("Ticket Escalation", {"ticket": str(ticket.name)}) == 1


def test_closed_is_final(agent):
	ticket = ticket_in("Open")
	escalate(ticket)
	happen(ticket, "merged")
	offered = [row["event"] for row in actions(str(ticket.name))["actions"]]
	assert "escalated" not in offered and "returned" not in offered and "escalations" in offered
	for event in ("escalated", "returned"):
		with pytest.raises(frappe.ValidationError):
			act(str(ticket.name), event, "", {"party": "Hosting BV", **ASKED})


def test_what_is_out_goes_along_with_a_merge(agent):
	source, target = assigned("New"), assigned("Open", subject="The same once more")
	escalation = escalate(source)
	merge_ticket(str(source.name), str(target.name))
	escalation.reload()
	assert escalation.ticket == str(target.name)
	assert line_of(target) == "the hosting provider"
	come_back(target)
	assert line_of(target) == "us"


def test_a_merge_into_a_closed_ticket_leaves_it_where_it_is(agent):
	source, target = assigned("New"), assigned("Open", subject="The same once more")
	escalation = escalate(source)
	happen(target, "merged")
	merge_ticket(str(source.name), str(target.name))
	escalation.reload()
	assert escalation.ticket == str(source.name)


def test_an_escalation_stays_as_it_went_out(agent):
	escalation = escalate(ticket_in("Open"))
	escalation.came_back_at = escalation.went_at
	with pytest.raises(frappe.ValidationError, match="stays as it went out"):
		escalation.save()


def test_an_escalation_goes_with_its_ticket_and_its_mail_with_it(agent):
	ticket = ticket_in("Open")
	escalation = escalate(ticket)
	frappe.set_user("Administrator")
	frappe.delete_doc("HD Ticket", ticket.name)
	assert not frappe.db.exists("Ticket Escalation", escalation.name)
	assert not frappe.db.exists("Communication", {"reference_name": escalation.name})


def test_a_party_that_cannot_be_reached_is_refused():
	with pytest.raises(frappe.ValidationError, match="cannot be reached"):
		make("Escalation Party", party_name="Nobody", line="Supplier", user=AGENT)


# Where a kind of ticket goes


def first_choice(ticket: Any) -> str:
	return asked_for_party(ticket)["default"]


def asked_for_party(ticket: Any) -> Any:
	row = next(row for row in actions(str(ticket.name))["actions"] if row["event"] == "escalated")
	return next(field for field in row["fields"] if field["name"] == "party")


def ticket_about(kind: str, software: str = "") -> Any:
	name = f"{kind} {software}".strip().title()
	make("HD Ticket Type", name=name, cse_kind=kind, cse_software=software)
	return ticket_in("Open", ticket_type=name, customer="Bakkerij De Ochtend")


def look_after(**people: Any) -> None:
	frappe.db.set_value(
		"HD Customer", "Bakkerij De Ochtend", {f"cse_{who}": user for who, user in people.items()}
	)


def test_a_wish_goes_to_who_makes_the_software(agent):
	assert first_choice(ticket_about("wish")) == "Development"
	make("Escalation Party", party_name="Maker Inc", line="Manufacturer", email="dev@maker.example")
	assert first_choice(ticket_about("extension", "standard software")) == "Maker Inc"
	assert first_choice(ticket_about("fault")) == ""


def test_a_complaint_goes_to_the_account_manager_and_of_a_new_customer_to_the_client_manager(agent):
	ticket = ticket_about("complaint")
	assert first_choice(ticket) == ""
	assert "goes to the account manager, and the customer has none" in asked_for_party(ticket)["label"]
	look_after(account_manager=MANAGER, customer_since="2020-01-01")
	assert first_choice(ticket) == f"user:{MANAGER}"
	look_after(client_manager=AGENT)
	assert first_choice(ticket) == f"user:{MANAGER}"
	look_after(customer_since=frappe.utils.today())
	assert first_choice(ticket) == f"user:{AGENT}"


def test_who_looks_after_a_customer_is_a_party_when_first_chosen(agent):
	look_after(account_manager=MANAGER, customer_since="2020-01-01")
	for ticket in (ticket_about("complaint"), ticket_about("licence")):
		escalation = escalate(ticket, f"user:{MANAGER}")
		assert (escalation.line, escalation.email) == ("Account management", MANAGER)
		assert line_of(ticket) == "us"
		assert bells(ticket, MANAGER) == ["escalated this ticket to you"]
	assert frappe.db.count("Escalation Party", {"user": MANAGER, "line": "Account management"}) == 1


def test_a_customers_manager_does_not_write_who_looks_after_them(as_user):
	look_after(account_manager=MANAGER)
	customer = frappe.get_doc("HD Customer", "Bakkerij De Ochtend")
	customer.contacts[0].is_manager = 1
	customer.save()
	with as_user(CUSTOMER):
		customer = frappe.get_doc("HD Customer", "Bakkerij De Ochtend")
		customer.update(
			{"cse_account_manager": AGENT, "cse_customer_since": "2026-03-02", "domain": "bakkerij.example"}
		)
		customer.save(ignore_permissions=True)
	customer.reload()
	assert (customer.cse_account_manager, customer.cse_customer_since) == (MANAGER, None)
	assert customer.domain == "bakkerij.example"


# What we write


def test_the_question_is_mailed_and_nothing_else_of_the_ticket(agent):
	ticket = ticket_in("Open", description="Our secret project Falcon stopped.")
	escalation = escalate(ticket)
	(row,) = queued()
	assert (row.reference_doctype, row.reference_name) == ("Ticket Escalation", escalation.name)
	message = row.message.replace("=\n", "")
	assert HOSTING in frappe.get_all("Email Queue Recipient", {"parent": row.name}, pluck="recipient")
	assert f"[{escalation.name}] Is the disk of CRM03 full?" in message
	for said in ("Since when?", f"Please keep {escalation.name} in the subject"):
		assert said in message
	for kept in ("Falcon", "Reads are slow", CUSTOMER, f"#{ticket.name}"):
		assert kept not in message


def test_a_desk_that_does_not_mail_keeps_the_thread(agent):
	frappe.db.set_single_value("HD Settings", "skip_email_workflow", 1)
	escalation = escalate(ticket_in("Open"))
	assert queued() == []
	assert frappe.db.count("Communication", {"reference_name": escalation.name}) == 1


def test_markup_in_a_question_stays_text(agent):
	escalation = escalate(ticket_in("Open"), question="<script>alert(1)</script> & why?")
	content = frappe.db.get_value("Communication", {"reference_name": escalation.name}, "content")
	assert "<script" not in content and "&lt;script&gt;" in content


def test_a_party_that_may_write_to_the_customer_is_told_whom(agent):
	escalate(ticket_in("Open"), involvement="Will be contacted by the party")
	assert CUSTOMER in queued()[0].message


def test_a_letter_from_the_escalations_page_bears_the_code_and_comes_from_the_desk(agent):
	escalation = escalate(ticket_in("Open"))
	made = write(
		"Ticket Escalation", escalation.name, "And now?", "And now?", recipients=HOSTING, send_email=False
	)
	letter = frappe.get_doc("Communication", made["name"])
	account = frappe.db.get_value("Email Account", {"default_outgoing": 1}, "email_id")
	assert letter.subject == f"[{escalation.name}] And now?"
	assert letter.sender == account and letter.sender_full_name == "Agnes"


@pytest.mark.parametrize("where", ["recipients", "cc", "bcc"])
@pytest.mark.parametrize("address", [CUSTOMER, COLLEAGUE])
def test_the_customer_is_never_written_to_in_the_partys_thread(agent, where, address):
	escalation = escalate(ticket_in("Open", customer="Bakkerij De Ochtend"))
	addresses = {"recipients": HOSTING, where: address}
	with pytest.raises(frappe.ValidationError, match="customer's address"):
		write("Ticket Escalation", escalation.name, "See below", "See below", send_email=False, **addresses)


# What the party writes


def answer_of_party(escalation: Any, subject: str = "Re: disk", sender: str = HOSTING, **headers: str) -> Any:
	return receive(mail(sender, subject, SECRET, **headers))


def sent_mail_id(escalation: Any) -> str:
	filters = {"reference_name": escalation.name, "sent_or_received": "Sent"}
	return f"<{frappe.db.get_value('Communication', filters, 'message_id')}>"


def expect_on_escalation(communication: Any, escalation: Any, ticket: Any) -> None:
	assert (communication.reference_doctype, communication.reference_name) == (
		"Ticket Escalation",
		escalation.name,
	)
	assert not [content for content in filed(ticket) if SECRET in (content or "")]
	assert not frappe.db.exists("HD Ticket", {"raised_by": HOSTING})
	assert frappe.db.get_value("Ticket Escalation", escalation.name, "came_back_at") is None


def test_a_reply_is_known_by_its_headers(agent):
	ticket = assigned()
	escalation = escalate(ticket)
	frappe.set_user("Administrator")
	communication = answer_of_party(escalation, "Quite another subject", In_Reply_To=sent_mail_id(escalation))
	expect_on_escalation(communication, escalation, ticket)
	assert communication.cse_origin == "Party"


def test_a_reply_is_known_by_the_references(agent):
	ticket = assigned()
	escalation = escalate(ticket)
	frappe.set_user("Administrator")
	message = mail(
		"someone.else@hosting.example", "Disk", SECRET, References=f"<x@y.example> {sent_mail_id(escalation)}"
	)
	communication = CustomInboundMail(message.as_bytes(), mailbox()).process()
	expect_on_escalation(communication, escalation, ticket)


@pytest.mark.parametrize(
	"subject",
	[
		"Re: [{code}] Is the disk of CRM03 full?",
		"AW: disk ({code}) #{ticket}",
		"#{ticket} {code}",
		"Disk (#{code})",
	],
)
@pytest.mark.parametrize("sender", [HOSTING, STRANGER])
def test_a_reply_without_headers_is_known_by_the_code(agent, subject, sender):
	ticket = assigned()
	escalation = escalate(ticket)
	frappe.set_user("Administrator")
	tickets, before = frappe.db.count("HD Ticket"), filed(ticket)
	subject = subject.format(code=escalation.name, ticket=ticket.name)
	communication = answer_of_party(escalation, subject, sender)
	expect_on_escalation(communication, escalation, ticket)
	assert communication.cse_origin == ("Party" if sender == HOSTING else "Stranger")
	assert frappe.db.count("HD Ticket") == tickets
	assert filed(ticket) == before


@pytest.mark.parametrize(
	"subject", ["Re: Is the disk of CRM03 full?", "Your question", "About #{ticket}", "Re: {title}"]
)
def test_a_reply_without_headers_and_code_is_known_by_its_sender(agent, subject):
	ticket = assigned()
	escalation = escalate(ticket)
	frappe.set_user("Administrator")
	tickets = frappe.db.count("HD Ticket")
	communication = answer_of_party(escalation, subject.format(ticket=ticket.name, title=ticket.subject))
	expect_on_escalation(communication, escalation, ticket)
	assert frappe.db.count("HD Ticket") == tickets


def test_of_a_sender_with_two_escalations_the_subject_or_the_number_decides(agent):
	first, second = assigned(), assigned(subject="The printer is on fire")
	one, other = escalate(first), escalate(second, question="Certificate of CRM04?")
	frappe.set_user("Administrator")
	assert answer_of_party(one, "RE: Certificate of CRM04?").reference_name == other.name
	assert answer_of_party(one, f"About #{first.name}").reference_name == one.name
	neither = answer_of_party(one, "Maintenance on Sunday")
	assert neither.reference_doctype == "HD Ticket"
	assert frappe.db.get_value("HD Ticket", neither.reference_name, "raised_by") == HOSTING


def test_a_mail_of_a_party_that_has_nothing_is_its_own_ticket(agent):
	ticket = assigned()
	escalate(ticket)
	come_back(ticket)
	frappe.set_user("Administrator")
	communication = receive(mail(HOSTING, "Maintenance on Sunday", "All night."))
	assert frappe.db.get_value("HD Ticket", communication.reference_name, "raised_by") == HOSTING


def test_a_late_reply_to_what_came_back_stays_with_its_escalation(agent):
	ticket = assigned()
	escalation = escalate(ticket)
	come_back(ticket)
	frappe.set_user("Administrator")
	communication = answer_of_party(escalation, f"Re: #{ticket.name}")
	assert communication.reference_name == escalation.name


def test_the_customers_own_mail_stays_on_the_ticket_whoever_else_they_are(agent):
	ticket = assigned("Pending")
	frappe.db.set_value("Escalation Party", "Hosting BV", "email", CUSTOMER)
	escalate(ticket)
	frappe.set_user("Administrator")
	communication = receive(mail(CUSTOMER, f"Re: {ticket.subject} #{ticket.name}", "It is version 9."))
	assert (communication.reference_doctype, communication.reference_name) == ("HD Ticket", ticket.name)
	assert frappe.db.get_value("HD Ticket", ticket.name, "status") == "Open"


def test_an_unknown_code_is_no_code(agent):
	frappe.set_user("Administrator")
	communication = receive(mail(STRANGER, "Re: [ESC-00000000] Hello", "Hello?"))
	assert communication.reference_doctype == "HD Ticket"


def test_the_bell_rings_for_the_assignee_and_the_mail_ends_nothing(agent):
	ticket = assigned()
	escalation = escalate(ticket)
	frappe.set_user("Administrator")
	answer_of_party(escalation, f"Re: [{escalation.name}]")
	assert bells(ticket) == ["Hosting BV wrote about the escalation"]
	assert line_of(ticket) == "the hosting provider"
	assert not frappe.db.exists(
		"HD Notification", {"user_to": CUSTOMER, "reference_ticket": str(ticket.name)}
	)


def test_without_an_assignee_the_bell_rings_for_who_escalated(agent):
	ticket = ticket_in("Open")
	escalation = escalate(ticket)
	frappe.set_user("Administrator")
	answer_of_party(escalation, f"Re: [{escalation.name}]", STRANGER)
	assert bells(ticket) == [f"{STRANGER}, who is not known to be of Hosting BV, wrote about the escalation"]


@pytest.mark.parametrize("header", [{"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}])
def test_a_partys_automatic_reply_changes_nothing(agent, header):
	ticket = assigned("Parked")
	escalation = escalate(ticket)
	before = frappe.get_doc("HD Ticket", ticket.name).as_dict()
	frappe.set_user("Administrator")
	communication = answer_of_party(escalation, f"Out of office: [{escalation.name}]", **header)
	expect_on_escalation(communication, escalation, ticket)
	assert communication.cse_origin == "Machine"
	assert bells(ticket) == []
	assert frappe.get_doc("HD Ticket", ticket.name).as_dict() == before


def test_a_question_that_did_not_arrive_rings_the_bell(agent):
	ticket = assigned()
	escalation = escalate(ticket)
	frappe.set_user("Administrator")
	answer_of_party(
		escalation,
		f"Undeliverable: [{escalation.name}]",
		"postmaster@hosting.example",
		X_Failed_Recipients=HOSTING,
	)
	assert bells(ticket) == ["What we wrote to Hosting BV did not arrive"]


def test_html_from_outside_is_sanitised(agent):
	ticket = assigned()
	escalation = escalate(ticket)
	frappe.set_user("Administrator")
	message = mail(HOSTING, f"Re: [{escalation.name}]", "plain")
	message.add_alternative(
		"<p onclick='x()'>It <b>was</b>.<script>alert(1)</script><img src=x onerror=alert(2)>"
		"<a href='javascript:alert(3)'>here</a><iframe src='https://evil.example'></iframe></p>",
		subtype="html",
	)
	content = frappe.db.get_value("Communication", receive(message).name, "content")
	assert "was" in content
	for bad in ("<script", "onerror", "onclick", "javascript:", "<iframe"):
		assert bad not in content.lower()
	frappe.set_user(AGENT)
	row = next(row for row in actions(str(ticket.name))["actions"] if row["event"] == "returned")
	offered = next(field for field in row["fields"] if field["name"] == "answer")["default"]
	assert offered.startswith("It was.") and "<b>" not in offered


def test_attachments_stay_private_and_with_the_escalation(agent, as_user):
	ticket = assigned()
	escalation = escalate(ticket)
	frappe.set_user("Administrator")
	message = mail(HOSTING, f"Re: [{escalation.name}]", SECRET)
	message.add_attachment(b"df -h", maintype="text", subtype="plain", filename="disk.txt")
	communication = receive(message)
	file = frappe.get_doc("File", {"file_name": ("like", "disk%")})
	assert (file.is_private, file.attached_to_doctype, file.attached_to_name) == (
		1,
		"Communication",
		communication.name,
	)
	with as_user(AGENT):
		assert file.has_permission("read")
	with as_user(CUSTOMER):
		assert not file.has_permission("read")


# What the customer sees


def test_the_customer_reads_nothing_of_it(agent, as_user):
	ticket = assigned(customer="Bakkerij De Ochtend")
	escalation = escalate(ticket)
	frappe.set_user("Administrator")
	communication = answer_of_party(escalation, f"Re: [{escalation.name}]")
	secrets = (escalation.name, "Hosting BV", HOSTING, "CRM03", "invoice", "Reads are slow")
	with as_user(CUSTOMER):
		seen = [
			frappe.as_json(get_one(str(ticket.name), is_customer_portal=True)),
			frappe.as_json(frappe.get_doc("HD Ticket", ticket.name).as_dict()),
			frappe.as_json(actions(str(ticket.name))),
			frappe.as_json(frappe.get_list("HD Ticket", fields=["*"])),
		]
		for text in seen:
			for secret in secrets:
				assert secret not in text
		for doctype, name in (
			("Ticket Escalation", escalation.name),
			("Escalation Party", "Hosting BV"),
			("Communication", communication.name),
		):
			assert not frappe.has_permission(doctype, "read", doc=name)
		for doctype in ("Ticket Escalation", "Escalation Party"):
			with pytest.raises(frappe.PermissionError):
				frappe.get_list(doctype)
		assert not {"escalated", "returned", "escalations"} & {
			row["event"] for row in actions(str(ticket.name))["actions"]
		}
		for event in ("escalated", "returned"):
			with pytest.raises((frappe.PermissionError, frappe.ValidationError)):
				act(str(ticket.name), event, "", {"party": "Hosting BV", **ASKED})


def test_no_portal_role_has_a_permission():
	for doctype in ("Ticket Escalation", "Escalation Party"):
		roles = {row.role for row in frappe.get_meta(doctype).permissions}
		assert roles == {"System Manager", "Agent Manager", "Agent"}


def test_neither_the_question_nor_the_answer_is_mailed_to_the_customer(agent):
	ticket = assigned()
	escalation = escalate(ticket)
	frappe.set_user("Administrator")
	communication = answer_of_party(escalation, f"Re: [{escalation.name}]")
	communication.send_email(is_inbound_mail_communcation=True)
	mails = {row.name: row.message for row in frappe.get_all("Email Queue", fields=["name", "message"])}
	rows = frappe.get_all("Email Queue Recipient", fields=["parent", "recipient"])
	assert {row.recipient for row in rows if escalation.name in mails.get(row.parent, "")} == {HOSTING, AGENT}
	theirs = [mails.get(row.parent, "") for row in rows if row.recipient == CUSTOMER]
	assert not [mail for mail in theirs if "CRM03" in mail or "invoice" in mail]


def test_two_parties_read_nothing_of_each_other(agent):
	ticket = assigned()
	one, other = escalate(ticket), escalate(ticket, "Parts & Co")
	frappe.set_user("Administrator")
	assert answer_of_party(one, f"#{ticket.name}").reference_name == one.name
	answer = receive(mail("parts@supplier.example", f"#{ticket.name}", "Not ours."))
	assert answer.reference_name == other.name


# What it costs


def test_a_plain_save_asks_nothing_and_a_change_of_status_once(agent):
	ticket = ticket_in("Open")
	assert asked_by(lambda: frappe.get_doc("HD Ticket", ticket.name).save()) == 0
	assert asked_by(lambda: happen(ticket, "asked")) == 0
	assert asked_by(lambda: happen(ticket, "taken_up")) == 1


def asked_by(work: Callable[[], Any]) -> int:
	"""How often the escalations of a ticket were asked for."""
	asked: list[str] = []
	original = frappe.db.sql

	def counted(query: Any, *args: Any, **kwargs: Any) -> Any:
		asked.append(str(query))
		return original(query, *args, **kwargs)

	frappe.db.sql = counted
	try:
		work()
	finally:
		frappe.db.sql = original
	return len([query for query in asked if "involvement" in query])
