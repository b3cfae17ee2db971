"""Logs whose answer was worked out by hand, each about one sentence of the contract."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.replay.desk import UTC, Desk, history

AMSTERDAM = 'timezone = "Europe/Amsterdam"\n'


def test_a_ticket_from_arrival_to_close(desk: Desk) -> None:
	answer = desk.play(
		"ticket,time,event,customer,contact,tier\n"
		"T1,2026-03-02T09:00:00+01:00,created,ACME,ann,II\n"
		"T1,2026-03-02T09:10:00+01:00,taken_up,,,\n"
		"T1,2026-03-02T09:30:00+01:00,asked,,,\n"
		"T1,2026-03-02T11:00:00+01:00,customer_replied,,,\n"
		"T1,2026-03-02T12:00:00+01:00,resolved,,,\n"
		"T2,2026-03-05T12:00:00+01:00,created,ACME,bob,\n",
		policy=AMSTERDAM,
	)
	ticket = answer["tickets"]["T1"]
	assert ticket["history"][0] == {
		"at": "2026-03-02T09:00:00+01:00",
		"from": None,
		"to": "New",
		"cause": "created",
	}
	assert history(ticket)[1:] == [
		("2026-03-02T09:10:00+01:00", "Open", "taken_up"),
		("2026-03-02T09:30:00+01:00", "Pending", "asked"),
		("2026-03-02T11:00:00+01:00", "Open", "customer_replied"),
		("2026-03-02T12:00:00+01:00", "Resolved", "resolved"),
		("2026-03-04T12:00:00+01:00", "Closed", "timer"),
	]
	assert ticket["survey_at"] == "2026-03-03T12:00:00+01:00"
	assert ticket["closed_at"] == "2026-03-04T12:00:00+01:00"
	assert ticket["seconds_in"] == {
		"New": 600,
		"Open": 1200 + 3600,
		"Pending": 5400,
		"Parked": 0,
		"Resolved": 172800,
	}
	assert ticket["target"]["tier"] == "II"
	assert answer["tickets"]["T2"]["target"]["tier"] is None
	summary = answer["summary"]
	assert (summary["tickets"], summary["closed"], summary["follow_ups"]) == (2, 1, 0)


def test_every_key_of_the_answer_is_there(desk: Desk) -> None:
	answer = desk.play("ticket,time,event\nT1,2026-03-02T09:00,created\n")
	assert answer.keys() == {"tickets", "ledger", "parked", "summary"}
	assert answer["tickets"]["T1"].keys() == {
		"status", "follow_up_of", "follow_up", "history", "refused", "survey_at", "closed_at",
		"response", "target", "fix", "seconds_in", "work",
	}  # fmt: skip
	assert answer["tickets"]["T1"]["target"].keys() == {
		"tier", "due", "stopped_at", "stopped_by", "counted_seconds", "counted_days", "met",
	}  # fmt: skip
	assert answer["summary"].keys() >= {"tickets", "closed", "follow_ups", "targets_met", "strippen_used"}


def test_an_empty_log_answers_empty(desk: Desk) -> None:
	answer = desk.play("ticket,time,event\n", "--until", "2026-03-02T09:00")
	assert (answer["tickets"], answer["ledger"], answer["parked"]) == ({}, {}, [])
	assert answer["summary"]["tickets"] == 0


def test_a_timer_due_at_the_time_of_an_event_fires_before_it(desk: Desk) -> None:
	answer = desk.play(
		"ticket,time,event\n"
		"T1,2026-03-02T09:00:00,resolved\n"
		"T1,2026-03-04T09:00:00,customer_replied\n"
		"T2,2026-03-02T09:00:00,resolved\n"
		"T2,2026-03-04T08:59:59,customer_replied\n"
	)["tickets"]
	assert history(answer["T1"])[-1] == ("2026-03-04T09:00:00+00:00", "Closed", "timer")
	assert history(answer["T1~1"]) == [("2026-03-04T09:00:00+00:00", "New", "follow_up")]
	assert history(answer["T2"])[-1] == ("2026-03-04T08:59:59+00:00", "Open", "customer_replied")
	assert answer["T2"]["survey_at"] == "2026-03-03T09:00:00+00:00"


def test_at_one_moment_the_satisfaction_request_comes_before_the_close(desk: Desk) -> None:
	log = "ticket,time,event\nT1,2026-03-02T09:00,resolved\nT2,2026-03-09T09:00,created\n"
	both = desk.play(log, policy=UTC + "[lifecycle]\nsurvey_after_hours = 48\n")["tickets"]["T1"]
	assert both["survey_at"] == both["closed_at"] == "2026-03-04T09:00:00+00:00"
	later = desk.play(log, policy=UTC + "[lifecycle]\nsurvey_after_hours = 49\n")["tickets"]["T1"]
	assert (later["survey_at"], later["status"]) == (None, "Closed")


@pytest.mark.parametrize(
	("resolved", "survey", "closed"),
	[
		("2026-03-28T12:00", "2026-03-29T13:00:00+02:00", "2026-03-30T13:00:00+02:00"),
		("2026-10-24T12:00", "2026-10-25T11:00:00+01:00", "2026-10-26T11:00:00+01:00"),
	],
)
def test_an_hour_is_an_hour_when_the_clocks_change(
	desk: Desk, resolved: str, survey: str, closed: str
) -> None:
	log = f"ticket,time,event\nT1,{resolved},resolved\nT2,{resolved[:5]}12-01T09:00,created\n"
	ticket = desk.play(log, policy=AMSTERDAM)["tickets"]["T1"]
	assert (ticket["survey_at"], ticket["closed_at"]) == (survey, closed)
	assert ticket["seconds_in"]["Resolved"] == 48 * 3600


def test_a_local_time_that_comes_twice_is_the_first_and_a_skipped_one_has_the_offset_before(
	desk: Desk,
) -> None:
	log = "ticket,time,event\nT1,2026-10-25T02:30,created\nT2,2026-03-29T02:30,created\n"
	tickets = desk.play(log, policy=AMSTERDAM)["tickets"]
	assert tickets["T1"]["history"][0]["at"] == "2026-10-25T02:30:00+02:00"
	assert tickets["T2"]["history"][0]["at"] == "2026-03-29T03:30:00+02:00"


def test_a_chain_of_follow_ups_takes_every_row_that_names_one_of_its_tickets(desk: Desk) -> None:
	answer = desk.play(
		"ticket,time,event,customer,contact,tier,kind,product,auto\n"
		"T1,2026-03-02T09:00,created,ACME,ann,II,fault,CRM,\n"
		"T1,2026-03-02T10:00,resolved,,,,,,\n"
		"T1,2026-03-04T10:00,customer_replied,,,,,,1\n"  # a machine makes no follow-up
		"T1,2026-03-05T09:00,reopened,,,,,,\n"  # T1~1
		"T1,2026-03-05T09:30,customer_replied,,,,,,\n"  # joins T1~1
		"T1,2026-03-05T10:00,taken_up,,,,,,\n"  # T1~1 as well
		"T1~1,2026-03-05T11:00,resolved,,,,,,\n"
		"T1,2026-03-07T11:00,resolved,,,,,,\n"  # refused on T1~1, closed at this very moment
		"T1~1,2026-03-08T09:00,customer_replied,,,,,,\n"  # T1~2
		"T1,2026-03-08T10:00,created,,,,,,\n"
	)
	tickets = answer["tickets"]
	assert list(tickets) == ["T1", "T1~1", "T1~2"]
	assert [(t["follow_up_of"], t["follow_up"]) for t in tickets.values()] == [
		(None, "T1~1"),
		("T1", "T1~2"),
		("T1~1", None),
	]
	assert history(tickets["T1~1"]) == [
		("2026-03-05T09:00:00+00:00", "New", "follow_up"),
		("2026-03-05T10:00:00+00:00", "Open", "taken_up"),
		("2026-03-05T11:00:00+00:00", "Resolved", "resolved"),
		("2026-03-07T11:00:00+00:00", "Closed", "timer"),
	]
	assert tickets["T1~1"]["refused"] == [
		{"at": "2026-03-07T11:00:00+00:00", "event": "resolved", "code": "closed_is_final"}
	]
	assert tickets["T1~2"]["refused"] == [
		{"at": "2026-03-08T10:00:00+00:00", "event": "created", "code": "exists"}
	]
	assert tickets["T1~2"]["target"]["tier"] == "II"
	assert tickets["T1"]["refused"] == []
	assert answer["summary"]["follow_ups"] == 2


def test_a_name_of_a_chain_that_a_log_has_taken_is_left_alone(desk: Desk) -> None:
	tickets = desk.play(
		"ticket,time,event\n"
		"T1~1,2026-03-01T09:00,created\n"
		"T1,2026-03-02T09:00,force_closed\n"
		"T1,2026-03-03T09:00,customer_replied\n"
	)["tickets"]
	assert (tickets["T1"]["follow_up"], tickets["T1~1"]["follow_up_of"]) == ("T1~2", None)


def test_the_first_event_opens_a_ticket_that_no_created_opened(desk: Desk) -> None:
	tickets = desk.play(
		"ticket,time,event,tier\n"
		"T1,2026-03-02T09:00,resolved,III\n"
		"T2,2026-03-02T09:00,unparked,\n"
		"T3,2026-03-02T09:00,customer_replied,\n"
	)["tickets"]
	moment = "2026-03-02T09:00:00+00:00"
	assert history(tickets["T1"]) == [(moment, "New", "created"), (moment, "Resolved", "resolved")]
	assert tickets["T1"]["target"]["tier"] == "III"
	assert history(tickets["T2"]) == [(moment, "New", "created")]
	assert tickets["T2"]["refused"] == [{"at": moment, "event": "unparked", "code": "not_allowed"}]
	assert history(tickets["T3"]) == [(moment, "New", "created")]


def test_created_for_a_ticket_that_exists_is_refused_and_changes_nothing(desk: Desk) -> None:
	ticket = desk.play(
		"ticket,time,event,tier\nT1,2026-03-02T09:00,created,I\nT1,2026-03-02T10:00,created,II\n"
	)["tickets"]["T1"]
	assert ticket["refused"] == [{"at": "2026-03-02T10:00:00+00:00", "event": "created", "code": "exists"}]
	assert ticket["target"]["tier"] == "I"


def test_rows_come_in_any_order_and_equal_times_keep_file_order(desk: Desk) -> None:
	ticket = desk.play(
		"ticket,time,event\n"
		"T1,2026-03-02T11:00,resolved\n"
		"T1,2026-03-02T10:00,asked\n"
		"T1,2026-03-02T10:00,customer_replied\n"
		"T1,2026-03-02T09:00,created\n"
	)["tickets"]["T1"]
	assert [to for _, to, _ in history(ticket)] == ["New", "Pending", "Open", "Resolved"]


def test_one_moment_in_two_zones_is_one_moment(desk: Desk) -> None:
	ticket = desk.play(
		"ticket,time,event\nT1,2026-03-02T10:00+01:00,asked\nT1,2026-03-02T09:00Z,customer_replied\n"
		"T1,2026-03-02T03:00:00.000-05:30,created\n"
	)["tickets"]["T1"]
	assert [(at, to) for at, to, _ in history(ticket)] == [
		("2026-03-02T08:30:00+00:00", "New"),
		("2026-03-02T09:00:00+00:00", "Pending"),
		("2026-03-02T09:00:00+00:00", "Open"),
	]


def test_until_ends_the_log_and_counts_what_happens_at_that_moment(desk: Desk) -> None:
	log = (
		"ticket,time,event\n"
		"T1,2026-03-02T09:00,resolved\n"
		"T2,2026-03-04T09:00,created\n"
		"T2,2026-03-04T09:00:01,resolved\n"
		"T3,2026-03-05T09:00,created\n"
	)
	tickets = desk.play(log, "--until", "2026-03-04T09:00")["tickets"]
	assert list(tickets) == ["T1", "T2"]
	assert tickets["T1"]["closed_at"] == "2026-03-04T09:00:00+00:00"
	assert (tickets["T2"]["status"], tickets["T2"]["seconds_in"]["New"]) == ("New", 0)
	earlier = desk.play(log, "--until", "2026-03-04T10:59:59+02:00")["tickets"]
	assert (earlier["T1"]["status"], earlier["T1"]["seconds_in"]["Resolved"]) == ("Resolved", 172799)
	beyond = desk.play(log, "--until", "2026-04-01T00:00")["tickets"]
	assert beyond["T2"]["closed_at"] == "2026-03-06T09:00:01+00:00"
	assert beyond["T3"]["seconds_in"]["New"] == 26 * 86400 + 15 * 3600


def test_without_until_the_log_ends_at_its_last_event(desk: Desk) -> None:
	tickets = desk.play(
		"ticket,time,event,minutes\nT1,2026-03-02T09:00,resolved,\nT2,2026-03-03T09:00,worked,5\n"
	)["tickets"]
	assert tickets["T1"]["survey_at"] == "2026-03-03T09:00:00+00:00"
	assert tickets["T1"]["status"] == "Resolved"


def test_a_reopening_starts_new_timers_and_resolved_again_does_not(desk: Desk) -> None:
	tickets = desk.play(
		"ticket,time,event\n"
		"T1,2026-03-02T09:00,resolved\n"
		"T1,2026-03-03T08:00,reopened\n"
		"T1,2026-03-03T08:30,resolved\n"
		"T2,2026-03-02T09:00,resolved\n"
		"T2,2026-03-03T08:00,resolved\n"
		"T2,2026-03-03T08:30,confirmed\n"
		"T3,2026-03-09T09:00,created\n"
	)["tickets"]
	assert tickets["T1"]["survey_at"] == "2026-03-04T08:30:00+00:00"
	assert tickets["T1"]["closed_at"] == "2026-03-05T08:30:00+00:00"
	assert tickets["T2"]["survey_at"] == "2026-03-03T09:00:00+00:00"
	assert tickets["T2"]["closed_at"] == "2026-03-04T09:00:00+00:00"


def test_a_reopening_within_the_moment_of_the_resolution_leaves_one_set_of_timers(desk: Desk) -> None:
	ticket = desk.play(
		"ticket,time,event\n"
		"T1,2026-03-02T09:00,resolved\nT1,2026-03-02T09:00,reopened\nT1,2026-03-02T09:00,resolved\n"
		"T2,2026-03-09T09:00,created\n"
	)["tickets"]["T1"]
	assert [to for _, to, _ in history(ticket)] == ["New", "Resolved", "Open", "Resolved", "Closed"]


def test_the_customers_close_resolves_and_the_ticket_closes_at_its_own_time(desk: Desk) -> None:
	ticket = desk.play("ticket,time,event\nT1,2026-03-02T09:00,confirmed\nT2,2026-03-04T09:00,created\n")[
		"tickets"
	]["T1"]
	assert [(to, cause) for _, to, cause in history(ticket)] == [
		("New", "created"), ("Resolved", "confirmed"), ("Closed", "timer"),
	]  # fmt: skip


def test_a_contact_is_asked_at_most_once_in_fourteen_days_and_again_exactly_then(desk: Desk) -> None:
	rows = "".join(
		f"{ticket},{datetime(2026, 3, 2, 9) + after:%Y-%m-%dT%H:%M:%S},resolved,{customer},ann\n"
		for ticket, customer, after in (
			("T1", "ACME", timedelta()),
			("T2", "ACME", timedelta(days=14, seconds=-1)),
			("T3", "ACME", timedelta(days=14)),
			("T4", "Bolt", timedelta(days=1)),
		)
	)
	tickets = desk.play(f"ticket,time,event,customer,contact\n{rows}T9,2026-06-01T09:00,created,,\n")[
		"tickets"
	]
	assert [tickets[name]["survey_at"] for name in ("T1", "T2", "T3", "T4")] == [
		"2026-03-03T09:00:00+00:00", None, "2026-03-17T09:00:00+00:00", "2026-03-04T09:00:00+00:00",
	]  # fmt: skip


def test_a_log_without_contacts_has_no_limit_per_contact(desk: Desk) -> None:
	tickets = desk.play(
		"ticket,time,event,customer\nT1,2026-03-02T09:00,resolved,ACME\nT2,2026-03-02T10:00,resolved,ACME\n"
		"T3,2026-06-01T09:00,created,\n"
	)["tickets"]
	assert tickets["T1"]["survey_at"] and tickets["T2"]["survey_at"]


def test_a_share_of_nothing_asks_nobody(desk: Desk) -> None:
	ticket = desk.play(
		"ticket,time,event\nT1,2026-03-02T09:00,resolved\nT2,2026-06-01T09:00,created\n",
		policy=UTC + "[lifecycle]\nsurvey_share = 0\n",
	)["tickets"]["T1"]
	assert (ticket["survey_at"], ticket["status"]) == (None, "Closed")


def test_the_decision_on_an_item_resolves_every_ticket_parked_on_it(desk: Desk) -> None:
	tickets = desk.play(
		"ticket,time,event,item\n"
		"T1,2026-03-02T09:00,parked,P1\n"
		"T2,2026-03-02T09:00,parked,P1\n"
		"T3,2026-03-02T09:00,parked,P1\n"
		"T4,2026-03-02T09:00,parked,P1\n"
		"T3,2026-03-02T10:00,parked,P2\n"  # moves
		"T4,2026-03-02T10:00,unparked,\n"
		"T5,2026-03-02T10:00,resolved,\n"
		"T5,2026-03-02T11:00,parked,P1\n"  # refused
		",2026-03-02T12:00,item_released,P1\n"
		",2026-03-02T13:00,item_declined,P2\n"
		",2026-03-02T14:00,item_declined,P9\n"
	)["tickets"]
	assert history(tickets["T1"])[-1] == ("2026-03-02T12:00:00+00:00", "Resolved", "item_released")
	assert history(tickets["T2"])[-1] == ("2026-03-02T12:00:00+00:00", "Resolved", "item_released")
	assert history(tickets["T3"])[1:] == [
		("2026-03-02T09:00:00+00:00", "Parked", "parked"),
		("2026-03-02T13:00:00+00:00", "Resolved", "item_declined"),
	]
	assert tickets["T4"]["status"] == "Open"
	assert tickets["T5"]["refused"][0]["code"] == "not_allowed"
	assert list(tickets) == ["T1", "T2", "T3", "T4", "T5"]


def test_times_are_printed_to_the_second_rounded_up(desk: Desk) -> None:
	ticket = desk.play(
		"ticket,time,event\n"
		"T1,2026-03-02T09:00:00.000001,created\n"
		"T1,2026-03-02T09:00:59.5,taken_up\n"
		"T1,2026-03-02T09:01:00.5,asked\n"
	)["tickets"]["T1"]
	assert [at[11:19] for at, _, _ in history(ticket)] == ["09:00:01", "09:01:00", "09:01:01"]
	assert (ticket["seconds_in"]["New"], ticket["seconds_in"]["Open"]) == (60, 1)


def test_the_tier_set_is_the_tier(desk: Desk) -> None:
	tickets = desk.play(
		"ticket,time,event,tier\nT1,2026-03-02T09:00,created,II\nT1,2026-03-02T10:00,tier_set,By agreement\n"
		"T2,2026-03-02T09:00,force_closed,I\nT2,2026-03-02T10:00,tier_set,III\n"
	)["tickets"]
	assert tickets["T1"]["target"]["tier"] == "By agreement"
	assert (tickets["T2"]["target"]["tier"], tickets["T2"]["refused"][0]["code"]) == ("I", "closed_is_final")
