"""Parked items in an old desk's log, played into a site: they stand there as in the answer of the replay."""

from __future__ import annotations

import csv
import random
from datetime import datetime, timedelta, timezone

import frappe
import pytest

from crm_support_ext.api import history
from crm_support_ext.constants import DECISION, PARKED_ITEM, PARKING, RELEASE, TICKET_IMPORT
from crm_support_ext.replay import upload
from crm_support_ext.replay.log import read_log
from crm_support_ext.replay.mapping import OURS
from crm_support_ext.replay.policy import load_policy
from crm_support_ext.replay.simulation import end_of, replay
from crm_support_ext.store import parked_items
from crm_support_ext.store.history_items import UNKNOWN_PRODUCT
from tests.factories import make_agent, make_item
from tests.site.desk import acting_as
from tests.site.test_history import SAMPLE


class Here:
	"""The site, called without a network."""

	def call(self, method, body):
		return frappe.call(getattr(history, method), **frappe.parse_json(frappe.as_json(body)))


@pytest.fixture(scope="module")
def policy():
	return load_policy(None)


def rows_of(path, policy):
	"""The rows of the tickets that are ever parked, and of the items."""
	rows = read_log(path, policy.zone, OURS)
	parked = {row.ticket for row in rows if row.step.event == "parked"}
	return [row for row in rows if not row.ticket or row.ticket in parked]


def send(path, policy, rows=None):
	end = end_of(read_log(path, policy.zone, OURS), None, policy)
	rows = rows_of(path, policy) if rows is None else rows
	return upload.upload(Here(), "log", rows, end, policy.timing, lambda sent: None, policy.zone)


def on_the_site():
	"""Product, rank, title, score, customers, users and tickets of each item that tickets wait for."""
	log_name = dict(frappe.get_all(TICKET_IMPORT, {"log": "log"}, ["ticket", "log_ticket"], as_list=True))
	found = []
	for item in frappe.get_all(PARKED_ITEM, {"tickets": (">", 0)}, ["*"]):
		waits = frappe.get_all(PARKING, {"item": item.name, "until": ("is", "not set")}, pluck="ticket")
		counts = (item.score, item.customers, item.users, sorted(log_name[ticket] for ticket in waits))
		found.append((item.product, parked_items.rank(item), item.title, *counts))
		assert item.tickets == len(waits)
	return sorted(found)


def in_the_replay(path, policy):
	return sorted(
		(
			each.item.product or UNKNOWN_PRODUCT,
			each.rank,
			each.item.name,
			str(each.score),
			each.weighed.customers,
			each.weighed.users,
			sorted(ticket.name for ticket in each.item.waiting),
		)
		for each in replay(path, policy).standings
	)


@pytest.fixture(autouse=True)
def empty():
	for doctype in (PARKED_ITEM, PARKING, DECISION, RELEASE):  # a browser's tests leave what they made
		frappe.db.delete(doctype)


def test_the_items_of_the_sample_stand_as_in_the_replay_however_often_it_is_sent(policy):
	mails, rows = frappe.db.count("Email Queue"), rows_of(SAMPLE, policy)
	send(SAMPLE, policy, rows[: len(rows) // 2])
	send(SAMPLE, policy)
	decided = frappe.db.count(DECISION)
	assert not send(SAMPLE, policy).played
	expected = in_the_replay(SAMPLE, policy)
	assert len(expected) >= 5 and max(line[4] for line in expected) >= 3
	assert on_the_site() == expected
	assert frappe.db.count(DECISION) == decided
	assert frappe.db.count("Email Queue") == mails


def decided(title):
	"""State and release of an item, and what was decided on it."""
	item = frappe.db.get_value(PARKED_ITEM, {"title": title}, ["name", "state", "release"], as_dict=True)
	kept = frappe.get_all(DECISION, {"item": item.name}, ["decision", "release", "reason"], order_by="at asc")
	return item.state, item.release, [tuple(each.values()) for each in kept]


def test_what_the_sample_says_was_released_or_declined_is_kept_and_what_came_back_is_parked(policy):
	send(SAMPLE, policy)
	came_back = ("Came back", None, None)
	for title in ("Duplicate contacts after import", "Photo upload turns sideways"):
		product = "Mobile" if title.startswith("Photo") else "CRM"
		state, release, kept = decided(title)
		assert kept[0] == ("Release", f"{product} 9.2", None)
		assert (state, release) == (
			("Parked", None) if kept[-1] == came_back else ("Released", f"{product} 9.2")
		)
	declined = ("Decline", None, "Not in the log of the old desk")
	assert decided("Filter on empty fields") == ("Parked", None, [declined, came_back])
	assert decided("Signature lost on reply") == ("Parked", None, [])  # released before anybody waited for it
	assert frappe.db.get_value(RELEASE, "CRM 9.2", ["state", "version"]) == ("Out", "9.2")


TWO_TICKETS = """ticket,time,event,customer,item,release
T1,2026-01-05T09:00:00+01:00,created,ACME,,
T2,2026-01-05T09:30:00+01:00,created,Berg AS,,
T1,2026-01-05T10:00:00+01:00,parked,,Shared mailboxes,
T2,2026-01-05T11:00:00+01:00,parked,,Shared mailboxes,
,2026-01-06T09:00:00+01:00,item_released,,Shared mailboxes,9.1
"""


def test_tickets_that_are_sent_later_do_not_undo_what_was_decided_after_them(tmp_path, policy):
	path = tmp_path / "log.csv"
	path.write_text(TWO_TICKETS)
	rows = rows_of(str(path), policy)
	importer = make_agent("ivo@import.example", "System Manager")
	for limit in (1, 2):
		with acting_as(importer):
			send(str(path), policy, upload.first_tickets(rows, limit))
		assert decided("Shared mailboxes") == (
			"Released",
			f"{UNKNOWN_PRODUCT} 9.1",
			[("Release", f"{UNKNOWN_PRODUCT} 9.1", None)],
		)
		tickets = frappe.get_all(TICKET_IMPORT, {"log": "log"}, pluck="ticket")
		statuses = frappe.get_all("HD Ticket", {"name": ("in", tickets)}, pluck="status")
		assert statuses == ["Resolved"] * limit and on_the_site() == []


HEADER = "ticket,time,event,customer,contact,product,item,workaround,effort,release".split(",")
EVENTS = ("taken_up", "parked", "parked", "parked", "unparked", "resolved", "customer_replied", "reopened")


def random_log(path, seed, tickets=30, events=150):
	"""A log in which anything may happen to few items of two products, one row a minute."""
	chance = random.Random(seed)
	at, rows, names = datetime(2026, 1, 5, 9, tzinfo=timezone.utc), [], [f"T{n}" for n in range(tickets)]
	items = [f"Item {letter}" for letter in "abcdefgh"]

	def add(event, ticket="", **said):
		nonlocal at
		at += timedelta(minutes=chance.randint(1, 400))
		said |= {"ticket": ticket, "time": at.isoformat(), "event": event}
		rows.append([said.get(column, "") for column in HEADER])

	for name in names:
		who = {
			"customer": chance.choice(["ACME", "Berg AS", "Cohen", ""]),
			"contact": chance.choice(["els", "jan", ""]),
		}
		add("created", name, product=chance.choice(["CRM", "Mobile", ""]), **who)
	for _ in range(events):
		if chance.random() < 0.05:
			add(chance.choice(["item_released", "item_declined"]), item=chance.choice(items), release="9.1")
			continue
		event, said = chance.choice(EVENTS), {}
		if event == "parked":
			said = {"item": chance.choice(items), "product": chance.choice(["CRM", "", "", "Mobile"])}
			said |= {"workaround": chance.choice(["none", "awkward", "good", ""])}
			said |= {"effort": chance.choice(["0.5", "3", "2.25", ""])}
		add(event, chance.choice(names), **said)
	with open(path, "w", newline="") as file:
		csv.writer(file).writerows([HEADER, *rows])
	return str(path)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_items_of_any_log_stand_as_in_the_replay(seed, tmp_path, policy):
	path = random_log(tmp_path / "log.csv", seed)
	send(path, policy)
	expected = in_the_replay(path, policy)
	assert len(expected) >= 4
	assert on_the_site() == expected


def test_an_item_of_the_desks_own_is_taken_and_another_products_is_not(tmp_path, policy):
	mine, other = (
		make_item("Shared mailboxes", product="CRM"),
		make_item("Shared mailboxes", product="Mobile"),
	)
	(tmp_path / "log.csv").write_text(
		"ticket,time,event,customer,product,item,effort\n"
		"T1,2026-01-05T09:00:00+01:00,created,ACME,CRM,,\n"
		"T1,2026-01-05T10:00:00+01:00,parked,,,Shared mailboxes,4\n"
	)
	send(str(tmp_path / "log.csv"), policy)
	assert frappe.db.get_value(PARKED_ITEM, mine, ["tickets", "effort"]) == (1, 4)
	assert frappe.db.get_value(PARKED_ITEM, other, ["tickets", "effort"]) == (0, 1)


def test_the_users_of_a_log_are_contacts_of_its_customers_without_a_login(tmp_path, policy):
	(tmp_path / "log.csv").write_text(
		"ticket,time,event,customer,contact,item\n"
		"T1,2026-01-05T09:00:00+01:00,created,ACME,els,\n"
		"T1,2026-01-05T10:00:00+01:00,parked,,,Shared mailboxes\n"
		"T2,2026-01-05T11:00:00+01:00,created,Berg AS,els,\n"
		"T2,2026-01-05T12:00:00+01:00,parked,,,Shared mailboxes\n"
		"T3,2026-01-05T13:00:00+01:00,created,ACME,els,\n"
		"T3,2026-01-05T14:00:00+01:00,parked,,,Shared mailboxes\n"
	)
	send(str(tmp_path / "log.csv"), policy)
	assert frappe.get_all(PARKED_ITEM, {"tickets": 3}, ["product", "customers", "users"]) == [
		{"product": UNKNOWN_PRODUCT, "customers": 2, "users": 2}
	]
	contacts = frappe.get_all("Contact", {"first_name": "els"}, ["name", "user"], order_by="name")
	assert [(each.name, each.user) for each in contacts] == [("els-ACME", None), ("els-Berg AS", None)]
