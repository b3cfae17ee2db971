"""A ticket's hours and targets by its contract: counted by its calendar, counted again when it changes."""

from __future__ import annotations

from datetime import datetime, timedelta

import frappe
import pytest
from freezegun import freeze_time

from crm_support_ext.api import target as api
from crm_support_ext.constants import CONTRACT, TARGET, TICKET_PRODUCT
from crm_support_ext.domain.contracts import State
from crm_support_ext.store import contract_moves, recounting
from crm_support_ext.tasks import recounting as task
from tests.factories import make_customer, make_open_calendar, make_ticket
from tests.site.contracts import THE_CUSTOMER, active, draft, product
from tests.site.desk import AGENT, CUSTOMER, happen, people
from tests.site.warned import mails, run, staff, warnings_of
from tests.site.warned import ticket as held_ticket

MONDAY = datetime(2026, 3, 2, 9)
ALWAYS = "Round the clock"
HOURS = {"response_unit": "working hours", "target_unit": "working hours"}
OWN = {"tier": "II", "response_amount": 2, "target_amount": 8, **HOURS}
"""Tier II of a contract; the desk's own is 4 working hours and 2 working days."""


@pytest.fixture(autouse=True)
def desk():
	people()
	office_hours()
	make_open_calendar(ALWAYS)


def office_hours():
	frappe.db.set_value("Support Calendar", "Office hours", {"country": None, "time_zone": "UTC"})
	frappe.db.set_single_value("CRM Support Settings", "calendar", "Office hours")
	frappe.db.set_single_value("System Settings", "time_zone", "UTC")
	frappe.clear_cache()


def at(days=0, hours=0):
	return freeze_time(MONDAY + timedelta(days=days, hours=hours))


def monday(days=0, hours=0):
	return MONDAY + timedelta(days=days, hours=hours)


def ticket(**fields):
	fields = {"customer": THE_CUSTOMER, "raised_by": CUSTOMER, "via_customer_portal": 1, **fields}
	return frappe.get_doc("HD Ticket", make_ticket(priority="II", **fields).name)


def due(doc):
	row = frappe.get_doc(TARGET, str(doc.name))
	assert frappe.db.get_value("HD Ticket", doc.name, "resolution_by") == row.target_due
	return row.response_due, row.target_due


DESKS = monday(hours=4), monday(days=1, hours=8)
"""When a ticket of Monday at nine is due by the desk's own hours and targets."""


def test_a_ticket_without_a_contract_is_taken_and_counted_by_the_desks_hours():
	with at():
		assert due(ticket()) == DESKS


def test_a_ticket_is_counted_by_the_calendar_and_targets_of_its_contract():
	with at():
		active(calendar=ALWAYS, targets=[OWN])
		doc = ticket()
		assert due(doc) == (monday(hours=2), monday(hours=8))
	assert frappe.db.get_value(TARGET, str(doc.name), "calendar") == ALWAYS


def test_a_tier_that_the_contract_does_not_name_keeps_the_desks_targets():
	with at():
		active(targets=[OWN | {"tier": "I"}])
		assert due(ticket()) == DESKS


def test_another_customers_ticket_and_another_products_keep_the_desks_hours():
	make_customer("Nordlys Regnskap AS")
	with at():
		active(calendar=ALWAYS, product=product("Insight"))
		assert due(ticket(customer="Nordlys Regnskap AS")) == DESKS
		assert due(ticket(**{TICKET_PRODUCT: product("Journal")})) == DESKS
		assert due(ticket(**{TICKET_PRODUCT: "Insight"})) != DESKS


def test_a_ticket_keeps_the_contract_of_the_day_on_which_it_came():
	with at():
		active(end="2026-03-02", targets=[OWN])
		doc = ticket()
	with at(days=1):
		happen(doc, "taken_up")
		assert due(doc) == (monday(hours=2), monday(hours=8))
		assert due(ticket()) == (monday(days=1, hours=4), monday(days=2, hours=8))


def test_a_promise_rests_on_the_targets_of_the_contract():
	with at():
		active(targets=[OWN])
		assert frappe.db.get_value("HD Ticket", ticket().name, "cse_next_update") == monday(hours=4)


def test_a_ticket_that_gets_its_product_later_is_counted_by_that_contract():
	with at():
		active(product=product("Insight"))
		active(product=product("Journal"), targets=[OWN])
		doc = ticket(**{TICKET_PRODUCT: "Insight"})
		assert due(doc) == DESKS
		doc.set(TICKET_PRODUCT, "Journal")
		doc.save()
		assert due(doc) == (monday(hours=2), monday(hours=8))


def test_a_customer_chooses_the_product_once(as_user):
	product("Insight"), product("Journal")
	with as_user(CUSTOMER):
		doc = frappe.get_doc(
			{"doctype": "HD Ticket", "subject": "x", "description": "x", TICKET_PRODUCT: "Insight"}
		).insert()
		assert frappe.db.get_value("HD Ticket", doc.name, TICKET_PRODUCT) == "Insight"
		doc = frappe.get_doc("HD Ticket", doc.name)
		doc.set(TICKET_PRODUCT, "Journal")
		with pytest.raises(frappe.PermissionError, match="Product"):
			doc.save()


def test_a_follow_up_is_about_the_same_product(as_user):
	product("Insight")
	doc = ticket(**{TICKET_PRODUCT: "Insight"})
	happen(doc, "force_closed")
	with as_user(CUSTOMER):
		frappe.get_doc("HD Ticket", doc.name).create_communication_via_contact("It is back.")
	follow_up = frappe.db.get_value("HD Ticket", doc.name, "cse_follow_up")
	assert frappe.db.get_value("HD Ticket", follow_up, TICKET_PRODUCT) == "Insight"


def test_the_new_ticket_page_offers_the_products_to_customers_and_to_nobody_else(as_user):
	from crm_support_ext.api.product import names

	product("Journal"), product("Insight")
	with as_user(CUSTOMER):
		assert names() == sorted({*names(), "Insight", "Journal"})
	with as_user("Guest"), pytest.raises(frappe.PermissionError):
		names()


# A changed contract


def said():
	return [message["message"] for message in frappe.get_message_log()]


def changed(contract, **fields):
	frappe.clear_messages()
	doc = frappe.get_doc(CONTRACT, contract.name)
	doc.update(fields)
	doc.save()
	return doc


def test_a_changed_calendar_of_a_contract_counts_running_tickets_again_and_says_how_many():
	with at():
		contract = active()
		running, parked, done = ticket(), ticket(), ticket()
		happen(parked, "parked")
		happen(done, "resolved")
		changed(contract, calendar=ALWAYS)
		assert said() == ["2 running tickets are being counted again."]
		task.run()
		assert due(running) == (monday(hours=4), monday(days=2))
		assert frappe.db.get_value(TARGET, str(done.name), "calendar") == "Office hours"


def test_what_does_not_move_a_clock_counts_nothing_again():
	with at():
		contract = active()
		ticket()
		changed(contract, note="Ask for Kees", phone_allowed=1, notice_days=60)
		assert said() == []


@pytest.mark.parametrize("how", ["activated", "ended before", "deleted"])
def test_tickets_follow_a_contract_that_begins_to_count_or_no_longer_does(how):
	with at():
		contract = draft("2026-02-01", targets=[OWN])
		if how != "activated":
			contract_moves.move_to(contract.name, State.ACTIVE)
		doc = ticket()
		before = due(doc)
	with at(days=1):
		if how == "activated":
			contract_moves.move_to(contract.name, State.ACTIVE)
		elif how == "ended before":
			contract_moves.move_to(contract.name, State.ENDED, MONDAY.date() - timedelta(days=1))
		else:
			frappe.delete_doc(CONTRACT, contract.name)
		task.run()
	own = monday(hours=2), monday(hours=8)
	assert (before, due(doc)) == ((DESKS, own) if how == "activated" else (own, DESKS))


def test_a_changed_tier_leaves_alone_what_a_contract_says_itself():
	with at():
		tier = frappe.get_doc("Priority Tier", "II")
		tier.update({"target_amount": 10})
		others = recounting.what_moves(tier)
		active(targets=[OWN])
		doc = ticket()
		assert recounting.what_moves(tier) == {**others, "running": others["running"] + 1}
		tier.save()
		task.run()
		assert due(doc) == (monday(hours=2), monday(hours=8))


def test_a_contract_shows_beforehand_what_it_would_move(as_user):
	with at():
		contract = active()
		ticket()
		make_customer("Nordlys Regnskap AS")
		ticket(customer="Nordlys Regnskap AS")
	with at(hours=5):
		doc = frappe.get_doc(CONTRACT, contract.name)
		doc.append("targets", OWN)
		assert api.preview(doc.as_dict()) == {"running": 1, "earlier": 1, "later": 0, "late": 1}
		assert not frappe.get_doc(CONTRACT, contract.name).targets
		with as_user(CUSTOMER), pytest.raises(frappe.PermissionError):
			api.preview(doc.as_dict())


# Warnings outside hours


@pytest.mark.parametrize(("outside", "told"), [(0, False), (1, True)])
@pytest.mark.parametrize(("tier", "kind"), [("I", "at once"), ("II", "digest")])
def test_a_warning_waits_for_the_opening_unless_the_contract_says_otherwise(outside, told, tier, kind):
	staff()
	office_hours()
	with at():
		active(warn_outside_hours=outside)
	with at(hours=7.5 if tier == "I" else 6):  # half of the response's time is used when the desk closes
		doc = held_ticket(AGENT, tier=tier, customer=THE_CUSTOMER)
	with at(hours=8.1):
		run()
		assert [(mail.to, mail.kind) for mail in mails()] == ([(AGENT, kind)] if told else [])
	with at(days=1, hours=0.1):
		run()
		assert [mail.kind for mail in mails() if mail.to == AGENT] == [kind]
	assert set(warnings_of(doc)) == {("response", 50)}
