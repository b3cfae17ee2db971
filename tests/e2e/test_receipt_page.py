"""The receipt in a real browser, for agent and customer, on a desk and on a phone; the desk's workspace, report and forms.

`PICTURES=1` writes the pictures of the documentation anew; otherwise they go to build/screenshots.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import frappe
import pytest
from freezegun import freeze_time
from playwright.sync_api import Page, expect

from crm_support_ext.store import workarounds
from crm_support_ext.tasks import recounting
from tests.e2e import pages
from tests.e2e.desk import Desk, make_desk
from tests.e2e.pages import PHONE, WIDE, picture
from tests.factories import make, make_ticket
from tests.harness.bench import HOME, ROOT, SITES
from tests.harness.services import Service, free_port
from tests.site.desk import happen, reply

PATIENCE = pages.PATIENCE
TUESDAY = datetime(2026, 11, 3, 8, 12, 30)
"""In UTC; the desk's clocks in Amsterdam are an hour ahead."""


@pytest.fixture
def desk(on_site) -> Desk:
	return make_desk(on_site, "Bakkerij De Tijd")


@pytest.fixture
def ticket(desk: Desk) -> str:
	"""A ticket of tier II that waited for its customer once, got a workaround, and was solved after the weekend."""
	with desk.on_site():
		hours = {"time_zone": "Europe/Amsterdam", "country": "Netherlands"}
		frappe.db.set_value("Support Calendar", "Office hours", hours)
		frappe.clear_document_cache("Support Calendar", "Office hours")
		name = str(self_made(desk.customer))
	return name


def self_made(customer: str) -> str:
	with freeze_time(TUESDAY):
		doc = make_ticket("Invoices come out of the printer twice", raised_by=customer, priority="II")
		doc = frappe.get_doc("HD Ticket", doc.name)
	steps: tuple[tuple[float, Callable[[], None]], ...] = (
		(1.2, lambda: reply(doc, "Which printer is it?", to=customer)),
		(1.3, lambda: happen(doc, "asked")),
		(25.6, lambda: happen(doc, "taken_up")),
		(53.1, lambda: workarounds.give(frappe.get_doc("HD Ticket", doc.name), "Print from the preview.")),
		(146.4, lambda: happen(doc, "resolved")),
	)
	for hours, step in steps:
		with freeze_time(TUESDAY + timedelta(hours=hours)):
			step()
	return doc.name


@pytest.fixture
def live() -> Iterator[int]:
	"""The port of a server for live messages, which the harness has not."""
	port, config = free_port(), SITES / "common_site_config.json"
	before = config.read_text()
	config.write_text(json.dumps(json.loads(before) | {"socketio_port": port}))
	service = Service("socketio", ["node", HOME / "apps" / "frappe" / "socketio.js"], port, SITES)
	service.start()
	yield port
	service.stop()
	config.write_text(before)


def seconds(clock: str) -> int:
	hours, minutes, rest = clock.split(":")
	return int(hours) * 3600 + int(minutes) * 60 + int(rest)


def expect_receipt(page: Page) -> None:
	"""The receipt is there, its lines add up to its sum, and it fits the screen."""
	expect(page.locator("h1")).to_contain_text("Invoices come out of the printer twice")
	for words in (
		"2 working days = 16 working hours",
		"waiting for the customer",
		"a workaround stands",
		"answered",
	):
		expect(page.get_by_text(words).first).to_be_visible()
	rows = page.locator("tr.time td:nth-child(3)").all_inner_texts()
	assert sum(seconds(row) for row in rows) == seconds(page.locator("#sum-of-time").inner_text()) > 0
	assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize(("portal", "size"), [(False, WIDE), (True, WIDE), (True, PHONE)])
def test_the_receipt_opens_from_the_ticket_page_in_a_new_tab(mailbox, desk, ticket, page_of, portal, size):
	page = page_of(desk.customer if portal else desk.agent, size)
	page.goto(f"/helpdesk/{'my-tickets' if portal else 'tickets'}/{ticket}", wait_until="commit")
	if portal and size is PHONE:
		page.goto(f"/support/receipt?ticket={ticket}")
		expect_receipt(page)
		return picture(page, "receipt-phone", documented=False)
	page.get_by_role("button", name="More", exact=True).and_(page.locator("[aria-haspopup=menu]")).click()
	with page.context.expect_page() as opened:
		page.get_by_role("menuitem", name="Receipt", exact=True).click()
	receipt = opened.value
	receipt.set_viewport_size(size)
	expect_receipt(receipt)
	if portal:
		picture(receipt, "receipt")
	else:
		receipt.screenshot(path=ROOT / "build" / "screenshots" / "receipt-agent.png", full_page=True)
	receipt.get_by_role("link", name="Back to the ticket").click()
	expect(receipt).to_have_url(re.compile(rf"/helpdesk/{'my-tickets' if portal else 'tickets'}/{ticket}"))


def test_a_guest_logs_in_first_and_a_stranger_sees_nothing(desk, ticket, rest, on_site):
	answer = rest().get(f"/support/receipt?ticket={ticket}", allow_redirects=False)
	assert answer.status_code == 302
	assert "no-store" in answer.headers["Cache-Control"]
	stranger = make_desk(on_site, "Slagerij Elders").customer
	answer = rest(stranger).get(f"/support/receipt?ticket={ticket}")
	assert answer.status_code == 404
	assert "printer" not in answer.text
	for path in ("api/method/crm_support_ext.api.target.receipt", "printview"):
		answer = rest(stranger).get(
			f"/{path}",
			params={"ticket": ticket, "doctype": "HD Ticket", "name": ticket, "format": "Ticket Receipt"},
		)
		assert answer.status_code == 403
		assert "printer" not in answer.text


def test_the_workspace_shows_cards_chart_and_shortcuts_to_a_manager(desk, ticket, page_of, on_site):
	with on_site():
		frappe.get_doc("User", desk.agent).add_roles("Agent Manager")
	for tier, status in (("I", "Resolved"), ("I", "Resolved"), ("III", "Resolved"), ("II", "Pending")):
		desk.ticket(status, priority=tier)
	page = page_of(desk.agent, {"width": 1400, "height": 1100})
	page.goto("/app/support-desk", wait_until="commit")
	for card in ("Targets kept this month", "Tickets due today", "Tickets overdue now", "Tickets paused now"):
		widget = page.locator(".number-widget-box", has_text=card)
		expect(widget.locator(".number")).to_have_text(re.compile(r"[\d-]"))
	expect(page.locator(".dashboard-widget-box .frappe-chart")).to_be_visible()
	for name in ("Support Calendar", "Priority Tier", "CRM Support Settings"):
		expect(page.locator(".link-item", has_text=name)).to_be_visible()
	page.wait_for_timeout(1000)
	picture(page, "workspace")
	page.goto("/app/query-report/Targets Kept", wait_until="commit")
	expect(page.locator(".dt-row", has_text="II").first).to_be_visible()
	picture(page, "targets-kept", documented=False)


def test_an_agents_workspace_has_no_figures_of_managers_and_no_errors(desk, page_of):
	page = page_of(desk.agent)
	page.goto("/app/support-desk", wait_until="commit")
	for card in ("Targets kept this month", "Tickets paused now"):
		expect(page.locator(".number-widget-box", has_text=card).locator(".number")).to_be_visible()
	expect(page.locator(".link-item", has_text="Ticket Target")).to_be_visible()
	page.wait_for_load_state("networkidle")
	expect(page.locator(".dashboard-widget-box")).to_have_count(0)
	expect(page.locator(".number-widget-box", has_text="Promises kept this month")).to_have_count(0)
	expect(page.locator(".modal-dialog:visible")).to_have_count(0)


def test_a_calendar_says_what_it_moves_before_it_is_saved(desk, page_of, on_site):
	with on_site():
		name = f"Short days {frappe.generate_hash(length=4)}"
		days = [{"weekday": "Monday", "opens": "09:00:00", "closes": "17:00:00"}]
		make(
			"Support Calendar",
			calendar_name=name,
			time_zone="Europe/Amsterdam",
			country="Netherlands",
			hours=days,
		)
		running = str(make_ticket("It runs", raised_by=desk.customer, priority="III").name)
		due = frappe.db.get_value("HD Ticket", running, "resolution_by")
		frappe.db.set_value("Ticket Target", running, "calendar", name)
		frappe.get_doc("User", desk.agent).add_roles("Agent Manager")
	page = page_of(desk.agent)
	page.goto(f"/app/support-calendar/{name}", wait_until="commit")
	expect(page.get_by_text("Closed in the coming year")).to_be_visible()
	expect(page.get_by_text("Eerste kerstdag")).to_be_visible()
	zone = page.locator('[data-fieldname="time_zone"] input')
	zone.fill("Asia/Tok")
	page.locator(".awesomplete li", has_text="Asia/Tokyo").first.click()
	page.keyboard.press("Control+s")
	dialog = page.locator(".modal-dialog:visible", has_text="Change the due times?")
	expect(dialog).to_contain_text("of 1 running tickets get an earlier")
	picture(page, "calendar")
	dialog.get_by_role("button", name="No", exact=True).click()
	expect(dialog).to_have_count(0)
	assert desk.get(running, "resolution_by") == due
	with on_site():
		assert frappe.db.get_value("Support Calendar", name, "time_zone") == "Europe/Amsterdam"


def test_a_saved_change_counts_the_tickets_again_and_shows_how_far_it_is(desk, page_of, on_site, live):
	with on_site():
		frappe.get_doc("User", desk.agent).add_roles("Agent Manager")
		running = [
			make_ticket(f"It runs {number}", raised_by=desk.customer, priority="III") for number in range(25)
		]
		names = [str(doc.name) for doc in running]
		amount = frappe.db.get_value("Priority Tier", "III", "target_amount")
		before = frappe.db.get_value("HD Ticket", names[0], "resolution_by")
	page = page_of(desk.agent)
	page.goto("/app/priority-tier/III", wait_until="commit")
	field = page.locator('[data-fieldname="target_amount"] input')
	expect(field).to_be_visible()
	listen = (
		"(port) => { window.dev_server = 1; frappe.boot.socketio_port = port; const live = frappe.realtime;"
	)
	page.evaluate(listen + " live.socket?.disconnect(); live.socket = null; live.init(port, false); }", live)
	page.wait_for_function("frappe.realtime.socket.connected")
	field.fill(str(amount + 1))
	page.keyboard.press("Control+s")
	dialog = page.locator(".modal-dialog:visible", has_text="Change the due times?")
	expect(dialog).to_contain_text("a later due time")
	dialog.get_by_role("button", name="Yes", exact=True).click()
	expect(page.get_by_text("running tickets are being counted again.").first).to_be_visible()
	with on_site():  # as the worker does, which may be busy with other jobs
		frappe.set_user(desk.agent)
		recounting.run(total=frappe.db.count("Ticket Target", {"stale": 1}))
	expect(page.locator(".modal-dialog:visible", has_text="Counting tickets again")).to_be_visible()
	picture(page, "recount", documented=False)
	assert desk.get(names[0], "resolution_by") > before
	with on_site():
		tier = frappe.get_doc("Priority Tier", "III")
		tier.target_amount = amount
		tier.save()
		for name in names:  # the queues of other tests show twenty tickets
			frappe.delete_doc("HD Ticket", name, force=True)
