"""A promise in a real browser: the agent makes it, both read it, and the drafted message goes out as it is.

`PICTURES=1` writes the picture of the documentation anew; otherwise it goes to build/screenshots.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import frappe
import pytest
from frappe.utils import get_system_timezone, now_datetime
from playwright.sync_api import FrameLocator, Locator, Page, expect

from crm_support_ext.constants import NEXT_UPDATE, PROMISE
from tests.e2e.desk import Desk, make_desk
from tests.e2e.pages import PATIENCE, button, opened, picture
from tests.factories import make


@pytest.fixture
def desk(on_site) -> Desk:
	return make_desk(on_site, "Bakkerij De Ochtend")


def fold_out(page: Page) -> None:
	"""Ticket Info is folded in by default."""
	expect(page.get_by_text("Ticket Info", exact=True)).to_be_visible()
	if not page.get_by_text("Waiting on", exact=True).is_visible():
		page.get_by_text("Ticket Info", exact=True).click()
	expect(page.get_by_text("Waiting on", exact=True)).to_be_visible()


def last_message(page: Page) -> FrameLocator:
	"""The helpdesk shows each message in a frame of its own."""
	return page.frame_locator("iframe >> nth=-1")


def line_of(page: Page, text: str) -> Locator:
	"""The line "us, since …, next update …": the agent's page shows it in a field that is not written to."""
	shown = page.get_by_text(text)
	field = page.locator(f'input[value*="{text}"], textarea:text("{text}")')
	return shown.or_(field).first


def test_an_agent_promises_and_both_read_it(desk, page_as):
	ticket = desk.ticket("Open")
	with desk.on_site():
		zone, in_two_days = ZoneInfo(get_system_timezone()), now_datetime() + timedelta(days=2)
	due = in_two_days.replace(hour=15, minute=30, second=0, microsecond=0)
	page = opened(page_as, desk.agent, ticket)
	button(page, "Promise").click()
	dialog = page.get_by_role("dialog", name="Promise")
	when = dialog.get_by_label("Next update by")
	expect(when).not_to_have_value("")
	readers_zone = ZoneInfo(page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone"))
	local = due.replace(tzinfo=zone).astimezone(readers_zone)
	when.fill(local.strftime("%Y-%m-%dT%H:%M"))
	dialog.get_by_role("textbox").last.fill("We are trying it with your own file.")
	picture(page, "promise")
	when.fill("2020-01-01T10:00")
	button(dialog, "Promise").click()
	expect(page.get_by_text("has passed. Choose a time").first).to_be_visible()
	when.fill(local.strftime("%Y-%m-%dT%H:%M"))
	button(dialog, "Promise").click()
	expect(dialog).to_have_count(0)

	assert desk.get(ticket, NEXT_UPDATE) == due
	words = f"next update {due:%Y-%m-%d %H:%M}"
	assert words in desk.get(ticket, "cse_waiting_on")
	fold_out(page)
	expect(line_of(page, words)).to_be_visible()

	portal = opened(page_as, desk.customer, ticket, portal=True)
	expect(portal.get_by_text(words)).to_be_visible()
	expect(last_message(portal).get_by_text("You hear from us again by")).to_be_visible()
	expect(portal.get_by_text("Invalid Date")).to_have_count(0)
	expect(button(portal, "Promise")).to_have_count(0)


def test_the_drafted_message_goes_out_as_it_is(desk, page_as):
	ticket = desk.ticket("Open")
	page = opened(page_as, desk.agent, ticket)
	expect(button(page, "Promise")).to_be_visible()
	expect(button(page, "Send the drafted message")).to_have_count(0)
	with desk.on_site():
		past = {"warn_at": now_datetime() - timedelta(minutes=1)}
		frappe.db.set_value(PROMISE, {"open_of": ticket}, past)
	page.reload(wait_until="commit")
	button(page, "Send the drafted message").click()
	dialog = page.get_by_role("dialog", name="Send the drafted message")
	expect(dialog.get_by_role("textbox", name="Message")).to_have_value(
		f"Hello Kees,\n\nWe are still working on your ticket #{ticket}, “The import stops halfway”."
	)
	button(dialog, "Send the drafted message").click()
	expect(dialog).to_have_count(0)
	expect(button(page, "Send the drafted message")).to_have_count(0)

	with desk.on_site():
		states = frappe.get_all(PROMISE, {"ticket": ticket}, pluck="state", order_by="made_at asc")
		sent = {"reference_name": ticket, "sent_or_received": "Sent"}
		(content,) = frappe.get_all("Communication", sent, pluck="content")
	assert states == ["Kept", "Open"]
	assert "You hear from us again by" in content
	portal = opened(page_as, desk.customer, ticket, portal=True)
	expect(last_message(portal).get_by_text("We are still working on your ticket")).to_be_visible()


def test_an_answered_ticket_shows_no_promise_and_no_invalid_date(desk, page_as):
	ticket = desk.ticket("Resolved")
	portal = opened(page_as, desk.customer, ticket, portal=True)
	expect(portal.get_by_text("Answered", exact=True)).to_be_visible()
	expect(portal.get_by_text("Invalid Date")).to_have_count(0)
	expect(portal.get_by_text("next update")).to_have_count(0)


def test_the_report_and_its_chart(desk, page_as):
	with desk.on_site():
		frappe.db.delete(PROMISE, {"state": ("!=", "Open")})
	decided(desk, desk.agent, kept=7, broken=1)
	decided(desk, make_desk(desk.on_site, "Nordlys", agent="bram").agent, kept=4, broken=2)
	page = page_as("Administrator")
	page.set_default_timeout(PATIENCE)
	page.goto("/app/query-report/Promises Kept", wait_until="commit")
	for rate in ("87.5%", "66.7%"):
		expect(page.locator(".dt-cell__content").filter(has_text=rate).first).to_be_visible()
	page.wait_for_function(
		"[...document.querySelectorAll('.dataset-units rect')].some(bar => bar.getBoundingClientRect().height > 40)"
	)
	picture(page, "promises-kept")


def decided(desk: Desk, holder: str, **states: int) -> None:
	"""Promises of this holder that were decided just now."""
	ticket = desk.ticket("Resolved")
	with desk.on_site():
		frappe.db.delete(PROMISE, {"ticket": ticket})
		row = {"ticket": ticket, "holder": holder, "due": now_datetime(), "decided_at": now_datetime()}
		for state, number in states.items():
			for _ in range(number):
				make(PROMISE, state=state.title(), **row)


def test_the_number_card_answers_by_rest(desk, rest):
	method = "/api/method/crm_support_ext.api.promise.kept_this_month"
	answer = rest("Administrator").post(method, json={"filters": []})
	assert answer.status_code == 200 and answer.json()["message"]["fieldtype"] == "Percent"
	for user in (desk.customer, None):
		assert rest(user).get(method).status_code == 403


def test_by_rest_a_customer_reads_no_promise_and_writes_none(desk, rest):
	ticket = desk.ticket("Open")
	before = desk.get(ticket, NEXT_UPDATE)
	customer = rest(desk.customer)
	assert customer.get(f"/api/resource/{PROMISE}").status_code == 403
	assert customer.get("/api/resource/Agent Absence").status_code == 403
	row = desk.count(PROMISE, ticket=ticket) and before
	assert row
	soon = datetime.now() + timedelta(minutes=1)
	written = customer.put(
		f"/api/resource/HD Ticket/{ticket}", json={NEXT_UPDATE: soon.isoformat(" ", "seconds")}
	)
	assert written.status_code == 403 and "Next update by" in written.text
	values = {"due": soon.isoformat()}
	pressed = customer.post(
		"/api/method/crm_support_ext.api.ticket.act",
		json={"ticket": ticket, "event": "promise", "values": values},
	)
	assert pressed.status_code == 417
	assert desk.get(ticket, NEXT_UPDATE) == before
