"""A release for many waiting tickets with real processes on a real database: two at once, and killed half-way.

RELEASED_TICKETS=5000 makes as many as a large desk has waiting; less is enough to find what goes wrong.
"""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from typing import Any

import frappe
import pytest

from crm_support_ext.constants import (
	DECISION,
	ENTRY,
	INSTALLATION,
	PARKED_ITEM,
	PARKING,
	PRODUCT_DIRECTOR,
	PROMISE,
	RELEASE,
	STATUS_LOG,
	TARGET,
	TICKET,
	WORK_LOG,
)
from crm_support_ext.store import parked_items
from crm_support_ext.store.fixed_links import key_of
from tests.e2e.mailbox import Mailbox
from tests.factories import make_user
from tests.harness.bench import SITE, SITES, environ
from tests.harness.services import free_port
from tests.harness.site import FRAPPE
from tests.site.contracts import remove as remove_contract
from tests.site.desk import CUSTOMER, people, remove
from tests.site.ledgers import bought, contract_of_the_customer, granted
from tests.site.released import DIRECTOR, PRODUCT, five_lines, go_out, item, plan, release, runs, waiting
from tests.site.workers import at_once, finish, start

TICKETS = int(os.environ.get("RELEASED_TICKETS", "300"))
CUSTOMERS = max(TICKETS // 10, 3)
ANSWERS = ("Install", "Upgrade first", "Unsupported")
INSTALLED = dict(zip(ANSWERS, ("10", "9", "7"), strict=True))
PATIENCE = 300 + TICKETS
"""Seconds that a worker may take: some of a bench's tickets are answered in each."""
FIRST = 9_000_000
"""The number of the first ticket that is made in bulk."""
STEPS = "tasks.answers.answer store.answer_mail.tell"
COPIED = {TICKET: "name", STATUS_LOG: "ticket", TARGET: "ticket", PROMISE: "ticket", PARKING: "ticket"}
"""What there is of a parked ticket, and the column that names it."""


def company_of(number: int) -> str:
	return f"Bedrijf {number % CUSTOMERS}"


def answer_of(number: int) -> str:
	return ANSWERS[number % CUSTOMERS % len(ANSWERS)]


def reporter(number: int) -> str:
	return f"r{number}@bedrijf-{number % CUSTOMERS}.example"


def in_bulk(doctype: str, rows: list[dict[str, Any]]) -> None:
	fields = list(rows[0])
	frappe.db.bulk_insert(doctype, fields, [tuple(row[field] for field in fields) for row in rows])


def copies(doctype: str, column: str, like: str) -> None:
	"""The rows of one ticket, once more for each of the others, which is of its own reporter and customer."""
	for template in frappe.get_all(doctype, {column: like}, ["*"]):
		rows = []
		for number in range(TICKETS):
			name = str(FIRST + number)
			row = {**template, "name": f"{template.name}-{number}", column: name}
			whose = {"customer": company_of(number), "contact": None, "raised_by": reporter(number)}
			if doctype == PARKING:
				whose["contact"] = reporter(number)
			row.update({field: value for field, value in whose.items() if field in row})
			if row.get("open_of"):
				row["open_of"] = name
			if "key" in row:
				row["key"] = f"key-of-{name}"
			if doctype == TICKET or template.name == like:
				row["name"] = name
			rows.append(row)
		in_bulk(doctype, rows)


@pytest.fixture
def out():
	"""A release that has just gone out, for which everybody waits; committed."""
	people()
	five_lines()
	contract = contract_of_the_customer()
	granted(contract)
	bought(contract, "4", "2026-02-01 10:00")
	wanted, name = item(), release("10.3", "10")
	like = str(waiting(wanted, CUSTOMER).name)
	template = {"name": "", "creation": "2026-01-01", "modified": "2026-01-01", "owner": "Administrator"}
	companies = [company_of(number) for number in range(CUSTOMERS)]
	in_bulk("HD Customer", [{**template, "name": each, "customer_name": each} for each in companies])
	runs = [
		{
			**template,
			"name": f"i-{number}",
			"customer": each,
			"product": PRODUCT,
			"release": f"{PRODUCT} {INSTALLED[answer_of(number)]}",
		}
		for number, each in enumerate(companies)
	]
	in_bulk(INSTALLATION, runs)
	for doctype, column in COPIED.items():
		copies(doctype, column, like)
	parked_items.recount(wanted)
	plan(wanted, name)
	before = ledgers()
	assert before[ENTRY]
	go_out(name)
	for doctype in ("Email Queue", "Email Queue Recipient", "Error Log"):
		frappe.db.delete(doctype)
	frappe.db.commit()
	yield name, wanted, like, before
	frappe.db.rollback()
	for doctype, column in COPIED.items():
		frappe.db.delete(doctype, {column: ("between", (str(FIRST), str(FIRST + TICKETS)))})
	frappe.db.delete("Communication", {"reference_name": ("like", f"{FIRST // 1000}%")})
	for doctype in ("Email Queue", "Email Queue Recipient", DECISION, INSTALLATION, "Error Log"):
		frappe.db.delete(doctype)
	frappe.delete_doc(TICKET, like, force=True)
	frappe.db.delete("HD Customer", {"name": ("in", companies)})
	frappe.db.delete(PARKED_ITEM, {"name": wanted})
	frappe.db.delete(RELEASE, {"product": PRODUCT})
	remove_contract(contract.name)
	frappe.db.commit()


def ledgers() -> dict[str, Any]:
	"""All that is booked, as it is stored."""
	return {
		doctype: frappe.db.sql(f"select * from `tab{doctype}` order by name") for doctype in (ENTRY, WORK_LOG)
	}


def assert_each_has_one_right_answer(name: str, wanted: str, like: str, before: dict[str, Any]) -> None:
	frappe.db.rollback()
	assert not frappe.get_all("Error Log", pluck="error")
	expected = Counter(reporter(number) for number in range(TICKETS)) + Counter([CUSTOMER])
	assert Counter(frappe.get_all("Email Queue Recipient", pluck="recipient")) == expected
	names = [str(FIRST + number) for number in range(TICKETS)]
	rows = frappe.get_all(
		PARKING, {"ticket": ("in", names)}, ["ticket", "answer", "release", "until", "job_error", "customer"]
	)
	assert Counter(row.answer for row in rows) == Counter(answer_of(number) for number in range(TICKETS))
	status = dict(frappe.get_all(TICKET, {"name": ("in", names)}, ["name", "status"], as_list=True))
	subjects = dict(
		frappe.get_all(
			"Communication", {"reference_name": ("in", names)}, ["reference_name", "content"], as_list=True
		)
	)
	assert frappe.db.count("Communication", {"reference_name": ("in", names)}) == TICKETS
	said = dict(zip(ANSWERS, ("Please install", "please upgrade to", "no longer supported"), strict=True))
	for row in rows:
		answer = answer_of(int(row.ticket) - FIRST)
		assert (row.answer, row.release, row.job_error) == (answer, name, None)
		assert said[answer] in subjects[row.ticket]
		resolved = answer == "Install"
		assert (status[row.ticket], bool(row.until)) == ("Resolved" if resolved else "Parked", resolved)
	assert frappe.db.get_value(RELEASE, name, "state") == "Out"
	left = sum(answer_of(number) != "Install" for number in range(TICKETS)) + 1
	assert frappe.db.get_value(PARKED_ITEM, wanted, ["state", "tickets"]) == ("Released", left)
	assert ledgers() == before


def delivered() -> Counter[str]:
	"""Send what is queued to a mail server, as the scheduler does, and count what arrives there for whom."""
	account = {"default_outgoing": 1}
	port = frappe.db.get_value("Email Account", account, "smtp_port")
	command = [*FRAPPE, "--site", SITE, "execute", "frappe.email.queue.flush"]
	try:
		with Mailbox(free_port()) as sink:
			frappe.db.set_value("Email Account", account, "smtp_port", sink.port)
			frappe.db.commit()
			while frappe.db.count("Email Queue", {"status": "Not Sent"}):
				subprocess.run(
					command, cwd=SITES, env=environ(), check=True, capture_output=True, timeout=PATIENCE
				)
				frappe.db.rollback()
			return Counter(str(message["X-Recipients"]) for message in sink.messages)
	finally:
		frappe.db.set_value("Email Account", account, "smtp_port", port)
		frappe.db.commit()


@pytest.mark.commits
def test_killed_half_way_and_run_again_by_two_at_once_tells_each_reporter_once(out):
	finish(start(STEPS, "answers", die_at=TICKETS), -9, PATIENCE)  # two steps each: killed at about half
	frappe.db.rollback()
	told = frappe.db.count("Email Queue Recipient")
	assert TICKETS // 3 < told < TICKETS
	assert frappe.db.get_value(RELEASE, out[0], "state") == "Going out"
	for worker in [start(STEPS, "answers"), start(STEPS, "answers", die_at=TICKETS // 10)]:
		worker.wait(timeout=PATIENCE)
	for worker in [start(STEPS, "answers") for _ in range(2)]:
		finish(worker, seconds=PATIENCE)
	assert_each_has_one_right_answer(*out)
	assert delivered() == Counter(map(reporter, range(TICKETS))) + Counter([CUSTOMER])


@pytest.fixture
def planned():
	"""A release that is planned, for which one ticket of a customer that can take it waits; committed."""
	people()
	make_user(DIRECTOR, PRODUCT_DIRECTOR)
	five_lines()
	wanted, name = item(), release("10.3", "10")
	runs("Bakkerij De Ochtend", "10")
	ticket = waiting(wanted, CUSTOMER)
	plan(wanted, name)
	frappe.db.commit()
	yield name, wanted, str(ticket.name)
	remove(str(ticket.name))
	for doctype, filters in (
		(PARKED_ITEM, {"name": wanted}),
		(RELEASE, {"product": PRODUCT}),
		(DECISION, {"item": wanted}),
		(INSTALLATION, {"product": PRODUCT}),
		("HD Notification", {"reference_ticket": str(ticket.name)}),
	):
		frappe.db.delete(doctype, filters)
	frappe.db.commit()


@pytest.mark.commits
def test_two_who_release_at_once_let_it_out_once_and_two_who_say_no_park_it_once(planned):
	name, wanted, ticket = planned
	press = (DIRECTOR, "crm_support_ext.api.release.go_out", {"release": name})
	told = sorted(at_once(press, press))
	assert told[0] == 'done "Going out"' and "goes out once" in told[1]
	frappe.db.rollback()
	assert frappe.get_all(DECISION, {"item": wanted}, pluck="decision") == ["Release"]
	finish(start(STEPS, "answers"))
	frappe.db.rollback()
	row = frappe.db.get_value(PARKING, {"ticket": ticket})
	say = ("Guest", "crm_support_ext.api.fixed.answer", {"key": key_of(row), "fixed_for_me": "No"})
	assert at_once(say, say, say) == ["done null"] * 3
	frappe.db.rollback()
	waits = frappe.get_all(PARKING, {"ticket": ticket}, ["fixed", "regression"], order_by="creation asc")
	assert sorted((wait.fixed or "", wait.regression) for wait in waits) == [("", 1), ("No", 0)]
	assert frappe.db.count(DECISION, {"item": wanted, "decision": "Came back"}) == 1
	assert frappe.db.get_value(PARKED_ITEM, wanted, ["state", "tickets", "regressions"]) == ("Parked", 1, 1)


@pytest.mark.commits
def test_two_who_enter_an_installation_at_once_make_one(planned):
	frappe.db.delete(INSTALLATION, {"product": PRODUCT})
	frappe.db.commit()
	row = {"doctype": INSTALLATION, "customer": "Bakkerij De Ochtend", "product": PRODUCT}
	press = ("Administrator", "frappe.client.insert", {"doc": {**row, "release": "10"}})
	told = sorted(at_once(press, press, press))
	frappe.db.rollback()
	assert frappe.db.count(INSTALLATION, {"product": PRODUCT}) == 1
	assert told[0].startswith("done") and all("has an installation of" in each for each in told[1:])
