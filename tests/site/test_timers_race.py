"""The timers with real processes on a real database: four at once, killed in the middle, and an index to find what is due."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import partial

import frappe
import pytest

from crm_support_ext.constants import STATUS_LOG
from crm_support_ext.store.frappe import present_entry
from tests.site.desk import REQUEST, mails, people, remove, ticket_in
from tests.site.workers import finish
from tests.site.workers import start as start_worker

TICKETS = 24

start = partial(start_worker, "tasks.timers._ask tasks.timers._close", "timers")


@pytest.fixture
def due():
	"""Tickets of as many contacts that are due for both timers, committed; afterwards they are gone."""
	people()
	tickets = [
		ticket_in("Resolved", raised_by=f"c{number}@many.example", contact=None) for number in range(TICKETS)
	]
	for ticket in tickets:
		line = present_entry(ticket.name)
		at = frappe.db.get_value(STATUS_LOG, line, "at") - timedelta(hours=49)
		frappe.db.set_value(STATUS_LOG, line, "at", at, update_modified=False)
	frappe.db.commit()
	names = [str(ticket.name) for ticket in tickets]
	yield names
	remove(*names)


def assert_each_once(names):
	frappe.db.rollback()
	assert set(frappe.get_all(STATUS_LOG, filters={"ticket": ("in", names)}, pluck="timer_error")) == {None}
	closings = frappe.get_all(
		STATUS_LOG, filters={"ticket": ("in", names), "to_status": "Closed"}, pluck="ticket"
	)
	assert Counter(closings) == Counter(names)
	assert {name: len(found) for name, found in mails(REQUEST, *names).items()} == dict.fromkeys(names, 1)
	statuses = frappe.get_all("HD Ticket", filters={"name": ("in", names)}, pluck="status")
	assert set(statuses) == {"Closed"}


@pytest.mark.commits
def test_four_workers_at_once_do_each_thing_once(due):
	for worker in [start() for _ in range(4)]:
		finish(worker)
	assert_each_once(due)


@pytest.mark.commits
def test_killed_in_the_middle_and_run_again_forgets_and_doubles_nothing(due):
	for die_at in (5, TICKETS - 3, 7):
		finish(start(die_at), -9)
	finish(start())
	assert_each_once(due)


def test_what_is_due_is_found_by_an_index_among_200_000_tickets():
	from crm_support_ext.domain.lifecycle import Timing
	from crm_support_ext.store.frappe import now
	from crm_support_ext.tasks import timers
	from tests.perf.bench_site import fill_record

	fill_record(200_000)
	for query in (
		timers.due(now(), Timing().close_after_hours),
		timers.due(now(), Timing().survey_after_hours, unasked=True),
	):
		plan = frappe.db.sql(f"EXPLAIN {query.get_sql()}", as_dict=True)[0]
		assert plan.key == "to_status_left_at_at_index" and plan.type == "range"
		assert int(plan.rows) < 5000
