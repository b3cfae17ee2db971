"""Parking in a real browser: by keyboard alone, on a phone, on an item that is alike; and what the customer then reads.

`PICTURES=1` writes the pictures of the documentation anew; otherwise they go to build/screenshots.
"""

from __future__ import annotations

import re
from datetime import datetime

import frappe
import pytest
from frappe.utils import add_days, today
from playwright.sync_api import Locator, Page, expect

from crm_support_ext.constants import PARKED_ITEM, RELEASE
from tests.e2e import pages
from tests.e2e.desk import Desk, make_desk
from tests.e2e.pages import PHONE, button, choose, opened, picture
from tests.factories import make, make_item, make_product
from tests.site.desk import happen

PATIENCE = pages.PATIENCE
AGAIN = "Park on another item"


@pytest.fixture
def desk(on_site) -> Desk:
	return make_desk(on_site, "Bakkerij De Ochtend")


@pytest.fixture
def product(on_site) -> str:
	"""A product that no other run knows, with items."""
	with on_site():
		name = make_product(f"Ochtend CRM {frappe.generate_hash(length=5)}")
		for title in ("Duplicate contacts after import", "Filter on empty fields", "A darker theme"):
			make_item(title, product=name, effort=2)
	return name


def ticket_about(desk: Desk, product: str, subject: str = "Contacts are duplicated after import") -> str:
	return desk.ticket("Open", subject, cse_product=product)


def park_dialog(page: Page, label: str = "Park") -> Locator:
	return page.get_by_role("dialog", name=label, exact=True)


def choose_on_phone(page: Page, entry: str) -> None:
	"""All buttons are in one menu there, with three dots, which comes with our actions."""
	buttons = page.locator("header").filter(has_text="Assign yourself").get_by_role("button")
	expect(buttons).to_have_count(2)
	buttons.last.click()
	page.get_by_role("menuitem", name=entry, exact=True).click()


def item_of(desk: Desk, ticket: str) -> tuple:
	name = desk.get(ticket, "cse_parked_item")
	with desk.on_site():
		fields = ["title", "product", "kind", "workaround", "effort", "tickets"]
		return frappe.db.get_value(PARKED_ITEM, name, fields)


def test_by_keyboard_alone_a_ticket_joins_what_is_alike(desk, product, page_as):
	ticket = ticket_about(desk, product)
	page = opened(page_as, desk.agent, ticket)
	expect(pages.menu(page, "More")).to_be_visible()
	pages.menu(page, "More").focus()
	page.keyboard.press("Enter")
	expect(page.get_by_role("menuitem", name="Park", exact=True)).to_be_visible()
	page.keyboard.press("Enter")  # the first of the menu has the focus
	dialog = park_dialog(page)
	item = dialog.get_by_label("Parked item")
	expect(item).to_be_focused()
	expect(item.get_by_role("option").nth(1)).to_have_text(re.compile("^Duplicate contacts after import"))
	expect(dialog.get_by_label("What is the software to do?")).to_be_hidden()
	expect(dialog.get_by_label("It came back after the release")).to_be_hidden()
	page.keyboard.press("ArrowDown")
	page.keyboard.press("Tab")
	page.keyboard.type("They import twice a day.")
	page.keyboard.press("Control+Enter")
	expect(dialog).to_have_count(0)
	assert item_of(desk, ticket)[0] == "Duplicate contacts after import"
	assert desk.get(ticket, "status") == "Parked"


def test_who_types_a_title_that_is_there_already_is_led_to_it(desk, product, page_as):
	ticket = ticket_about(desk, product, "Help!")
	page = opened(page_as, desk.agent, ticket)
	choose(page, "More", "Park")
	dialog = park_dialog(page)
	title = dialog.get_by_label("What is the software to do?")
	expect(title).to_be_focused()  # nothing is alike to "Help!"
	expect(dialog.get_by_label("Product")).to_have_value(product)
	title.fill("an unheard-of wish")
	expect(dialog.get_by_text("Nothing like it is there yet.")).to_be_visible()
	title.fill("filter for fields that are empty")
	expect(dialog.get_by_text("Is it one of these?")).to_be_visible()
	dialog.get_by_role("textbox").last.fill("Too many leads without a mail address.")
	picture(page, "park")
	dialog.get_by_role("button", name=re.compile("^Filter on empty fields")).click()
	expect(title).to_be_hidden()
	button(dialog, "Park").click()
	expect(dialog).to_have_count(0)
	assert item_of(desk, ticket)[0] == "Filter on empty fields"


def test_a_new_item_is_made_on_a_phone_and_the_ticket_parked_on_another_later(desk, product, page_as):
	ticket = ticket_about(desk, product)
	page = opened(page_as, desk.agent, ticket, size=PHONE)
	choose_on_phone(page, "Park")
	dialog = park_dialog(page)
	button(dialog, "Park").click()
	expect(page.get_by_text("Why does it need this change").first).to_be_visible()
	dialog.get_by_label("Parked item").select_option("new")
	dialog.get_by_label("What is the software to do?").fill("Merge two contacts into one")
	dialog.get_by_label("Kind").select_option("Wish")
	dialog.get_by_label("Workaround").select_option("Awkward")
	dialog.get_by_label("Effort in days").fill("1,5")
	dialog.get_by_role("textbox").last.fill("They do it by hand.")
	assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
	picture(page, "park-phone", documented=False)
	button(dialog, "Park").click()
	expect(dialog).to_have_count(0)
	assert item_of(desk, ticket) == ("Merge two contacts into one", product, "Wish", "Awkward", 1.5, 1)

	choose_on_phone(page, AGAIN)
	dialog = park_dialog(page, AGAIN)
	item = dialog.get_by_label("Parked item")
	expect(item.get_by_role("option").filter(has_text="Duplicate contacts")).to_have_count(1)
	expect(item.get_by_role("option").filter(has_text="Merge two contacts")).to_have_count(0)
	item.select_option(label=item.get_by_role("option").filter(has_text="Duplicate").inner_text())
	dialog.get_by_role("textbox").last.fill("It is the import.")
	button(dialog, AGAIN).click()
	expect(dialog).to_have_count(0)
	assert item_of(desk, ticket)[0] == "Duplicate contacts after import"


def test_only_for_what_is_out_one_can_say_that_it_came_back(desk, product, page_as):
	with desk.on_site():
		frappe.db.set_value(
			PARKED_ITEM, {"product": product, "title": "Filter on empty fields"}, "state", "Released"
		)
	ticket = ticket_about(desk, product, "Filter on empty fields finds all")
	page = opened(page_as, desk.agent, ticket)
	choose(page, "More", "Park")
	dialog = park_dialog(page)
	option = dialog.get_by_role("option").filter(has_text="Filter on empty fields")
	expect(option).to_have_count(1)
	dialog.get_by_label("Parked item").select_option(label=option.inner_text())
	dialog.get_by_role("textbox").last.fill("It is as before.")
	button(dialog, "Park").click()
	expect(page.get_by_text("say that it came back when you park").first).to_be_visible()
	dialog.get_by_label("It came back after the release").check()
	button(dialog, "Park").click()
	expect(dialog).to_have_count(0)
	assert desk.get(ticket, "status") == "Parked"


def test_a_customer_reads_what_the_ticket_waits_for(desk, product, page_as):
	other = make_desk(desk.on_site, "Nordlys", agent="bram")
	tickets = [ticket_about(each, product) for each in (desk, other, desk)]
	with desk.on_site():
		make(RELEASE, product=product, version="9.3", date=add_days(today(), 40), capacity_days=3)
		items = frappe.get_all(PARKED_ITEM, {"product": product}, pluck="name", order_by="name")
		for name, item in zip(tickets, [items[0], items[0], items[1]], strict=True):
			ticket = frappe.get_doc("HD Ticket", name)
			ticket.cse_parked_item = item
			ticket.reload = lambda: None
			happen(ticket, "parked")
	portal = opened(page_as, desk.customer, tickets[0], portal=True)
	line = portal.get_by_role("button", name=re.compile("^Number 1 of 2, expected in version 9.3"))
	expect(line).to_be_visible()
	picture(portal, "parked-portal", documented=False)
	portal.set_viewport_size({"width": 900, "height": 700})
	portal.reload(wait_until="commit")
	assert any(entry.startswith("Number 1 of 2") for entry in pages.menu_of(portal, "More"))
	portal.set_viewport_size(pages.WIDE)
	portal.reload(wait_until="commit")
	with portal.expect_popup() as popup:
		line.click()
	sheet = popup.value
	sheet.set_viewport_size({"width": 1100, "height": 560})
	expect(sheet.get_by_role("heading", level=1)).to_contain_text(f"#{tickets[0]}")
	for words in (
		"Duplicate contacts after import",
		"Number 1 of 2",
		"expected in version 9.3",
		"You hear from us by",
	):
		expect(sheet.get_by_text(words).first).to_be_visible()
	assert other.company not in sheet.content() and "Customers:" not in sheet.content()
	picture(sheet, "waiting")
	sheet.set_viewport_size(PHONE)
	assert sheet.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
	picture(sheet, "waiting-phone", documented=False)

	agents = page_as(desk.agent)
	agents.goto(f"/support/waiting?ticket={tickets[0]}")
	for words in ("What the rank follows from", "Customers: 2", "Users: 2", "Score", "12.00"):
		expect(agents.get_by_text(words, exact=True).first).to_be_visible()
	picture(agents, "waiting-desk", documented=False)
	stranger = page_as(other.customer)
	answer = stranger.goto(f"/support/waiting?ticket={tickets[0]}")
	assert answer.status == 404 and "Duplicate contacts" not in stranger.content()


def test_by_rest_an_agent_parks_and_a_customer_looks_nothing_up(desk, product, rest):
	ticket, act = ticket_about(desk, product), "/api/method/crm_support_ext.api.ticket.act"
	agent, customer = rest(desk.agent), rest(desk.customer)
	press = {"ticket": ticket, "event": "parked", "text": "For the auditors"}
	refused = agent.post(act, json=press)
	assert refused.status_code == 417 and "A ticket is parked on a parked item" in refused.text
	values = {"title": f"A log of exports {datetime.now():%f}"}
	done = agent.post(act, json={**press, "values": values})
	assert done.status_code == 200 and done.json()["message"]["status"] == "Parked"
	assert item_of(desk, ticket)[:2] == (values["title"], product)
	looked = customer.get(f"/api/method/crm_support_ext.api.parking.alike?ticket={ticket}&title=log")
	assert looked.status_code == 403 and values["title"] not in looked.text
	asked = {"ticket": ticket, "title": "darker theme", "product": product}
	found = agent.get("/api/method/crm_support_ext.api.parking.alike", params=asked)
	assert [row["state"] for row in found.json()["message"]] == ["Parked"]
