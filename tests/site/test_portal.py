"""The customer's side: what is the customer's to write, the portal's messages, Close, Reopen, follow-up."""

from __future__ import annotations

import frappe
import frappe.client
import pytest
from frappe.model import no_value_fields

from crm_support_ext.api import ticket as api
from tests.factories import make_contact, make_customer
from tests.site.desk import (
	AGENT,
	COLLEAGUE,
	CUSTOMER,
	parked_item,
	people,
	record_of,
	reply,
	status_of,
	ticket_in,
)

OWN = {"subject", "description", "attachment", "feedback", "feedback_rating", "feedback_extra"}
SAMPLES = {
	"Data": "written",
	"Small Text": "written",
	"Long Text": "written",
	"Text Editor": "<p>written</p>",
	"Attach": "/files/written.png",
	"Rating": 0.8,
	"Duration": 4711,
	"Date": "2001-02-03",
	"Time": "04:05:06",
	"Datetime": "2001-02-03 04:05:06",
	"Select": "Fulfilled",
}
LINKS = {
	"HD Ticket Priority": "Urgent",
	"HD Ticket Type": "Bug",
	"HD Team": "Billing",
	"HD Ticket Template": "Default",
	"HD Ticket Feedback Option": None,
	"HD Service Level Agreement": "Gold",
}


@pytest.fixture(autouse=True, scope="module")
def desk(site):
	people()


def fields_of_a_ticket():
	return [field for field in frappe.get_meta("HD Ticket").fields if field.fieldtype not in no_value_fields]


def test_a_customer_who_writes_every_field_keeps_only_the_own_ones(as_user):
	gold = frappe.copy_doc(frappe.get_doc("HD Service Level Agreement", "Default"))
	gold.update({"service_level": "Gold", "default_sla": 0, "condition": "doc.subject == 'never'"})
	gold.insert()
	ticket, other = ticket_in("Open"), ticket_in("Open")
	stayed, refused = set(), set()
	for field in fields_of_a_ticket():
		before = frappe.db.get_value("HD Ticket", ticket.name, field.fieldname)
		value = (0 if before else 1) if field.fieldtype == "Check" else sample(field, other)
		if value is None or field.fieldname == "status":
			continue
		assert str(before) != str(value), field.fieldname
		frappe.db.savepoint("field")
		with as_user(CUSTOMER):
			try:
				frappe.client.set_value("HD Ticket", ticket.name, field.fieldname, value)
			except (frappe.PermissionError, frappe.ValidationError) as error:
				refused.add(field.fieldname)
				assert str(error) or frappe.message_log
				frappe.db.rollback(save_point="field")
		if str(frappe.db.get_value("HD Ticket", ticket.name, field.fieldname)) != str(before):
			stayed.add(field.fieldname)
	assert stayed <= OWN and {"subject", "description"} <= stayed
	assert {
		"priority",
		"agent_group",
		"cse_waiting_on",
		"first_responded_on",
		"is_merged",
		"cse_follow_up_of",
	} <= refused


def sample(field, other):
	if field.fieldtype == "Link":
		if field.options == "HD Ticket":
			return other.name
		if field.options in LINKS:
			return LINKS[field.options]
		return (
			frappe.db.get_value(field.options, {"name": ("!=", "Bakkerij De Ochtend")})
			if field.options == "Contact"
			else None
		)
	return SAMPLES[field.fieldtype]


def test_the_refusal_names_the_field_and_writes_nothing_of_the_rest(as_user):
	ticket = ticket_in("Open")
	with as_user(CUSTOMER), pytest.raises(frappe.PermissionError, match=r"Priority.*support desk"):
		frappe.client.set_value("HD Ticket", ticket.name, {"subject": "Changed", "priority": "Urgent"})
	assert frappe.db.get_value("HD Ticket", ticket.name, "subject") == ticket.subject


def test_a_new_ticket_of_a_customer_has_the_desks_own_values(as_user):
	from helpdesk.helpdesk.doctype.hd_ticket.api import new

	with as_user(CUSTOMER):
		ticket = new(
			{
				"subject": "Mine",
				"description": "text",
				"priority": "Urgent",
				"status": "Parked",
				"first_responded_on": "2001-01-01 00:00:00",
				"cse_waiting_on": "nobody",
				"is_merged": 1,
			}
		)
	ticket.reload()
	assert status_of(ticket) == ("New", "Open")
	assert ticket.priority != "Urgent" and not ticket.first_responded_on and not ticket.is_merged
	assert ticket.cse_waiting_on.startswith("us")
	assert ticket.description == "text" and ticket.raised_by == CUSTOMER


def test_a_field_that_the_template_offers_is_the_customers(as_user):
	template = frappe.get_doc("HD Ticket Template", "Default")
	template.append("fields", {"fieldname": "priority"})
	template.save()
	ticket = ticket_in("Open")
	with as_user(CUSTOMER):
		frappe.client.set_value("HD Ticket", ticket.name, "priority", "Urgent")
	assert frappe.db.get_value("HD Ticket", ticket.name, "priority") == "Urgent"


@pytest.mark.parametrize("via_portal", [0, 1])
@pytest.mark.parametrize(
	("before", "after"),
	[("New", "New"), ("Open", "Open"), ("Pending", "Open"), ("Parked", "Parked"), ("Resolved", "Open")],
)
def test_a_message_in_the_portal_moves_the_ticket_as_the_table_says(before, after, via_portal, as_user):
	ticket = ticket_in(before, via_customer_portal=via_portal)
	lines = len(record_of(ticket))
	with as_user(CUSTOMER):
		frappe.get_doc("HD Ticket", ticket.name).create_communication_via_contact("It happens again.")
	assert status_of(ticket)[0] == after
	assert len(record_of(ticket)) == lines + (before != after)
	said = frappe.get_all(
		"Communication", filters={"reference_name": ticket.name, "content": ("like", "%again%")}
	)
	assert len(said) == 1


def test_the_assignee_hears_of_words_on_a_parked_ticket(as_user):
	ticket = ticket_in("Parked")
	frappe.get_doc("HD Ticket", ticket.name).assign_agent(AGENT)
	with as_user(CUSTOMER):
		frappe.get_doc("HD Ticket", ticket.name).create_communication_via_contact("Is it done yet?")
	assert frappe.db.exists(
		"HD Notification",
		{"reference_ticket": ticket.name, "user_to": AGENT, "message": ("like", "%parked%")},
	)


@pytest.mark.parametrize("via_portal", [0, 1])
def test_words_on_a_closed_ticket_make_a_follow_up_and_join_it(via_portal, as_user):
	ticket = ticket_in("Closed", via_customer_portal=via_portal)
	with as_user(CUSTOMER):
		frappe.get_doc("HD Ticket", ticket.name).create_communication_via_contact("It is back.")
		following = frappe.db.get_value("HD Ticket", {"cse_follow_up_of": ticket.name})
		assert following and frappe.has_permission("HD Ticket", "read", following)
		frappe.get_doc("HD Ticket", ticket.name).create_communication_via_contact("And worse.")
	assert status_of(ticket)[0] == "Closed"
	assert frappe.db.count("HD Ticket", {"cse_follow_up_of": ticket.name}) == 1
	said = frappe.get_all(
		"Communication", filters={"reference_name": following}, pluck="content", order_by="creation"
	)
	assert said == ["It is back.", "And worse."]
	assert frappe.db.get_value("HD Ticket", following, "description") == "It is back."
	assert frappe.db.get_value("HD Ticket", following, "raised_by") == CUSTOMER


def test_a_colleague_who_manages_may_go_on_with_a_closed_ticket(as_user):
	frappe.get_doc("User", COLLEAGUE).add_roles("HD Customer Manager")
	customer = frappe.get_doc("HD Customer", "Bakkerij De Ochtend")
	for member in customer.contacts:
		member.is_manager = 1
	customer.save()
	ticket = ticket_in("Closed")
	with as_user(COLLEAGUE):
		frappe.get_doc("HD Ticket", ticket.name).create_communication_via_contact("We still see it.")
	following = frappe.get_doc("HD Ticket", {"cse_follow_up_of": ticket.name})
	assert following.customer == "Bakkerij De Ochtend" and following.raised_by == CUSTOMER


@pytest.mark.parametrize("status", ["New", "Open", "Pending", "Parked"])
def test_close_in_the_portal_means_confirmed(status, as_user):
	ticket = ticket_in(status)
	with as_user(CUSTOMER):
		frappe.client.set_value("HD Ticket", ticket.name, "status", "Closed")
	assert status_of(ticket) == ("Resolved", "Resolved")
	assert record_of(ticket)[-1] == (status, "Resolved", "confirmed")
	assert frappe.db.get_value("HD Ticket", ticket.name, "cse_closes_at")


def test_close_with_a_rating_as_the_portal_does_it_and_still_reopen(as_user):
	ticket = ticket_in("Open")
	reply(ticket)
	option = frappe.db.get_value("HD Ticket Feedback Option", {})
	with as_user(CUSTOMER):
		frappe.client.set_value(
			"HD Ticket", ticket.name, {"status": "Closed", "feedback": option, "feedback_extra": "fine"}
		)
		assert status_of(ticket)[0] == "Resolved"
		frappe.get_doc("HD Ticket", ticket.name).create_communication_via_contact(
			"Oh no, it is back after all."
		)
	assert status_of(ticket)[0] == "Open"


def test_a_rating_by_the_mailed_link_moves_nothing(as_user):
	for status in ("Open", "Resolved", "Closed"):
		ticket = ticket_in(status)
		with as_user("Guest"):
			frappe.get_doc(
				{
					"doctype": "HD Email Feedback",
					"key": ticket.key,
					"feedback_rating": 0.8,
					"feedback_extra": "good",
				}
			).insert(ignore_permissions=True)
		assert status_of(ticket)[0] == status
		assert frappe.db.get_value("HD Ticket", ticket.name, "feedback_rating") == 0.8


def labels(ticket):
	return [row["event"] for row in api.actions(str(ticket.name))["actions"]]


def test_the_buttons_are_those_that_the_table_allows(as_user):
	expected = {
		"New": ["taken_up", "asked", "resolved", "parked"],
		"Open": ["asked", "resolved", "parked"],
		"Pending": ["taken_up", "resolved", "parked"],
		"Parked": ["unparked", "resolved"],
		"Resolved": ["reopened"],
		"Closed": ["follow_up"],
	}
	moves_nothing = {button.event for button in api.BUTTONS} - {"parked"}
	for status, events in expected.items():
		ticket = ticket_in(status)
		with as_user(AGENT):
			assert [event for event in labels(ticket) if event not in moves_nothing] == events
			assert ("escalated" in labels(ticket)) is (status != "Closed")
		with as_user(CUSTOMER):
			own = {"Resolved": ["reopened"], "Closed": ["follow_up"]}.get(status, [])
			assert [event for event in labels(ticket) if event not in moves_nothing] == own
			assert not {"escalated", "returned", "escalations"} & set(labels(ticket))


def test_the_buttons_do_what_they_say(as_user):
	ticket = ticket_in("New")
	name = str(ticket.name)
	with as_user(AGENT):
		assert api.act(name, "taken_up")["status"] == "Open"
		assert api.act(name, "asked", "Which version?")["status"] == "Pending"
		assert api.act(name, "parked", "Needs a new field", {"item": parked_item()})["status"] == "Parked"
		assert api.act(name, "unparked", "It was a setting")["status"] == "Open"
		assert api.act(name, "resolved", "Tick the box.")["status"] == "Resolved"
	with as_user(CUSTOMER):
		assert api.act(name, "reopened", "There is no box.")["status"] == "Open"
		for event in ("taken_up", "asked", "resolved", "force_closed"):
			with pytest.raises(frappe.PermissionError, match="not yours to do"):
				api.act(name, event, "I want it")
		with pytest.raises(frappe.ValidationError, match="“Park” is not possible"):
			api.act(name, "parked", "I want it", {"item": parked_item()})
		with pytest.raises(frappe.ValidationError, match="no button"):
			api.act(name, "merged")
	with as_user(AGENT):
		with pytest.raises(frappe.PermissionError, match="Only an Agent Manager"):
			api.act(name, "force_closed", "spam")
		with pytest.raises(frappe.ValidationError, match="what you want to know"):
			api.act(name, "asked", " ")
	sent = frappe.get_all(
		"Communication",
		filters={"reference_name": name, "sent_or_received": "Sent"},
		pluck="content",
		order_by="creation",
	)
	assert sent == ["Which version?", "Tick the box."]
	reasons = frappe.get_all(
		"Ticket Status Log", filters={"ticket": name}, pluck="reason", order_by="creation"
	)
	assert "Needs a new field" in reasons and "There is no box." in reasons
	said = frappe.get_all("Communication", filters={"reference_name": name, "content": "There is no box."})
	assert len(said) == 1


def test_nobody_else_may_press_them(as_user):
	make_customer("Slagerij Noord", make_contact("piet@slagerij.example").name)
	ticket = ticket_in("Resolved")
	for user in ("piet@slagerij.example", "Guest"):
		with as_user(user), pytest.raises(frappe.PermissionError):
			api.act(str(ticket.name), "reopened")
		with as_user(user), pytest.raises(frappe.PermissionError):
			api.record(str(ticket.name))
	assert status_of(ticket)[0] == "Resolved"


def test_follow_up_by_button(as_user):
	for user in (CUSTOMER, AGENT):
		ticket = ticket_in("Closed")
		with as_user(user):
			done = api.act(str(ticket.name), "follow_up", "It is back.")
		assert done["ticket"] != str(ticket.name) and done["status"] == "New"
		following = frappe.get_doc("HD Ticket", done["ticket"])
		assert (following.cse_follow_up_of, following.description) == (ticket.name, "It is back.")
		assert following.raised_by == CUSTOMER
	with as_user(AGENT), pytest.raises(frappe.ValidationError, match="follows up on this one already"):
		api.act(str(ticket.name), "follow_up", "Once more.")
	with as_user(CUSTOMER), pytest.raises(frappe.ValidationError, match="nothing was made"):
		api.act(str(ticket.name), "follow_up", "  ")


def test_a_deleted_ticket_leaves_its_chain(as_user):
	ticket = ticket_in("Closed")
	with as_user(CUSTOMER):
		name = api.act(str(ticket.name), "follow_up", "It is back.")["ticket"]
	frappe.delete_doc("HD Ticket", name)
	assert not frappe.db.get_value("HD Ticket", ticket.name, "cse_follow_up")
	assert not frappe.db.exists("Ticket Status Log", {"ticket": name})
	with as_user(CUSTOMER):
		assert api.act(str(ticket.name), "follow_up", "Once more.")["status"] == "New"


def test_the_customer_reads_the_record_without_who_and_why(as_user):
	ticket = ticket_in("Parked")
	with as_user(CUSTOMER):
		rows = api.record(str(ticket.name))
	assert [row.to_status for row in rows] == ["New", "Parked"]
	assert not {"actor", "reason"} & set(rows[0])


def test_the_customer_reads_statuses_in_the_customers_words():
	words = dict(frappe.get_all("HD Ticket Status", fields=["name", "label_customer"], as_list=True))
	assert words["Pending"] == "We wait for your answer"
	settings = frappe.get_doc("CRM Support Settings")
	settings.wording_language = "nl"
	settings.save()
	words = dict(frappe.get_all("HD Ticket Status", fields=["name", "label_customer"], as_list=True))
	assert words["Pending"] == "We wachten op uw antwoord"
	agents = set(words)
	assert not agents & {label for name, label in words.items() if label and label != name}


@pytest.mark.parametrize(("language", "label"), [("nl", "Vraag de klant"), ("nb", "Spør kunden")])
def test_buttons_and_sentences_speak_the_readers_language(language, label):
	ticket = ticket_in("Open")
	frappe.local.lang = language
	try:
		assert label in [row["label"] for row in api.actions(str(ticket.name))["actions"]]
		with pytest.raises(frappe.ValidationError) as refused:
			frappe.client.set_value("HD Ticket", ticket.name, "status", "New")
		assert "cannot become" not in str(refused.value) and f"#{ticket.name}" in str(refused.value)
	finally:
		frappe.local.lang = "en"
