"""The jobs of warnings with real processes on a real database: four at once, killed in the middle, found by an index."""

from __future__ import annotations

import subprocess
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

import frappe
import pytest
from frappe.utils import now_datetime

from crm_support_ext.constants import STATUS_LOG, TARGET, TARGET_WARNING, WARNING_RECIPIENT
from crm_support_ext.store import sms, targets, warnings
from crm_support_ext.store.frappe import now
from tests.factories import make_open_calendar
from tests.harness.bench import SITE
from tests.site.desk import AGENT, MANAGER, remove
from tests.site.gateway import gateway, use
from tests.site.warned import BEN, NUMBERS, TEAM, mails, staff, ticket, without_number
from tests.site.workers import finish, wait_for_waiter
from tests.site.workers import start as start_worker

AT_ONCE, DIGEST = 12, 6

STEPS = (
	"store.warnings.notice store.warnings.tell_at_once store.warnings.tell_in_digest store.warnings.tell_manager"
	" store.sms.send"
)


def start(die_at: int = 0, jobs: str = "warnings warning_sms") -> subprocess.Popen:
	return start_worker(STEPS, jobs, die_at)


@pytest.fixture
def phone():
	with gateway() as taken:
		yield taken


@pytest.fixture
def due(phone):
	"""Tickets that have reached 50 % of their first response, on a desk that is always open; committed."""
	fields = ["country", "time_zone"]
	office = frappe.db.get_value("Support Calendar", "Office hours", fields, as_dict=True)
	staff()
	frappe.db.delete("Error Log", {})
	calendar = frappe.db.get_single_value("CRM Support Settings", "calendar")
	make_open_calendar("Warned always")
	frappe.db.set_single_value("CRM Support Settings", "calendar", "Warned always")
	frappe.clear_document_cache("CRM Support Settings")
	made = [reached(35, AGENT, tier="I") for _ in range(AT_ONCE)]
	made += [reached(125, BEN, tier="II") for _ in range(DIGEST)]
	frappe.db.commit()
	yield made
	remove(*made)
	use(None)
	frappe.db.set_single_value("CRM Support Settings", "calendar", calendar)
	frappe.clear_document_cache("CRM Support Settings")
	frappe.db.set_value("Support Calendar", "Office hours", office)
	frappe.db.delete("Email Queue", {"reference_doctype": TARGET_WARNING})
	for doctype, filters in (("HD Team", {"name": TEAM}), ("SMS Log", {}), ("Error Log", {})):
		frappe.db.delete(doctype, filters)
	without_number(*NUMBERS)
	frappe.delete_doc("Support Calendar", "Warned always", force=True)
	frappe.db.commit()


def reached(minutes: int, *assignees: str, tier: str) -> str:
	"""A ticket that came in so many minutes ago and was not answered."""
	name = str(ticket(*assignees, tier=tier).name)
	at = now_datetime() - timedelta(minutes=minutes)
	frappe.db.set_value(STATUS_LOG, {"ticket": name}, "at", at, update_modified=False)
	targets.recount(name)
	return name


def let_a_quarter_pass(names: list[str]) -> None:
	past = now_datetime() - timedelta(minutes=1)
	filters = {"ticket": ("in", names), "manager_due_at": (">", "2000-01-01")}
	frappe.db.set_value(TARGET_WARNING, filters, "manager_due_at", past)
	frappe.db.commit()


def assert_noticed_once(names: list[str]) -> None:
	frappe.db.rollback()
	rows = frappe.get_all(
		TARGET_WARNING, filters={"ticket": ("in", names)}, fields=["ticket", "clock", "percent"]
	)
	assert Counter((row.ticket, row.clock, row.percent) for row in rows) == Counter(
		(name, "response", 50) for name in names
	)
	assert not frappe.get_all("Error Log", filters={"method": ("like", "%warned%")}, pluck="error")


def mailed(kind: str, to: str) -> Counter:
	return Counter(name for mail in mails() if (mail.kind, mail.to) == (kind, to) for name in mail.tickets)


def sms_of(phone, to: str) -> Counter:
	return Counter(text.split()[0][1:] for number, text in phone.sent if number == NUMBERS[to])


@pytest.mark.commits
def test_four_workers_at_once_tell_everybody_once(due, phone):
	urgent, others = due[:AT_ONCE], due[AT_ONCE:]
	for worker in [start() for _ in range(4)]:
		finish(worker)
	finish(start())
	assert_noticed_once(due)
	assert mailed("at once", AGENT) == sms_of(phone, AGENT) == Counter(urgent)
	assert mailed("digest", BEN) <= Counter(others)
	assert len([mail for mail in mails() if mail.kind == "digest"]) == 1
	let_a_quarter_pass(due)
	for worker in [start() for _ in range(4)]:
		finish(worker)
	finish(start())
	frappe.db.rollback()
	assert mailed("manager", MANAGER) == sms_of(phone, MANAGER) == Counter(urgent)
	assert len(phone.sent) == 2 * AT_ONCE and len(mails()) == 2 * AT_ONCE + 1
	assert not frappe.db.count(WARNING_RECIPIENT, {"sms_state": ("in", ("To send", "Sending", "Failed"))})


@pytest.mark.commits
def test_killed_in_the_middle_and_run_again_forgets_and_doubles_nothing(due, phone):
	urgent, others = due[:AT_ONCE], due[AT_ONCE:]
	for die_at in (5, 20, 3):
		finish(start(die_at), -9)
	finish(start())
	assert_noticed_once(due)
	assert mailed("at once", AGENT) == Counter(urgent)
	waiting = frappe.get_all(TARGET_WARNING, filters={"state": "Waiting"}, pluck="ticket")
	assert mailed("digest", BEN) + Counter(waiting) == Counter(others)
	let_a_quarter_pass(due)
	for die_at in (4, AT_ONCE + 3):
		finish(start(die_at), -9)
	finish(start())
	frappe.db.rollback()
	assert mailed("manager", MANAGER) == Counter(urgent)
	assert max(sms_of(phone, AGENT).values()) == max(sms_of(phone, MANAGER).values()) == 1
	assert sms_of(phone, AGENT) + sms_of(phone, MANAGER) == Counter(urgent) + Counter(urgent)


@pytest.mark.commits
def test_killed_during_the_call_to_the_gateway_sends_no_sms_twice_and_the_manager_hears_of_it(due, phone):
	urgent = due[:AT_ONCE]
	finish(start(die_at=AT_ONCE + DIGEST + AT_ONCE + 1 + 2), -9)
	assert len(phone.sent) == 2
	for die_at in (1, 3):
		finish(start(die_at, "warning_sms"), -9)
	finish(start())
	frappe.db.rollback()
	assert sms_of(phone, AGENT) == Counter(urgent)
	assert frappe.db.count(WARNING_RECIPIENT, {"sms_state": "Sending"}) == 3
	assert frappe.db.count(WARNING_RECIPIENT, {"sms_state": "Sent"}) == AT_ONCE - 3
	let_a_quarter_pass(due)
	finish(start())
	frappe.db.rollback()
	assert mailed("manager", MANAGER) == Counter(urgent)


def test_what_is_due_is_found_by_an_index_among_50_000_tickets():
	at = now()
	future, rows = now_datetime() + timedelta(days=3), []
	for number in range(50_000):
		name = f"due-{number}"
		rows.append((name, name, None if number % 3 else future))
	frappe.db.bulk_insert(TARGET, ["name", "ticket", "next_warning_at"], rows)
	plan = frappe.db.sql(
		f"EXPLAIN SELECT name FROM `tab{TARGET}` WHERE next_warning_at <= %s ORDER BY next_warning_at LIMIT 500",
		now_datetime(),
		as_dict=True,
	)[0]
	assert plan.key == "next_warning_at" and int(plan.rows) < 5000
	assert warnings.to_notice(at) == []


SERIES = "SYS-SMS-"
"""What the framework numbers the log of SMS by; a site that never sent one has no row of it."""


def be_first_in_the_series(has_locked: Future) -> None:
	"""What another worker does that logs its first SMS, just so that the database undoes whoever logs at that moment."""
	frappe.init(SITE)
	frappe.connect()
	try:
		for row in range(20):  # the more a transaction has changed, the less it is chosen
			frappe.db.sql("INSERT INTO tabSeries (name, current) VALUES (%s, 0)", f"{row}-of-another-")
		frappe.db.sql("SELECT current FROM tabSeries WHERE name = %s FOR UPDATE", SERIES)
		has_locked.set_result(None)
		wait_for_waiter("INSERT INTO `tabSeries`%")
		frappe.db.sql("INSERT INTO tabSeries (name, current) VALUES (%s, 1)", SERIES)
		frappe.db.sql("DELETE FROM tabSeries WHERE name LIKE '%%-of-another-'")
		frappe.db.commit()
	finally:
		frappe.destroy()


@pytest.fixture
def never_sent(phone):
	"""A site with a gateway that never sent an SMS."""
	frappe.db.delete("SMS Log")
	frappe.db.delete("Series", {"name": SERIES})
	frappe.db.commit()
	yield phone
	frappe.db.rollback()
	frappe.db.delete("SMS Log")
	use(None)
	frappe.db.commit()


@pytest.mark.commits
def test_what_went_out_is_sent_and_logged_though_another_logs_at_that_moment(never_sent, monkeypatch):
	undone, log = [], sms.create_sms_log
	monkeypatch.setattr(sms, "create_sms_log", lambda *args: undone.append(args) or log(*args))
	with ThreadPoolExecutor() as others:
		has_locked = Future()
		other = others.submit(be_first_in_the_series, has_locked)
		has_locked.result(timeout=30)
		sms.send("+31 6 1234", "It is time")
		frappe.db.commit()
		other.result(timeout=60)
	assert undone and never_sent.sent == [("+3161234", "It is time")]
	fields = ["name", "message", "requested_numbers", "sent_to", "no_of_sent_sms"]
	(logged,) = frappe.get_all("SMS Log", fields=fields, as_list=True)
	assert logged == (f"{SERIES}00002", "It is time", "+3161234", "+3161234", 1)
