"""What the pages say of a ticket's promises, on a desk and on a phone, for each way in which they can stand.

The stored times are set in the database as the server's rules would leave them, so that only the pages are tested.
`SCREENSHOTS=1` leaves pictures of all of them in build/screenshots.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import frappe
import pytest
from frappe.utils import format_datetime, now_datetime
from playwright.sync_api import Locator, Page, expect

from crm_support_ext.store.targets import SHOWN
from tests.e2e.desk import Desk, make_desk
from tests.e2e.pages import PHONE
from tests.factories import make

PATIENCE = 20_000
HOUR = 3600

TIMES = (*SHOWN, "first_responded_on")

ANSWERED = {"response_by": 20, "first_responded_on": -47, "first_response_time": 600}
"""The first reply came in time: ten minutes were counted, an hour went by."""

DUE = {**ANSWERED, "resolution_by": 30, "agreement_status": "Resolution Due"}

STATES: dict[str, tuple[str, dict[str, Any]]] = {
	"new": (
		"New",
		{"response_by": 3.5, "resolution_by": 30, "agreement_status": "First Response Due"},
	),
	"due": ("Open", DUE),
	"missed": ("Open", {**DUE, "resolution_by": -3, "agreement_status": "Failed"}),
	"pending": ("Pending", {**DUE, "on_hold_since": -5, "agreement_status": "Paused"}),
	"parked long ago": ("Parked", {**DUE, "on_hold_since": -500, "agreement_status": "Paused"}),
	"third party": ("Open", {**DUE, "on_hold_since": -5, "agreement_status": "Paused"}),
	"missed, then pending": (
		"Pending",
		{**DUE, "resolution_by": -9, "on_hold_since": -5, "agreement_status": "Failed"},
	),
	"by agreement": ("Open", {**DUE, "priority": "By agreement", "resolution_by": 100}),
	"by agreement, no date in time": (
		"Open",
		{**DUE, "priority": "By agreement", "resolution_by": -3, "agreement_status": "Failed"},
	),
	"workaround": (
		"Open",
		{
			**DUE,
			"resolution_by": -3,
			"resolution_date": -6,
			"resolution_time": 2 * HOUR,
			"agreement_status": "Fulfilled",
		},
	),
	"reply missed, workaround in time": (
		"Open",
		{
			"response_by": -47,
			"first_responded_on": -46,
			"first_response_time": 2 * HOUR,
			"first_response_failed_by": HOUR,
			"resolution_by": -3,
			"resolution_date": -6,
			"resolution_time": 2 * HOUR,
			"agreement_status": "Failed",
		},
	),
	"solved late": (
		"Resolved",
		{
			**DUE,
			"resolution_by": -6,
			"resolution_date": -3,
			"resolution_time": 9 * HOUR,
			"resolution_failed_by": 3 * HOUR,
			"agreement_status": "Failed",
		},
	),
	"no target": ("Open", {"agreement_status": "Fulfilled"}),
}
"""By name: the status, and what is stored; a moment as hours from now."""

HELD, NO_DATE, COUNTED = "On hold", "By agreement, date to follow", "Fulfilled in 2h 0m"
REPLIED = "Fulfilled in 10m"

SAID = {
	"new": (r"Due in 3h", r"Due in 1d [56]h"),
	"due": (REPLIED, r"Due in 1d [56]h"),
	"missed": (REPLIED, r"Overdue by [23]h|Failed"),
	"pending": (REPLIED, HELD),
	"parked long ago": (REPLIED, HELD),
	"third party": (REPLIED, HELD),
	"missed, then pending": (REPLIED, "Overdue, on hold"),
	"by agreement": (REPLIED, NO_DATE),
	"by agreement, no date in time": (REPLIED, NO_DATE),
	"workaround": (REPLIED, COUNTED),
	"reply missed, workaround in time": (r"Failed( by 1h 0?m?)?", COUNTED),
	"solved late": (REPLIED, r"Failed( by 3h)?"),
	"no target": ("No target", "No target"),
}
"""What agent and customer read on the ticket's page: first reply, resolution."""

IN_AGENTS_LIST = {
	"new": (r"3h", r"1 day [56]h"),
	"due": ("Fulfilled", r"1 day [56]h"),
	"missed": ("Fulfilled", "Failed"),
	"pending": ("Fulfilled", "Paused"),
	"parked long ago": ("Fulfilled", "Paused"),
	"third party": ("Fulfilled", r"1 day [56]h"),
	"missed, then pending": ("Fulfilled", "Paused"),
	"by agreement": ("Fulfilled", r"4 days [34]h"),
	"by agreement, no date in time": ("Fulfilled", "Failed"),
	"workaround": ("Fulfilled", "Fulfilled"),
	"reply missed, workaround in time": ("Failed", "Fulfilled"),
	"solved late": ("Fulfilled", "Failed"),
	"no target": ("Fulfilled", "Fulfilled"),
}

IN_PORTALS_LIST = {
	"new": "{by}",
	"due": "{by}",
	"missed": "Failed",
	"pending": "Paused",
	"parked long ago": "Paused",
	"third party": "Paused",
	"missed, then pending": "Failed",
	"by agreement": "Date to follow",
	"by agreement, no date in time": "Date to follow",
	"workaround": "Fulfilled",
	"reply missed, workaround in time": "Fulfilled",
	"solved late": "Failed",
	"no target": "No target",
}


@pytest.fixture
def desk(on_site) -> Desk:
	return make_desk(on_site, "Drukkerij Het Uur")


def store(desk: Desk, ticket: str, state: str) -> None:
	"""Leave the ticket's times as the server's rules would."""
	wanted = STATES[state][1]
	moments = {"response_by", "first_responded_on", "resolution_by", "resolution_date", "on_hold_since"}
	with desk.on_site():
		now = now_datetime()
		values: dict[str, Any] = dict.fromkeys(TIMES) | {"creation": now - timedelta(hours=48)}
		for field, value in wanted.items():
			values[field] = now + timedelta(hours=value, minutes=1) if field in moments else value
		if not frappe.db.exists("HD Ticket Priority", "By agreement"):
			make("HD Ticket Priority", name="By agreement", integer_value=900)
		frappe.db.set_value("HD Ticket", ticket, values)


def prepared(desk: Desk, state: str) -> str:
	"""A ticket whose promises stand so."""
	ticket = desk.ticket(STATES[state][0], subject=f"It is {state}.")
	store(desk, ticket, state)
	return ticket


@pytest.fixture
def page_of(page_as) -> Callable[[str], Page]:
	"""`page_of(user)`: a browser in the site's time zone, as which the helpdesk's pages read every stored time."""

	def open_page(user: str) -> Page:
		page = page_as(user)
		page.set_default_timeout(PATIENCE)
		zone = {"timezoneId": "Europe/Amsterdam"}
		page.context.new_cdp_session(page).send("Emulation.setTimezoneOverride", zone)
		return page

	return open_page


def open_ticket(page: Page, ticket: str, *, portal: bool = False, phone: bool = False) -> Page:
	"""The ticket's page, with the part in sight that has the due times."""
	if phone:
		page.set_viewport_size(PHONE)
	page.goto(f"/helpdesk/{'my-tickets' if portal else 'tickets'}/{ticket}", wait_until="commit")
	if phone:
		page.get_by_role("tab", name="Details").click()
	return page


def beside(page: Page, title: str) -> Locator:
	"""The row of a ticket's page that has this title."""
	return page.get_by_text(title, exact=True).first.locator("xpath=..")


def expect_said(page: Page, words: tuple[str, str], expected: str = "") -> None:
	"""The page says this of the first reply and of the resolution; a phone's page puts a word before the titles."""
	for title, said in zip((f"{expected}First Response", f"{expected}Resolution"), words, strict=True):
		expect(beside(page, title)).to_have_text(re.compile(rf"^\s*{title}\s*({said})( \d+m)?( \d+s)?\s*$"))


def keep(page: Page, name: str, screenshot) -> None:
	if os.environ.get("SCREENSHOTS") == "1":
		screenshot(page, "due-" + name.replace(",", "").replace(" ", "-"))


ON_A_PHONE = {
	"new": (r"in 4 hours", r"in a day"),
	"due": (REPLIED, r"in a day"),
	"missed": (REPLIED, r"3 hours ago"),
	"reply missed, workaround in time": ("Failed", COUNTED),
	"solved late": (REPLIED, "Failed"),
}
"""What a customer reads on a phone where the page has other words of its own."""


@pytest.mark.parametrize("state", STATES)
def test_an_agent_reads_how_the_promises_stand(state, desk, page_of, screenshot):
	ticket, page = prepared(desk, state), page_of(desk.agent)

	expect_said(open_ticket(page, ticket), SAID[state])
	keep(page, f"{state} agent", screenshot)
	expect_said(open_ticket(page, ticket, phone=True), SAID[state])
	keep(page, f"{state} agent phone", screenshot)


@pytest.mark.parametrize("state", STATES)
def test_a_customer_reads_how_the_promises_stand(state, desk, page_of, screenshot):
	ticket, page = prepared(desk, state), page_of(desk.customer)

	expect_said(open_ticket(page, ticket, portal=True), SAID[state])
	keep(page, f"{state} portal", screenshot)
	page = open_ticket(page, ticket, portal=True, phone=True)
	expect_said(page, ON_A_PHONE.get(state, SAID[state]), "Expected ")
	keep(page, f"{state} portal phone", screenshot)


def test_the_lists_say_how_the_promises_stand(desk, page_of, screenshot):
	tickets = {state: prepared(desk, state) for state in STATES}
	page = page_of(desk.agent)
	page.set_viewport_size({"width": 1900, "height": 900})
	page.goto("/helpdesk/tickets", wait_until="commit")
	for state, ticket in tickets.items():
		row = page.locator(f"a[href*='/tickets/{ticket}']")
		badges = row.locator(".rounded-full.h-5")
		expect(badges).to_have_count(2)
		for badge, words in zip(badges.all(), IN_AGENTS_LIST[state], strict=True):
			expect(badge).to_have_text(re.compile(rf"^\s*({words})( \d+m)?\s*$"))
	keep(page, "list agent", screenshot)

	page = page_of(desk.customer)
	page.goto("/helpdesk/my-tickets", wait_until="commit")
	for state, ticket in tickets.items():
		with desk.on_site():
			by = format_datetime(
				frappe.db.get_value("HD Ticket", ticket, "resolution_by"), "d MMM yyyy, HH:mm"
			)
		row = page.locator(f"a[href*='/my-tickets/{ticket}']")
		expect(row.get_by_text(IN_PORTALS_LIST[state].format(by=by), exact=True).last).to_be_visible()
	expect(page.get_by_text(re.compile("NaN|Invalid"))).to_have_count(0)
	keep(page, "list portal", screenshot)


def test_the_agents_home_says_what_is_owed(desk, page_of, screenshot):
	tickets = {
		state: prepared(desk, state) for state in ("new", "due", "third party", "by agreement", "workaround")
	}
	for ticket in tickets.values():
		with desk.on_site():
			frappe.db.set_value("HD Ticket", ticket, {"_assign": json.dumps([desk.agent])})
	page = page_of(desk.agent)
	page.goto("/helpdesk/home", wait_until="commit")

	owed = page.locator("tr").filter(has_text=re.compile(r"It is"))
	expect(owed).to_have_count(3)
	for state, words in {
		"new": "Response due",
		"due": "Resolution due",
		"by agreement": "Resolution due",
	}.items():
		expect(owed.filter(has_text=f"It is {state}.")).to_contain_text(words)
	keep(page, "home", screenshot)


def test_the_words_of_one_ticket_do_not_stay_for_the_next(desk, page_of):
	tickets = {state: prepared(desk, state) for state in ("by agreement", "missed", "third party", "due")}
	page = page_of(desk.agent)
	page.goto("/helpdesk/tickets", wait_until="commit")

	for state, ticket in tickets.items():
		page.locator(f"a[href*='/tickets/{ticket}']").get_by_text(f"It is {state}.").click()
		expect_said(page, SAID[state])
		page.go_back()
