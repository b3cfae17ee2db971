"""Receipts add up, whatever happened to a ticket; and who may read them, on a page, over REST and on paper."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import frappe
import pytest
from frappe.website.serve import get_response
from freezegun import freeze_time

from crm_support_ext.api import target as api
from crm_support_ext.api.ticket import actions
from crm_support_ext.constants import TARGET
from crm_support_ext.store.receipts import receipt_of
from crm_support_ext.store.targets import recount
from tests.factories import make, make_contact
from tests.site.desk import AGENT, CUSTOMER, STRANGER, happen, people, reply, ticket_in

MANY = 1000
TODAY = datetime(2026, 11, 20, 10, 41, 7, 654321)
TIERS = ("I", "II", "III", "By agreement")
ON_THE_WAY = ("Open", "Pending", "Parked", "Resolved")


@pytest.fixture(autouse=True)
def desk():
	people()
	frappe.db.set_value("Support Calendar", "Office hours", "time_zone", "Europe/Amsterdam")
	frappe.clear_document_cache("Support Calendar", "Office hours")


class Facts:
	"""What happened to many tickets, drawn by lot, written straight into the tables of record."""

	def __init__(self, seed: int) -> None:
		self.lot = random.Random(seed)
		self.rows: dict[str, list[dict[str, Any]]] = {}

	def write(self) -> None:
		for doctype, rows in self.rows.items():
			fields = sorted({field for row in rows for field in row})
			values = [[row.get(field) for field in fields] for row in rows]
			frappe.db.bulk_insert(doctype, fields, values)

	def add(self, doctype: str, **row: Any) -> None:
		rows = self.rows.setdefault(doctype, [])
		rows.append({"name": f"lot-{doctype}-{len(rows)}", "creation": TODAY, "modified": TODAY, **row})

	def ticket(self, name: str) -> None:
		lot = self.lot
		begun = datetime(2026, 10, 1) + timedelta(seconds=lot.uniform(0, 49 * 86400))
		moments = list(self.moments(begun))
		statuses = ["New", *(lot.choice(ON_THE_WAY) for _ in moments[1:])]
		if len(statuses) > 1 and lot.random() < 0.2:
			statuses[-1] = "Closed"
		for at, status in zip(moments, statuses, strict=True):
			self.add("Ticket Status Log", ticket=name, at=at, to_status=status, cause="created")
		for doctype, begins, ends, more in (
			("Ticket Workaround", "given_at", "failed_at", {}),
			("Ticket Escalation", "went_at", "came_back_at", {"chosen_by_customer": lot.randrange(2)}),
		):
			for _ in range(lot.choice((0, 0, 1, 2))):
				first, last = sorted(begun + (TODAY - begun) * lot.random() for _ in range(2))
				over = last if lot.random() < 0.7 else None
				self.add(doctype, ticket=name, **{begins: first, ends: over, **more})
		agreed = TODAY + timedelta(days=lot.randrange(-20, 20)) if lot.random() < 0.5 else None
		self.add(
			"HD Ticket", subject=name, status=statuses[-1], priority=lot.choice(TIERS), cse_agreed_on=agreed
		)
		self.rows["HD Ticket"][-1]["name"] = name

	def moments(self, begun: datetime) -> Iterator[datetime]:
		"""When the status changed: now and then twice at once, or on the second."""
		at = begun
		for _ in range(self.lot.randrange(1, 9)):
			yield at
			at += timedelta(seconds=self.lot.choice((0, 1, self.lot.uniform(0, 5 * 86400))))
			if at >= TODAY:
				return


def test_the_receipts_of_a_thousand_random_tickets_add_up_to_the_second():
	facts, names = Facts(2026), [f"lot-{number}" for number in range(MANY)]
	for name in names:
		facts.ticket(name)
	facts.write()
	counted = 0
	with freeze_time(TODAY - timedelta(hours=1)):  # the site's clock is an hour ahead of UTC in November
		for name in names:
			recount(name)
			kept = frappe.db.get_value(
				TARGET, name, ["counted_seconds", "counted_days", "fix_seconds"], as_dict=True
			)
			receipt = receipt_of(name)
			lines = receipt["lines"]
			seconds = sum(line["counted_seconds"] for line in lines)
			days = sum(round(float(line["days"]) * 10_000) for line in lines)
			assert seconds == receipt["counted_seconds"] == kept.counted_seconds, name
			assert (
				days == round(float(receipt["counted_days"]) * 10_000) == round(kept.counted_days * 10_000)
			), name
			assert receipt["fix"]["counted_seconds"] == kept.fix_seconds, name
			assert all(line["start"] < line["end"] for line in lines), name
			assert all(before["end"] == after["start"] for before, after in pairwise(lines)), name
			counted += bool(seconds)
	assert counted > MANY / 2


def test_a_line_counts_no_more_than_the_time_it_took_and_only_where_it_says_so():
	facts, names = Facts(7), [f"few-{number}" for number in range(50)]
	for name in names:
		facts.ticket(name)
	facts.write()
	for name in names:
		for line in receipt_of(name)["lines"]:
			took = (line["end"] - line["start"]).total_seconds()
			assert line["counted_seconds"] <= took + 1
			assert line["counted_seconds"] == 0 or line["kind"] == "counted"


@pytest.fixture
def ticket():
	doc = ticket_in("New", priority="II", subject="Invoices <b>twice</b>")
	reply(doc)
	happen(doc, "asked", reason="The agent's own words")
	return str(doc.name)


def page(ticket: str) -> Any:
	"""The receipt's page, as the present user's browser gets it."""
	frappe.local.form_dict = frappe._dict(ticket=ticket)
	return get_response("support/receipt")


def test_agent_and_customer_read_the_same_receipt_with_nothing_internal_in_it(ticket, as_user):
	texts = {}
	for user in (AGENT, CUSTOMER):
		with as_user(user):
			answer = page(ticket)
		assert answer.status_code == 200
		texts[user] = answer.get_data(as_text=True)
		for words in (
			"2 working days = 16 working hours",
			"Invoices &lt;b&gt;twice&lt;/b&gt;",
			'id="sum-of-time"',
		):
			assert words in texts[user]
		assert "own words" not in texts[user] and AGENT not in texts[user]
	assert f"/helpdesk/my-tickets/{ticket}" in texts[CUSTOMER]
	assert f"/helpdesk/tickets/{ticket}" in texts[AGENT]


@pytest.mark.parametrize(
	("language", "words"), [("nl", "2 werkdagen = 16 werkuren"), ("nb", "2 arbeidsdager = 16")]
)
def test_the_receipt_speaks_the_readers_language(ticket, language, words):
	if not frappe.db.exists("Language", language):
		make("Language", language_code=language, language_name=language)
	frappe.local.lang = language
	try:
		assert words in page(ticket).get_data(as_text=True)
	finally:
		frappe.local.lang = "en"


def test_a_guest_is_sent_to_log_in_and_comes_back():
	frappe.set_user("Guest")
	answer = page("0042")
	assert answer.status_code == 302
	assert answer.headers["Location"] == "/login?redirect-to=%2Fsupport%2Freceipt%3Fticket%3D0042"


@pytest.mark.parametrize("name", ["0", "", "no such ticket"])
def test_another_customers_receipt_looks_like_one_that_is_not_there(ticket, name, as_user):
	make_contact(STRANGER)
	with as_user(STRANGER):
		foreign, missing = page(ticket), page(name)
		for call in (
			lambda: api.receipt(ticket),
			lambda: frappe.get_print("HD Ticket", ticket, "Ticket Receipt"),
		):
			with pytest.raises(frappe.PermissionError):
				call()
	assert foreign.status_code == missing.status_code == 404
	assert "Invoices" not in foreign.get_data(as_text=True)


def test_the_receipt_is_printed_for_those_who_may_read_the_ticket(ticket, as_user):
	for user in (AGENT, CUSTOMER):
		with as_user(user):
			printed = frappe.get_print("HD Ticket", ticket, "Ticket Receipt")
		assert "2 working days = 16 working hours" in printed
		assert "waiting for the customer" in printed
		assert "own words" not in printed


def test_both_pages_have_a_button_that_opens_the_receipt(ticket, as_user):
	for user in (AGENT, CUSTOMER):
		with as_user(user):
			buttons = {row["event"]: row for row in actions(ticket)["actions"]}
		assert buttons["receipt"]["url"] == f"/support/receipt?ticket={ticket}"


def test_a_ticket_without_a_record_has_a_receipt_without_lines(ticket):
	frappe.db.delete("Ticket Status Log", {"ticket": ticket})
	assert receipt_of(ticket)["lines"] == []
	assert "Nothing was counted" in page(ticket).get_data(as_text=True)
