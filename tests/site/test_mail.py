"""Mail as RFC 822 through the framework's own intake: whose words move a ticket, and where a closed thread goes on."""

from __future__ import annotations

import frappe
import pytest

from tests.factories import make, make_customer
from tests.site.desk import (
	ACKNOWLEDGEMENT,
	AGENT,
	COLLEAGUE,
	CUSTOMER,
	STRANGER,
	happen,
	mail,
	mails,
	people,
	receive,
	record_of,
	reply,
	status_of,
	ticket_in,
)


@pytest.fixture(autouse=True, scope="module")
def desk(site):
	people()


def answer(ticket, text="It happens again, see below.", sender=CUSTOMER, **headers):
	return receive(mail(sender, f"Re: {ticket.subject} (#{ticket.name})", text, **headers))


def tickets():
	return frappe.db.count("HD Ticket")


def test_a_mail_becomes_a_new_ticket_with_its_text():
	message = receive(mail(CUSTOMER, "Nothing prints", "The printer stays silent."))
	ticket = frappe.get_doc("HD Ticket", message.reference_name)
	assert status_of(ticket) == ("New", "Open")
	assert "stays silent" in ticket.description
	assert record_of(ticket) == [(None, "New", "created")]
	assert ticket.customer == "Bakkerij De Ochtend"


@pytest.mark.parametrize(
	("before", "after"),
	[("New", "New"), ("Open", "Open"), ("Pending", "Open"), ("Parked", "Parked"), ("Resolved", "Open")],
)
@pytest.mark.parametrize("answered", [True, False])
def test_the_customers_reply_moves_the_ticket_as_the_table_says(before, after, answered):
	ticket = ticket_in(before)
	if answered:
		frappe.get_doc(
			{
				"doctype": "Communication",
				"communication_type": "Communication",
				"sent_or_received": "Sent",
				"subject": "Re",
				"content": "hello",
				"reference_doctype": "HD Ticket",
				"reference_name": ticket.name,
			}
		).db_insert()
	lines = len(record_of(ticket))
	answer(ticket)
	assert status_of(ticket)[0] == after
	assert len(record_of(ticket)) == lines + (before != after)


@pytest.mark.parametrize(
	"headers",
	[
		{"Auto_Submitted": "auto-replied"},
		{"Auto_Submitted": "auto-generated; owner=kees"},
		{"Precedence": "bulk"},
		{"Precedence": "Junk"},
		{"Return_Path": "<>"},
		{"X_Autoreply": "yes"},
		{"X_Auto_Response_Suppress": "All", "X_MS_Exchange_Inbox_Rules_Loop": CUSTOMER},
	],
)
@pytest.mark.parametrize("status", ["Pending", "Resolved", "Closed"])
def test_a_machines_mail_is_filed_and_moves_nothing(status, headers):
	ticket, before = ticket_in(status), tickets()
	message = answer(ticket, "I am out of the office until Monday.", **headers)
	assert message.reference_name == str(ticket.name)
	assert status_of(ticket)[0] == status and tickets() == before
	assert "automatic" in activity(ticket)


def test_a_bounce_is_a_machines_mail():
	ticket = ticket_in("Resolved")
	message = mail("MAILER-DAEMON@mx.example", f"Undelivered: #{ticket.name}", "550 no such user")
	message.replace_header("Content-Type", 'multipart/report; report-type="delivery-status"; boundary="b"')
	message.set_payload("--b\nContent-Type: text/plain\n\n550 no such user\n--b--\n")
	receive(message)
	assert status_of(ticket)[0] == "Resolved"


def test_a_mail_that_says_it_is_no_machines_is_none():
	ticket = ticket_in("Pending")
	answer(ticket, Auto_Submitted="no")
	assert status_of(ticket)[0] == "Open"


@pytest.mark.parametrize("status", ["Pending", "Resolved", "Closed"])
def test_a_stranger_who_quotes_a_number_moves_nothing_and_hears_nothing(status):
	ticket, before = ticket_in(status), tickets()
	frappe.get_doc("HD Ticket", ticket.name).assign_agent(AGENT)
	queued = frappe.db.count("Email Queue")
	message = answer(ticket, "I have the same problem!", sender=STRANGER)
	assert message.reference_name == str(ticket.name)
	assert status_of(ticket)[0] == status and tickets() == before
	assert STRANGER in activity(ticket)
	assert frappe.db.exists(
		"HD Notification",
		{"reference_ticket": ticket.name, "user_to": AGENT, "message": ("like", f"%{STRANGER}%")},
	)
	assert frappe.db.count("Email Queue") == queued


def test_a_colleague_at_the_customers_is_no_stranger():
	ticket = ticket_in("Pending")
	answer(ticket, sender=COLLEAGUE)
	assert status_of(ticket)[0] == "Open"


def test_neither_is_someone_of_the_customers_domain_or_who_was_written_to():
	make_customer("Slagerij Noord").db_set("domain", "slagerij.example")
	of_domain, written_to = ticket_in("Pending", customer="Slagerij Noord"), ticket_in("Pending")
	answer(of_domain, sender="jan@slagerij.example")
	reply(written_to, to="supplier@elsewhere.example")
	answer(written_to, sender="supplier@elsewhere.example")
	assert status_of(of_domain)[0] == status_of(written_to)[0] == "Open"


@pytest.mark.parametrize("status", ["New", "Pending", "Resolved", "Closed"])
def test_an_agents_own_mail_is_the_agents(status):
	ticket, before = ticket_in(status), tickets()
	answer(ticket, "For our file.", sender=AGENT)
	assert status_of(ticket)[0] == status and tickets() == before


@pytest.mark.parametrize(
	"text",
	[
		"Thanks!",
		"Hi Agnes,\n\nThank you very much, it works.\n\nKind regards,\nKees",
		"Hartelijk dank!\n\nMet vriendelijke groet,\nKees Jansen\nBakkerij De Ochtend",
		"Tusen takk for hjelpen :-)\n\nMvh Kari",
		"Ok, bedankt\n\n> Op 3 maart schreef Agnes:\n> Probeer het nog eens?",
	],
)
def test_thanks_for_an_answer_reopen_nothing(text):
	ticket = ticket_in("Resolved")
	answer(ticket, text)
	assert status_of(ticket)[0] == "Resolved"
	assert "thanks" in activity(ticket)


@pytest.mark.parametrize(
	"text", ["Thanks, but it still fails.", "It works not.", "Thanks. And the other printer?"]
)
def test_more_than_thanks_reopens(text):
	ticket = ticket_in("Resolved")
	answer(ticket, text)
	assert status_of(ticket)[0] == "Open"


def test_thanks_before_the_answer_are_a_reply():
	ticket = ticket_in("Pending")
	answer(ticket, "Thanks!")
	assert status_of(ticket)[0] == "Open"


def test_the_list_of_thanks_is_the_administrators():
	settings = frappe.get_doc("CRM Support Settings")
	settings.append("thanks_phrases", {"phrase": "You rock"})
	settings.save()
	ticket = ticket_in("Resolved")
	answer(ticket, "You rock!")
	assert status_of(ticket)[0] == "Resolved"


def test_a_reply_to_a_closed_ticket_by_number_makes_a_follow_up():
	make("HD Team", team_name="Second line", users=[{"user": AGENT}])
	ticket, before = ticket_in("Closed", via_customer_portal=0, agent_group="Second line"), tickets()
	message = answer(ticket)
	assert status_of(ticket)[0] == "Closed" and tickets() == before + 1
	following = frappe.get_doc("HD Ticket", message.reference_name)
	assert status_of(following) == ("New", "Open")
	assert following.cse_follow_up_of == ticket.name
	assert frappe.db.get_value("HD Ticket", ticket.name, "cse_follow_up") == following.name
	assert (following.raised_by, following.contact, following.customer) == (
		CUSTOMER,
		ticket.contact,
		ticket.customer,
	)
	assert following.agent_group == "Second line" and "happens again" in following.description
	assert record_of(following) == [(None, "New", "follow_up")]
	messages = frappe.get_all(
		"Communication", filters={"reference_name": following.name}, pluck="sent_or_received"
	)
	assert messages == ["Received"]


def test_one_thread_gives_one_follow_up():
	first = ticket_in("New", via_customer_portal=0)
	question = receive(mail(CUSTOMER, f"Re: #{first.name}", "More about it."))
	happen(first, "resolved")
	happen(first, "force_closed")
	before = tickets()
	second = answer(first).reference_name
	by_number = answer(first, "And one thing more.").reference_name
	by_thread = receive(
		mail(CUSTOMER, "Re: another subject", "By the old thread.", In_Reply_To=f"<{question.message_id}>")
	).reference_name
	assert second == by_number == by_thread and tickets() == before + 1
	happen(frappe.get_doc("HD Ticket", second), "force_closed")
	third = answer(first, "Still.").reference_name
	assert third not in (first.name, second) and tickets() == before + 2
	assert frappe.db.get_value("HD Ticket", third, "cse_follow_up_of") == second


def test_a_reply_joins_the_follow_up_as_a_reply():
	first = ticket_in("Closed")
	following = frappe.get_doc("HD Ticket", answer(first).reference_name)
	happen(following, "asked")
	answer(first, "Here is what you asked.")
	assert status_of(following) == ("Open", "Open")


def test_an_attachment_goes_along():
	ticket = ticket_in("Closed")
	message = mail(CUSTOMER, f"Re: #{ticket.name}", "See the file.")
	message.add_attachment(b"a;b\n", maintype="text", subtype="csv", filename="lines.csv")
	filed = receive(message)
	assert filed.reference_name != ticket.name
	assert frappe.db.exists("File", {"attached_to_name": filed.name, "file_name": ("like", "lines%.csv")})


def test_a_saved_old_message_moves_nothing():
	ticket = ticket_in("Pending")
	message = answer(ticket)
	happen(ticket, "resolved")
	frappe.get_doc("Communication", message.name).save()
	assert status_of(ticket)[0] == "Resolved"


def receipts(message):
	return mails(ACKNOWLEDGEMENT, message.reference_name)[message.reference_name]


def test_the_receipt_bears_the_number():
	frappe.db.set_single_value("HD Settings", "send_acknowledgement_email", 1)
	message = receive(mail(CUSTOMER, "Nothing prints", "The printer stays silent."))
	(receipt,) = receipts(message)
	assert f"#{message.reference_name}" in receipt and "Auto-Submitted" in receipt


def test_a_call_that_an_agent_enters_has_a_receipt_too(as_user):
	frappe.db.set_single_value("HD Settings", "send_acknowledgement_email", 1)
	with as_user(AGENT):
		called = make(
			"HD Ticket", subject="A call", description="x", raised_by=CUSTOMER, via_customer_portal=1
		)
	assert len(mails(ACKNOWLEDGEMENT, called.name)[str(called.name)]) == 1


def test_no_receipt_for_a_machine_and_none_without_an_account():
	message = receive(mail(CUSTOMER, "Out of office", "Until Monday.", Auto_Submitted="auto-replied"))
	assert not receipts(message)
	frappe.db.set_value("Email Account", {"default_outgoing": 1}, "default_outgoing", 0)
	message = receive(mail(CUSTOMER, "Nothing scans", "The scanner stays dark."))
	assert not receipts(message) and frappe.db.exists("HD Ticket", message.reference_name)


def activity(ticket) -> str:
	return " ".join(frappe.get_all("HD Ticket Activity", filters={"ticket": ticket.name}, pluck="action"))
