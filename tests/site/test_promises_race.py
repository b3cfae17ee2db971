"""The promises' job with real processes on a real database: three at once, killed in the middle, found by an index."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import partial

import frappe
import pytest
from frappe.utils import now_datetime

from crm_support_ext.constants import PROMISE
from crm_support_ext.store.frappe import now
from crm_support_ext.tasks import promises
from tests.factories import make_open_calendar
from tests.site.desk import AGENT, mails, people, remove, ticket_in
from tests.site.workers import finish
from tests.site.workers import start as start_worker

TICKETS = 12

start = partial(start_worker, "tasks.promises._break tasks.promises._warn", "promises")


@pytest.fixture
def due():
	"""Tickets of an agent's, half with a promise that has passed and half with one to warn of, committed."""
	people()
	make_open_calendar("Always")
	calendar = frappe.db.get_single_value("CRM Support Settings", "calendar")
	frappe.db.set_single_value("CRM Support Settings", "calendar", "Always")
	frappe.clear_document_cache("CRM Support Settings")
	names = [str(ticket_in("Open", priority="II").name) for _ in range(TICKETS)]
	hour = timedelta(hours=1)
	for number, name in enumerate(names):
		frappe.db.set_value("HD Ticket", name, "_assign", frappe.as_json([AGENT]), update_modified=False)
		times = {"warn_at": now_datetime() - hour, "due": now_datetime() + (hour if number % 2 else -hour)}
		frappe.db.set_value(PROMISE, {"open_of": name}, times, update_modified=False)
	frappe.db.commit()
	yield names
	frappe.db.rollback()
	frappe.db.set_single_value("CRM Support Settings", "calendar", calendar)
	frappe.db.delete("HD Notification", {"reference_ticket": ("in", names)})
	frappe.delete_doc("Support Calendar", "Always", force=True)
	frappe.db.commit()
	remove(*names)


def assert_each_once(names):
	frappe.db.rollback()
	rows = frappe.get_all(
		PROMISE, filters={"ticket": ("in", names)}, fields=["ticket", "state", "warned_at", "job_error"]
	)
	assert {row.job_error for row in rows} == {None}
	assert Counter(row.ticket for row in rows if row.state == "Broken") == Counter(names[::2])
	assert Counter(row.ticket for row in rows if row.state == "Open") == Counter(names)
	assert Counter(row.ticket for row in rows if row.warned_at) == Counter(names[1::2])
	told = frappe.get_all(
		"HD Notification", filters={"reference_ticket": ("in", names)}, pluck="reference_ticket"
	)
	assert Counter(map(str, told)) == Counter(names)
	mailed = {name: len(found) for name, found in mails("cse-promise", *names).items()}
	assert mailed == {name: number % 2 for number, name in enumerate(names)}


@pytest.mark.commits
def test_three_workers_at_once_do_each_thing_once(due):
	for worker in [start() for _ in range(3)]:
		finish(worker)
	assert_each_once(due)


@pytest.mark.commits
def test_killed_in_the_middle_and_run_again_forgets_and_doubles_nothing(due):
	for die_at in (3, 7):
		finish(start(die_at), -9)
	finish(start())
	assert_each_once(due)


def test_what_is_due_is_found_by_an_index_among_200_000_promises():
	frappe.db.sql(
		f"""INSERT INTO `tab{PROMISE}` (name, creation, ticket, state, due, warn_at, open_of)
		SELECT CONCAT('bench-', seq), NOW(), CONCAT('bench-', seq), IF(MOD(seq, 50), 'Kept', 'Open'),
		DATE_ADD(NOW(), INTERVAL CAST(seq AS SIGNED) - 1000 MINUTE), DATE_ADD(NOW(), INTERVAL CAST(seq AS SIGNED) - 1100 MINUTE),
		IF(MOD(seq, 50), NULL, CONCAT('bench-', seq)) FROM seq_1_to_200000"""
	)
	for query, index in (
		(promises.passed(now()), "state_due_index"),
		(promises.to_warn(now()), "state_warn_at_index"),
	):
		plan = frappe.db.sql(f"EXPLAIN {query.get_sql()}", as_dict=True)[0]
		assert plan.key == index and plan.type == "range"
		assert int(plan.rows) < 500
