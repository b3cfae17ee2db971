"""Merging and splitting: the copies that a merge makes are no replies, and a split begins anew."""

from __future__ import annotations

import frappe
import pytest
from helpdesk.helpdesk.doctype.hd_ticket.api import merge_ticket, split_ticket

from tests.site.desk import (
	CUSTOMER,
	mail,
	parked_item,
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


def told():
	"""An open ticket with words of the customer's, an agent's reply and an agent's comment."""
	ticket = ticket_in("Open")
	frappe.get_doc("HD Ticket", ticket.name).new_comment("Looks known.")
	reply(ticket, "Which version?")
	receive(mail(CUSTOMER, f"Re: #{ticket.name}", "Version 9."))
	return ticket


@pytest.mark.parametrize("status", ["New", "Pending", "Parked", "Resolved", "Closed"])
def test_a_merge_closes_the_source_and_leaves_the_target(status):
	source, target = told(), ticket_in(status)
	before = frappe.db.get_value("HD Ticket", target.name, ["last_customer_response", "first_responded_on"])
	tickets, lines = frappe.db.count("HD Ticket"), record_of(target)
	merge_ticket(str(source.name), str(target.name))
	assert status_of(source) == ("Closed", "Resolved")
	assert record_of(source)[-1] == ("Open", "Closed", "merged")
	assert status_of(target)[0] == status and record_of(target) == lines
	assert (
		frappe.db.get_value("HD Ticket", target.name, ["last_customer_response", "first_responded_on"])
		== before
	)
	assert frappe.db.count("HD Ticket") == tickets
	copied = frappe.get_all("Communication", filters={"reference_name": target.name}, pluck="content")
	assert any("Version 9" in content for content in copied)


def test_a_merged_ticket_stays_closed_when_replies_move_tickets():
	frappe.db.set_single_value("HD Settings", {"auto_update_status": 1, "update_status_to": "Pending"})
	source, target = told(), ticket_in("Open")
	merge_ticket(str(source.name), str(target.name))
	assert status_of(source)[0] == "Closed" and status_of(target)[0] == "Open"


@pytest.mark.parametrize("status", ["Closed", "Resolved"])
def test_what_is_final_stays_final(status):
	source, target = ticket_in(status), ticket_in("Open")
	if status == "Closed":
		with pytest.raises(frappe.ValidationError, match="final"):
			merge_ticket(str(source.name), str(target.name))
	else:
		merge_ticket(str(source.name), str(target.name))
		assert status_of(source)[0] == "Closed"


def test_words_to_a_merged_ticket_go_where_it_went(as_user):
	source, target = ticket_in("Open"), ticket_in("Pending")
	merge_ticket(str(source.name), str(target.name))
	message = receive(mail(CUSTOMER, f"Re: #{source.name}", "To the old number."))
	assert message.reference_name == str(target.name) and status_of(target)[0] == "Open"
	with as_user(CUSTOMER):
		frappe.get_doc("HD Ticket", source.name).create_communication_via_contact("In the portal too.")
	assert status_of(source)[0] == "Closed"
	assert frappe.db.exists("Communication", {"reference_name": target.name, "content": "In the portal too."})


def test_words_to_a_merged_ticket_whose_target_closed_make_a_follow_up_of_that():
	source, target = ticket_in("Open"), ticket_in("Open")
	merge_ticket(str(source.name), str(target.name))
	target.reload()
	target.update({"status": "Closed", "cse_reason": "done"})
	target.save()
	message = receive(mail(CUSTOMER, f"Re: #{source.name}", "And now?"))
	following = frappe.get_doc("HD Ticket", message.reference_name)
	assert following.cse_follow_up_of == target.name and status_of(following)[0] == "New"


@pytest.mark.parametrize("status", ["Open", "Parked", "Resolved"])
def test_a_split_begins_anew(status):
	ticket = ticket_in("Open")
	message = receive(mail(CUSTOMER, f"Re: #{ticket.name}", "And another thing."))
	if status != "Open":
		ticket.reload()
		ticket.update({"status": status, "cse_reason": "so", "cse_parked_item": parked_item()})
		ticket.save()
	frappe.db.set_value("HD Ticket", ticket.name, "cse_follow_up_of", "0001")
	name = split_ticket("Another thing", message.name)
	new = frappe.get_doc("HD Ticket", name)
	assert status_of(new) == ("New", "Open") and status_of(ticket)[0] == status
	assert record_of(new) == [(None, "New", "created")]
	assert (
		not new.cse_parked_item
		and not new.cse_follow_up_of
		and not new.cse_closes_at
		and new.cse_waiting_on.startswith("us")
	)
	assert new.ticket_split_from == ticket.name
