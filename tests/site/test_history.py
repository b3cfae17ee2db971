"""An old desk's log played into the site: what stands there is what the replay answers."""

from __future__ import annotations

from pathlib import Path

import frappe
import pytest

import crm_support_ext
from crm_support_ext.api import history
from crm_support_ext.domain.business_calendar import whole_seconds
from crm_support_ext.replay import upload
from crm_support_ext.replay.engine import Engine
from crm_support_ext.replay.log import read_log
from crm_support_ext.replay.mapping import OURS
from crm_support_ext.replay.policy import load_policy
from crm_support_ext.replay.simulation import end_of, replay
from crm_support_ext.store.frappe import moment
from crm_support_ext.tasks import timers
from tests.site.desk import CUSTOMER, people

SAMPLE = str(Path(crm_support_ext.__file__).parent / "replay" / "sample" / "log.csv")
LIMIT = 40


class Here:
	"""The site, called without a network."""

	def call(self, method, body):
		return frappe.call(getattr(history, method), **frappe.parse_json(frappe.as_json(body)))


@pytest.fixture(scope="module")
def policy():
	return load_policy(None)


def send(rows, policy, stop_after=None):
	end = end_of(read_log(SAMPLE, policy.zone, OURS), None, policy)
	if stop_after:
		rows = rows[:stop_after]
	return upload.upload(Here(), "log", rows, end, policy.timing, lambda sent: None)


def chosen(policy):
	return upload.first_tickets(read_log(SAMPLE, policy.zone, OURS), LIMIT)


def on_the_site():
	"""Every imported ticket's status and record, by the log's names."""
	found = {}
	for entry in frappe.get_all("Ticket Import", filters={"log": "log"}, fields=["log_ticket", "ticket"]):
		rows = frappe.get_all(
			"Ticket Status Log", filters={"ticket": entry.ticket}, fields=["*"], order_by="creation asc"
		)
		found[entry.log_ticket] = (
			frappe.db.get_value("HD Ticket", entry.ticket, "status"),
			[(moment(row.at), row.from_status, row.to_status, row.cause) for row in rows],
		)
	return found


def in_the_replay(policy, names):
	result = replay(SAMPLE, policy)
	return {
		name: (
			ticket.status.value,
			[(c.at, c.before.value if c.before else None, c.after.value, c.cause) for c in ticket.history],
		)
		for name, ticket in result.tickets.items()
		if name.split("~")[0] in names
	}


def test_the_site_says_what_the_replay_says_however_often_it_is_sent(policy):
	rows, mails = chosen(policy), frappe.db.count("Email Queue")
	first = send(rows, policy, stop_after=len(rows) // 2)
	again = send(rows, policy)
	third = send(rows, policy)
	names = {row.ticket for row in rows}
	expected = in_the_replay(policy, names)
	assert on_the_site() == expected and len(expected) >= LIMIT
	assert first.played and again.skipped and not third.played
	assert frappe.db.count("Email Queue") == mails


def clocks_on_the_site():
	"""What the clocks of the imported tickets stopped at, by the log's names."""
	found = {}
	for entry in frappe.get_all("Ticket Import", filters={"log": "log"}, fields=["log_ticket", "ticket"]):
		row = frappe.get_doc("Ticket Target", entry.ticket)
		if row.stopped_at:
			found[entry.log_ticket] = (
				row.tier,
				moment(row.stopped_at),
				row.stopped_by,
				row.target_met,
				row.counted_seconds,
				row.target_due and moment(row.target_due),
				row.response_at and moment(row.response_at),
				row.response_met,
				row.fix_seconds,
			)
	return found


def clocks_in_the_replay(policy, names):
	result, yes_no = replay(SAMPLE, policy), {True: "Yes", False: "No", None: None}
	for name in names:
		ticket = result.tickets[name]
		counted = result.figures(ticket)
		response, target = counted.response, counted.target
		yield (
			name,
			(
				ticket.tier,
				target.clock.stop.at,
				target.clock.stop.by.value,
				yes_no[target.met],
				whole_seconds(target.clock.counted),
				target.due,
				response.at,
				yes_no[response.met],
				whole_seconds(counted.fix.counted),
			),
		)


def test_the_clocks_on_the_site_show_what_those_of_the_replay_show(policy):
	calendar = frappe.get_doc("Support Calendar", "Office hours")
	calendar.update({"time_zone": "Europe/Amsterdam", "country": "Netherlands"})
	calendar.save()
	send(chosen(policy), policy)
	found = clocks_on_the_site()
	assert len(found) >= LIMIT * 3 // 4
	assert found == dict(clocks_in_the_replay(policy, found))
	assert {line[2] for line in found.values()} == {"workaround", "solution"}


def test_the_desks_own_timers_wait_for_the_end_of_the_import(policy):
	rows = chosen(policy)
	end = end_of(rows, None, policy)
	site = Here()
	events = list(upload._events(rows, end, Engine(policy.timing)))
	site.call("book", {"log": "log", "timing": policy.timing.__dict__, "events": events[: len(events) // 2]})
	before = on_the_site()
	timers.run()
	assert on_the_site() == before


@pytest.mark.parametrize(
	("change", "sentence"),
	[
		({"event": "exploded"}, "Row 7: exploded is not an event"),
		({"at": "yesterday"}, "Row 7: yesterday is not a time"),
	],
)
def test_bad_rows_are_refused_by_number(change, sentence, policy):
	event = {"row": 7, "ticket": "T1", "at": "2026-01-05T09:00:00+01:00", "event": "created", **change}
	with pytest.raises(frappe.ValidationError, match=sentence):
		history.book("log", [event], policy.timing.__dict__)


@pytest.mark.parametrize("timing", [{"survey_after_hours": "soon"}, {"patience": 3}])
def test_a_timing_that_is_none_is_refused(timing):
	with pytest.raises(frappe.ValidationError, match="whole numbers named survey_after_hours"):
		history.book("log", [], timing)


def test_an_event_without_its_time_is_refused(policy):
	event = {"row": 7, "ticket": "T1", "event": "created"}
	with pytest.raises(frappe.ValidationError, match="without at"):
		history.book("log", [event], policy.timing.__dict__)


def test_only_a_system_manager_may(as_user, policy):
	people()
	for user in (CUSTOMER, "agnes@desk.example"):
		with as_user(user), pytest.raises(frappe.PermissionError):
			history.book("log", [], policy.timing.__dict__)
