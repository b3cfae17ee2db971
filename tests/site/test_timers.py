"""The clock: asked at 24 hours, closed at 48, once each, whatever happens to the job."""

from __future__ import annotations

from datetime import timedelta

import frappe
import pytest
from frappe.utils import now_datetime

from crm_support_ext.constants import STATUS_LOG
from crm_support_ext.store.frappe import present_entry
from crm_support_ext.tasks import timers
from tests.site.desk import REQUEST, happen, mails, people, record_of, remove, reply, status_of, ticket_in


@pytest.fixture(autouse=True)
def desk():
	people()


def resolved(hours_ago: float, **fields):
	"""A ticket that was resolved so many hours ago."""
	ticket = ticket_in("Resolved", **fields)
	shift(ticket, hours_ago)
	return ticket


def shift(ticket, hours: float) -> None:
	at = frappe.db.get_value(STATUS_LOG, present_entry(ticket.name), "at")
	frappe.db.set_value(
		STATUS_LOG, present_entry(ticket.name), "at", at - timedelta(hours=hours), update_modified=False
	)


def requests_for(ticket) -> list[str]:
	return mails(REQUEST, ticket.name)[str(ticket.name)]


def test_the_walk_of_the_clock(frozen_time):
	with frozen_time("2026-03-02 09:00") as clock:
		ticket = ticket_in("Resolved")
		assert str(frappe.db.get_value("HD Ticket", ticket.name, "cse_closes_at")) == "2026-03-04 09:00:00"
		for minutes, status, asked in (
			(24 * 60 - 1, "Resolved", 0),
			(1, "Resolved", 1),
			(24 * 60 - 1, "Resolved", 1),
			(1, "Closed", 1),
		):
			clock.tick(timedelta(minutes=minutes))
			timers.run()
			assert (status_of(ticket)[0], len(requests_for(ticket))) == (status, asked)
	assert record_of(ticket)[-1] == ("Resolved", "Closed", "timer")
	assert not frappe.db.get_value("HD Ticket", ticket.name, "cse_closes_at")


@pytest.mark.parametrize("via_portal", [0, 1])
def test_the_request_has_the_helpdesks_own_key_and_page(via_portal):
	ticket = resolved(25, via_customer_portal=via_portal)
	timers.run()
	(message,) = requests_for(ticket)
	assert "/ticket-feedback/new?key" in message and "X-Auto-Generated" in message
	assert ticket.key.replace("-", "")[:8] in message.replace("-", "").replace("=\n", "")


def test_a_reopening_starts_both_anew(frozen_time):
	with frozen_time("2026-03-02 09:00") as clock:
		ticket = ticket_in("Resolved")
		clock.tick(timedelta(hours=47))
		timers.run()
		happen(ticket, "taken_up")
		happen(ticket, "resolved")
		clock.tick(timedelta(hours=47))
		timers.run()
		assert status_of(ticket)[0] == "Resolved"
		clock.tick(timedelta(hours=1))
		timers.run()
		assert status_of(ticket)[0] == "Closed"


def test_off_for_a_day_and_nothing_is_forgotten():
	asked, closed, both = resolved(25), resolved(49), resolved(72)
	fresh = resolved(23)
	timers.run()
	assert [status_of(t)[0] for t in (asked, closed, both, fresh)] == [
		"Resolved",
		"Closed",
		"Closed",
		"Resolved",
	]


def test_run_again_and_nothing_is_done_twice():
	first, second = resolved(25), resolved(49, raised_by="other@elsewhere.example")
	for _ in range(3):
		timers.run()
	assert len(requests_for(first)) == len(requests_for(second)) == 1
	assert [line for line in record_of(second) if line[1] == "Closed"] == [("Resolved", "Closed", "timer")]


def test_a_contact_is_left_in_peace(frozen_time):
	with frozen_time("2026-03-02 09:00") as clock:
		first, second = ticket_in("Resolved"), ticket_in("Resolved")
		clock.tick(timedelta(hours=24))
		timers.run()
		assert sorted([len(requests_for(first)), len(requests_for(second))]) == [0, 1]
		clock.tick(timedelta(days=13))
		third = ticket_in("Resolved")
		clock.tick(timedelta(days=1))
		timers.run()
		assert len(requests_for(third)) == 1


def test_a_share_of_none_asks_nobody():
	settings = frappe.get_doc("CRM Support Settings")
	settings.survey_share = 0
	settings.save()
	ticket = resolved(25)
	timers.run()
	assert not requests_for(ticket)
	assert frappe.db.get_value(STATUS_LOG, present_entry(ticket.name), "survey") == "Left out"


def test_the_hours_are_the_administrators():
	ticket = resolved(3)
	settings = frappe.get_doc("CRM Support Settings")
	settings.update({"survey_after_hours": 1, "close_after_hours": 2})
	settings.save()
	shown = frappe.db.get_value("HD Ticket", ticket.name, "cse_closes_at")
	assert abs(shown - (now_datetime() - timedelta(hours=1))) < timedelta(minutes=2)
	timers.run()
	assert status_of(ticket)[0] == "Closed"
	settings.close_after_hours = 0
	with pytest.raises(frappe.ValidationError, match="before the customer is asked"):
		settings.save()


@pytest.mark.commits
def test_one_bad_ticket_stops_no_other_and_is_reported_once():
	bad, good = resolved(49), resolved(49)
	frappe.db.commit()
	try:
		frappe.db.set_value("HD Ticket", bad.name, "sla", "no such agreement", update_modified=False)
		frappe.db.set_value("HD Ticket", bad.name, "priority", "no such priority", update_modified=False)
		frappe.db.commit()
		errors = frappe.db.count("Error Log")
		for _ in range(3):
			timers.run()
		assert status_of(good)[0] == "Closed" and status_of(bad)[0] == "Resolved"
		reports = frappe.get_all("Error Log", filters={"reference_name": present_entry(bad.name)})
		assert len(reports) == 1 and frappe.db.count("Error Log") == errors + 1
		frappe.db.set_value(
			"HD Ticket", bad.name, {"sla": "Default", "priority": "Medium"}, update_modified=False
		)
		frappe.db.commit()
		timers.run()
		assert status_of(bad)[0] == "Closed"
	finally:
		remove(bad.name, good.name)


def test_an_asked_ticket_can_still_be_answered():
	ticket = resolved(25)
	timers.run()
	reply(ticket, "One thing more.")
	assert status_of(ticket)[0] == "Resolved"


def test_a_desk_without_an_account_to_send_from_asks_nobody_and_reports_nothing():
	frappe.db.set_value("Email Account", {"default_outgoing": 1}, "default_outgoing", 0)
	ticket = resolved(25)
	errors = frappe.db.count("Error Log")
	timers.run()
	assert frappe.db.get_value(STATUS_LOG, present_entry(ticket.name), "survey") == "Left out"
	assert frappe.db.count("Error Log") == errors


@pytest.mark.commits
def test_many_bad_tickets_leave_the_others_their_turn_and_call_for_no_endless_runs(monkeypatch):
	monkeypatch.setattr(timers, "BATCH", 2)
	called = []
	monkeypatch.setattr(frappe, "enqueue", lambda method, **_: called.append(method))
	people()
	bad, good = [resolved(60), resolved(60), resolved(60)], resolved(49)
	try:
		for ticket in bad:
			spoilt = {"sla": "no such agreement", "priority": "no such priority"}
			frappe.db.set_value("HD Ticket", ticket.name, spoilt, update_modified=False)
		left_out = {"ticket": ("in", [ticket.name for ticket in (good, *bad)]), "to_status": "Resolved"}
		frappe.db.set_value(STATUS_LOG, left_out, "survey", "Left out", update_modified=False)
		frappe.db.commit()
		for _ in range(3):
			timers.run()
		assert status_of(good)[0] == "Closed"
		assert {status_of(ticket)[0] for ticket in bad} == {"Resolved"}
		assert not called
	finally:
		remove(good.name, *(ticket.name for ticket in bad))
