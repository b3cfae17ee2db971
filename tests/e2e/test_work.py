"""Logging work in a real browser: by keyboard alone, on a phone, with a timer that a reload does not stop.

`PICTURES=1` writes the picture of the documentation anew; otherwise it goes to build/screenshots.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import frappe
import pytest
from playwright.sync_api import Locator, Page, expect

from crm_support_ext.constants import TARIFF, TIMER, WORK_LOG
from tests.e2e import pages
from tests.e2e.desk import Desk, make_desk
from tests.e2e.pages import PHONE, button, choose, opened, picture
from tests.factories import make
from tests.site import contracts

PATIENCE = pages.PATIENCE
WORK = re.compile(r"^Work\b")


@pytest.fixture
def desk(on_site) -> Iterator[Desk]:
	desk = make_desk(on_site, "Bakkerij De Ochtend")
	with on_site():
		frappe.db.set_single_value("HD Settings", "skip_email_workflow", 1)
		contract = {"customer": desk.company, "start": "2026-01-01", "end": "2027-12-31"}
		contracts.active(**contract, plan=contracts.plan("Ten a year", strippen_per_year=10))
		if not frappe.db.exists(TARIFF, "installing"):
			make(TARIFF, activity="installing", cost_by="Fixed number", strippen=2.5)
	yield desk
	with on_site():
		frappe.db.set_single_value("HD Settings", "skip_email_workflow", 0)


def question(desk: Desk) -> str:
	return desk.ticket("Open", "How do I print an invoice?", ticket_type="Question", customer=desk.company)


def work_button(page: Page) -> Locator:
	return page.get_by_role("button", name=WORK)


def dialog_of(page: Page) -> Locator:
	return page.get_by_role("dialog", name="Work")


def said(page: Page) -> Locator:
	"""How the work will be settled."""
	return dialog_of(page).locator("p[role=status]")  # a button that works has a spinner of this role


def logs(desk: Desk, ticket: str) -> list[tuple]:
	with desk.on_site():
		fields = ["minutes", "activity", "role", "place", "settlement", "strippen", "text"]
		rows = frappe.get_all(WORK_LOG, {"ticket": ticket, "state": "Booked"}, fields, order_by="creation")
	return [tuple(row.values()) for row in rows]


def log_20_minutes(page: Page) -> None:
	work_button(page).click()
	dialog_of(page).get_by_label("Minutes").fill("20")
	button(dialog_of(page), "Log").click()
	expect(dialog_of(page)).to_have_count(0)


def focused(page: Page) -> str:
	return page.evaluate("document.activeElement.id || document.activeElement.innerText.trim()")


def tab_to(page: Page, label: re.Pattern) -> None:
	"""Press Tab until the focus is on the button of this label."""
	for _ in range(120):
		page.keyboard.press("Tab")
		if label.match(focused(page)):
			return
	raise AssertionError(f"{label} is not reached by the keyboard")


def test_an_agent_logs_work_by_keyboard_alone(desk, page_as):
	ticket = question(desk)
	page = opened(page_as, desk.agent, ticket)
	expect(work_button(page)).to_be_visible()
	tab_to(page, WORK)
	page.keyboard.press("Enter")
	expect(said(page)).to_contain_text("The first quarter of an hour: 1 strip of contract")
	assert focused(page) == "cse-work-minutes"
	page.keyboard.type("20")
	expect(said(page)).to_have_text(
		re.compile("^2 strippen of contract MC-.*, 8 strippen left: rule “question, helpdesk, remote”")
	)
	assert logs(desk, ticket) == []
	page.keyboard.press("Escape")
	expect(dialog_of(page)).to_have_count(0)
	assert logs(desk, ticket) == []

	expect(work_button(page)).to_be_focused()
	page.keyboard.press("Enter")
	expect(said(page)).not_to_be_empty()
	page.keyboard.type("20")
	order = []
	for _ in range(6):
		order.append(focused(page))
		page.keyboard.press("Tab")
	assert order[:4] == ["cse-work-minutes", "cse-work-activity", "cse-work-role", "cse-work-place"]
	assert order[4] == "cse-work-start"
	dialog_of(page).get_by_label("Activity").focus()
	page.keyboard.type("inst")
	expect(said(page)).to_contain_text("2.5 strippen")
	dialog_of(page).get_by_label("What was done?").focus()
	page.keyboard.type("Installed the printer.")
	picture(page, "work")
	page.keyboard.press("Control+Enter")
	expect(dialog_of(page)).to_have_count(0)
	assert logs(desk, ticket) == [
		(20, "installing", "helpdesk", "remote", "Strippen", 2.5, "Installed the printer.")
	]
	expect(work_button(page)).to_have_text("Work 0:20 h")

	page.reload(wait_until="commit")
	expect(work_button(page)).to_be_visible()
	tab_to(page, WORK)
	page.keyboard.press("Enter")
	expect(dialog_of(page)).to_contain_text("So far 0:20 h: Strippen 0:20 h, 2.5 strippen")
	page.keyboard.type("15")
	expect(said(page)).to_contain_text("1 strip of")
	page.keyboard.press("Enter")
	expect(dialog_of(page)).to_have_count(0)
	expect(work_button(page)).to_have_text("Work 0:35 h")


def test_what_is_refused_is_said_before_and_at_the_press(desk, page_as):
	ticket = question(desk)
	page = opened(page_as, desk.agent, ticket)
	work_button(page).click()
	dialog = dialog_of(page)
	dialog.get_by_label("Minutes").fill("300")
	expect(said(page)).to_contain_text("This costs 20 strippen, and contract")
	button(dialog, "Log").click()
	expect(page.get_by_text("Nothing was booked.").first).to_be_visible()
	expect(dialog).to_be_visible()
	assert logs(desk, ticket) == []
	dialog.get_by_label("Worked as").select_option("programmer")
	expect(said(page)).to_have_text("Time and Material: rule “everything else”.")
	button(dialog, "Log").dblclick()
	expect(dialog).to_have_count(0)
	assert [row[:1] + row[2:6] for row in logs(desk, ticket)] == [
		(300, "programmer", "remote", "Time and Material", 0.0)
	]

	choose(page, "More", "Withdraw work")
	dialog = page.get_by_role("dialog", name="Withdraw work")
	dialog.get_by_label("Why is it withdrawn?").fill("Wrong ticket.")
	button(dialog, "Withdraw work").click()
	expect(dialog).to_have_count(0)
	assert logs(desk, ticket) == []


def test_a_timer_survives_a_reload_on_a_phone(desk, page_as):
	ticket = question(desk)
	page = opened(page_as, desk.agent, ticket, size=PHONE)

	def open_dialog():
		buttons = page.locator("header").filter(has_text="Assign yourself").get_by_role("button")
		expect(buttons).to_have_count(2)  # the second one, with three dots, comes with our actions
		buttons.last.click()
		page.get_by_role("menuitem", name=WORK).click()
		expect(dialog_of(page)).to_be_visible()

	open_dialog()
	button(dialog_of(page), "Start").click()
	expect(button(dialog_of(page), "Pause")).to_be_visible()
	page.keyboard.press("Escape")
	with desk.on_site():
		name, since = frappe.db.get_value(TIMER, {"ticket": ticket}, ["name", "started_at"])
		frappe.db.set_value(TIMER, name, "started_at", since - timedelta(minutes=12))
	page.reload(wait_until="commit")
	open_dialog()
	dialog = dialog_of(page)
	expect(dialog.get_by_role("timer")).to_have_text(re.compile("^0:1[23]:"))
	expect(dialog.get_by_label("Minutes")).to_have_value(re.compile("^1[34]$"))
	expect(said(page)).to_contain_text("1 strip of contract")
	width = page.evaluate("document.querySelector('[role=dialog]').getBoundingClientRect().width")
	assert width <= PHONE["width"]
	assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
	picture(page, "work-phone", documented=False)
	button(dialog, "Pause").click()
	expect(button(dialog, "Go on")).to_be_visible()
	button(dialog, "Log").click()
	expect(dialog).to_have_count(0)
	((minutes, *_rest),) = logs(desk, ticket)
	assert minutes in (13, 14)
	assert desk.count(TIMER, ticket=ticket) == 0


@pytest.mark.parametrize(
	("language", "label", "does", "says"),
	[
		("nl", "Werk", "Boeken", "2 strippen van contract"),
		("no", "Arbeid", "Bokfør", "2 klipp av avtale"),
	],
)
def test_the_dialog_speaks_the_agents_language(language, label, does, says, desk, page_as):
	ticket = question(desk)
	with desk.on_site():
		frappe.db.set_value("User", desk.agent, "language", language)
	page = opened(page_as, desk.agent, ticket)
	button(page, label).click()
	dialog = page.get_by_role("dialog", name=label)
	dialog.get_by_role("spinbutton").fill("20")
	expect(dialog.get_by_role("status")).to_contain_text(says)
	expect(button(dialog, does)).to_be_visible()


def test_the_table_of_settlement_is_tried_before_it_is_saved(desk, page_as):
	ticket = question(desk)
	page = opened(page_as, desk.agent, ticket)
	log_20_minutes(page)

	admin = page_as("Administrator")
	admin.set_default_timeout(PATIENCE)
	admin.goto("/app/settlement-rules", wait_until="commit")
	button(admin, "What would change").click()
	dialog = admin.get_by_role("dialog")
	expect(dialog.get_by_text("would be settled otherwise")).to_be_visible()
	expect(dialog.get_by_role("cell", name="Time and Material").first).to_be_visible()
	dialog.locator(".btn-modal-close").click()
	expect(dialog).to_have_count(0)
	admin.evaluate("cur_frm.doc.rules.find((row) => row.kind === 'question').settlement = 'Free'")
	button(admin, "What would change").click()
	expect(admin.get_by_role("link", name=f"#{ticket}")).to_be_visible()
	picture(admin, "what-would-change")


def test_a_work_log_is_withdrawn_on_its_form(desk, page_as):
	ticket = question(desk)
	page = opened(page_as, desk.agent, ticket)
	log_20_minutes(page)
	with desk.on_site():
		name = frappe.db.get_value(WORK_LOG, {"ticket": ticket})

	page.goto(f"/app/ticket-work-log/{name}", wait_until="commit")
	button(page, "Withdraw").click()
	dialog = page.get_by_role("dialog")
	dialog.get_by_role("textbox").fill("Wrong ticket.")
	button(dialog, "Withdraw").click()
	expect(page.locator("#body").get_by_text("Wrong ticket.").first).to_be_visible()
	expect(button(page, "Withdraw")).to_have_count(0)
	expect(button(page, "Save")).to_have_count(0)
	picture(page, "work-log", documented=False)
	assert logs(desk, ticket) == []
