"""Every path into a ticket's status obeys the table of domain.md section 1."""

from __future__ import annotations

import frappe
import frappe.client
import pytest

from tests.factories import make_ticket
from tests.site.desk import (
	AGENT,
	CUSTOMER,
	MANAGER,
	happen,
	parked_item,
	people,
	record_of,
	reply,
	status_of,
	ticket_in,
)

STATUSES = ("New", "Open", "Pending", "Parked", "Resolved", "Closed")

# Written out here a second time, on purpose. "=" keeps the status, "-" is refused, "f" stays closed for a follow-up.
EVENTS = {
	"taken_up": ("Open", "=", "Open", "-", "Open", "-"),
	"replied": ("Open", "=", "=", "=", "=", "-"),
	"asked": ("Pending", "Pending", "=", "-", "-", "-"),
	"customer_replied": ("=", "=", "Open", "=", "Open", "f"),
	"machine_replied": ("=", "=", "=", "=", "=", "="),
	"parked": ("Parked", "Parked", "Parked", "=", "-", "-"),
	"unparked": ("-", "-", "-", "Open", "-", "-"),
	"resolved": ("Resolved", "Resolved", "Resolved", "Resolved", "=", "-"),
	"reopened": ("-", "-", "-", "-", "Open", "f"),
	"merged": ("Closed", "Closed", "Closed", "Closed", "Closed", "-"),
	"force_closed": ("Closed", "Closed", "Closed", "Closed", "Closed", "-"),
	"timer": ("-", "-", "-", "-", "Closed", "-"),
}

# What a bare write of the status does, given a reason: rows from, columns to.
BY_MANAGER = {
	"New": ("=", "Open", "Pending", "Parked", "Resolved", "Closed"),
	"Open": ("-", "=", "Pending", "Parked", "Resolved", "Closed"),
	"Pending": ("-", "Open", "=", "Parked", "Resolved", "Closed"),
	"Parked": ("-", "Open", "-", "=", "Resolved", "Closed"),
	"Resolved": ("-", "Open", "-", "-", "=", "Closed"),
	"Closed": ("-", "-", "-", "-", "-", "="),
}
BY_AGENT = {before: (*row[:5], "=" if before == "Closed" else "-") for before, row in BY_MANAGER.items()}
BY_CUSTOMER = {
	"New": ("=", "-", "-", "-", "Resolved", "Resolved"),
	"Open": ("-", "=", "-", "-", "Resolved", "Resolved"),
	"Pending": ("-", "-", "=", "-", "Resolved", "Resolved"),
	"Parked": ("-", "-", "-", "=", "Resolved", "Resolved"),
	"Resolved": ("-", "Open", "-", "-", "=", "="),
	"Closed": ("-", "-", "-", "-", "-", "="),
}
CATEGORY = dict(zip(STATUSES, ("Open", "Open", "Paused", "Paused", "Resolved", "Resolved"), strict=True))


@pytest.fixture(autouse=True, scope="module")
def desk(site):
	people()


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("status", STATUSES)
def test_an_event_in_a_status_does_what_the_table_says(status, event):
	ticket, said = ticket_in(status), EVENTS[event][STATUSES.index(status)]
	if said == "-":
		with pytest.raises(frappe.ValidationError) as refused:
			happen(ticket, event)
		assert str(ticket.name) in str(refused.value) and len(str(refused.value)) > 30
	else:
		happen(ticket, event)
	after = status if said in "=-f" else said
	assert status_of(ticket) == (after, CATEGORY[after])


@pytest.mark.parametrize(
	("user", "table"), [(AGENT, BY_AGENT), (MANAGER, BY_MANAGER), (CUSTOMER, BY_CUSTOMER)]
)
@pytest.mark.parametrize("after", STATUSES)
@pytest.mark.parametrize("before", STATUSES)
def test_a_written_status_does_what_it_stands_for(before, after, user, table, as_user):
	ticket, said = ticket_in(before), table[before][STATUSES.index(after)]
	written = {"status": after, "cse_reason": "a reason"}
	if after == "Parked" and user != CUSTOMER:
		written["cse_parked_item"] = parked_item()
	with as_user(user):
		if said == "-":
			with pytest.raises((frappe.ValidationError, frappe.PermissionError)):
				frappe.client.set_value("HD Ticket", ticket.name, written)
		elif not (user == CUSTOMER and before == "Closed"):
			frappe.client.set_value("HD Ticket", ticket.name, written)
	stands = before if said in "=-" else said
	assert status_of(ticket) == (stands, CATEGORY[stands])
	assert not frappe.db.get_value("HD Ticket", ticket.name, "cse_reason")


def test_a_save_obeys_as_a_write_does():
	ticket = ticket_in("Parked")
	ticket.status = "Pending"
	with pytest.raises(frappe.ValidationError, match="is Parked and cannot become Pending"):
		ticket.save()
	assert status_of(ticket) == ("Parked", "Paused")


@pytest.mark.parametrize("before", ["New", "Open", "Pending"])
def test_parking_needs_an_item(before, as_user):
	ticket = ticket_in(before)
	with as_user(AGENT), pytest.raises(frappe.ValidationError, match="choose or make one, or send its name"):
		frappe.client.set_value("HD Ticket", ticket.name, {"status": "Parked", "cse_reason": "a reason"})
	assert status_of(ticket)[0] == before


def test_a_parked_ticket_is_never_left_without_an_item():
	ticket = ticket_in("Parked")
	ticket.cse_parked_item = None
	with pytest.raises(frappe.ValidationError, match="A ticket is parked on a parked item"):
		ticket.save()


@pytest.mark.parametrize(("before", "after"), [("Open", "Parked"), ("Parked", "Open"), ("Open", "Closed")])
def test_some_changes_need_a_reason(before, after):
	ticket = ticket_in(before)
	with pytest.raises(frappe.ValidationError, match="needs a reason"):
		frappe.client.set_value("HD Ticket", ticket.name, "status", after)
	assert status_of(ticket)[0] == before


def test_a_status_that_does_not_exist_is_refused_by_name():
	ticket = ticket_in("Open")
	with pytest.raises(frappe.ValidationError, match="Bogus"):
		frappe.client.set_value("HD Ticket", ticket.name, "status", "Bogus")
	assert status_of(ticket) == ("Open", "Open")


def test_a_status_of_the_helpdesks_own_stands_for_the_nearest_of_the_six():
	"""The phone's menu still offers Replied, and scripts of before may write it."""
	ticket = ticket_in("Open")
	frappe.client.set_value("HD Ticket", ticket.name, "status", "Replied")
	assert status_of(ticket) == ("Pending", "Paused")
	assert record_of(ticket)[-1] == ("Open", "Pending", "asked")


def test_the_six_statuses_stay():
	with pytest.raises(frappe.ValidationError, match="stays enabled"):
		frappe.get_doc("HD Ticket Status", "Parked").update({"enabled": 0}).save()
	with pytest.raises(frappe.ValidationError, match="cannot be renamed"):
		frappe.rename_doc("HD Ticket Status", "Parked", "Shelved")
	frappe.delete_doc("HD Ticket Status", "Parked", force=True)
	assert frappe.db.get_value("HD Ticket Status", "Parked", ["category", "enabled"]) == ("Paused", 1)


@pytest.mark.parametrize("given", STATUSES)
def test_a_ticket_is_new_whatever_its_maker_says(given):
	ticket = make_ticket(status=given, raised_by=CUSTOMER)
	assert status_of(ticket) == ("New", "Open")


def test_the_record_tells_the_whole_walk(as_user):
	ticket = ticket_in("New")
	with as_user(AGENT):
		happen(ticket, "taken_up")
		reply(ticket)
		happen(ticket, "asked")
	with as_user(CUSTOMER):
		frappe.get_doc("HD Ticket", ticket.name).create_communication_via_contact("Yes, twice.")
	happen(ticket, "resolved")
	assert record_of(ticket) == [
		(None, "New", "created"),
		("New", "Open", "taken_up"),
		("Open", "Pending", "asked"),
		("Pending", "Open", "customer_replied"),
		("Open", "Resolved", "resolved"),
	]
	rows = frappe.get_all(
		"Ticket Status Log",
		filters={"ticket": ticket.name},
		fields=["at", "left_at", "actor"],
		order_by="creation",
	)
	assert [row.left_at for row in rows] == [row.at for row in rows[1:]] + [None]
	assert [row.actor for row in rows[1:4]] == [AGENT, AGENT, CUSTOMER]


def test_waiting_on_follows_the_status():
	ticket = ticket_in("New")
	lines = {}
	for event in ("taken_up", "asked", "parked", "resolved"):
		happen(ticket, event)
		lines[ticket.status] = ticket.cse_waiting_on
	assert lines["Open"].startswith("us, since 20")
	assert lines["Pending"].startswith("the customer, since 20")
	assert lines["Parked"].startswith("the product, since 20")
	assert not lines["Resolved"]


def test_an_agents_reply_or_comment_takes_a_new_ticket_up(as_user):
	replied, commented = ticket_in("New"), ticket_in("New")
	with as_user(AGENT):
		reply(replied)
		frappe.get_doc("HD Ticket", commented.name).new_comment("I look into it.")
	assert status_of(replied) == status_of(commented) == ("Open", "Open")
	assert record_of(replied)[-1] == ("New", "Open", "replied")


def test_a_reply_to_a_closed_ticket_is_refused_with_the_way_out():
	ticket = ticket_in("Closed")
	with pytest.raises(frappe.ValidationError, match="follow-up"):
		reply(ticket)


def test_a_reply_can_mean_that_we_wait():
	frappe.db.set_single_value("HD Settings", {"auto_update_status": 1, "update_status_to": "Pending"})
	asked, resolved = ticket_in("New"), ticket_in("Resolved")
	reply(asked)
	reply(resolved)
	assert record_of(asked)[1:] == [("New", "Pending", "asked")]
	assert status_of(resolved)[0] == "Resolved"


@pytest.mark.parametrize("event", ["asked", "parked"])
def test_a_pause_without_a_word_is_no_first_response(event):
	ticket = ticket_in("New")
	happen(ticket, event)
	assert ticket.first_responded_on is None
	ticket.subject = "Saved again"
	ticket.save()
	assert ticket.first_responded_on is None
	reply(ticket)
	assert frappe.db.get_value("HD Ticket", ticket.name, "first_responded_on")


def test_a_ticket_resolved_out_of_a_pause_is_answered():
	ticket = ticket_in("Parked")
	happen(ticket, "resolved")
	ticket.reload()
	assert ticket.first_responded_on and ticket.agreement_status == "Fulfilled"


def test_stock_auto_close_stays_off():
	settings = frappe.get_doc("HD Settings")
	settings.update({"auto_close_tickets": 1, "auto_close_status": "Pending", "auto_close_after_days": 1})
	settings.save()
	assert not frappe.db.get_single_value("HD Settings", "auto_close_tickets")
	assert "CRM Support Settings" in str(frappe.message_log)


def test_even_a_forced_auto_close_obeys(monkeypatch):
	from helpdesk.helpdesk.doctype.hd_ticket.hd_ticket import close_tickets_after_n_days

	ticket = ticket_in("Parked")
	frappe.db.set_single_value(
		"HD Settings", {"auto_close_tickets": 1, "auto_close_status": "Parked", "auto_close_after_days": 1}
	)
	frappe.db.set_value(
		"Communication",
		{"reference_name": ticket.name},
		"communication_date",
		"2020-01-01",
		update_modified=False,
	)
	close_tickets_after_n_days()
	assert status_of(ticket) == ("Parked", "Paused")
