"""The ticket pages in a real browser: what agents and customers see and press, on a desk and on a phone.

`PICTURES=1` writes the pictures of the documentation anew; otherwise they go to build/screenshots.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import frappe
import pytest
from helpdesk.helpdesk.doctype.hd_ticket.api import new
from playwright.sync_api import Page, expect

from crm_support_ext.api.ticket import act
from tests.e2e.desk import Desk, make_desk
from tests.e2e.pages import PATIENCE, PHONE, button, choose, menu, menu_of, opened, picture
from tests.factories import make_agent, make_contact, make_customer, make_item, make_user

PARKED = ["Park on another item", "What it waits for"]
ALWAYS = ["Receipt", "Quotation", "Escalate", "Hours and progress"]
BUTTONS = {
	"New": (["Take up", "Ask the customer", "Resolve", "Work"], ["Park", "Workaround given", *ALWAYS]),
	"Open": (["Ask the customer", "Resolve", "Work"], ["Park", "Workaround given", *ALWAYS]),
	"Pending": (["Take up", "Resolve", "Work"], ["Park", "Workaround given", *ALWAYS]),
	"Parked": (["No software change after all", "Resolve", "Work"], [*PARKED, "Workaround given", *ALWAYS]),
	"Resolved": (["Reopen", "Work"], ALWAYS),
	"Closed": (["Work", "Follow up"], ["Receipt", "Hours and progress"]),
}
"""What an agent is offered in each status: in sight, and under More."""

WORDING = {
	"New": "Not yet taken up",
	"Open": "An agent works on it",
	"Pending": "We wait for your answer",
	"Parked": "Needs a software change",
	"Resolved": "Answered",
	"Closed": "Closed",
}
"""What a customer reads for each status."""

EVERY_BUTTON = sorted(
	{label for shown, more in BUTTONS.values() for label in shown + more} | {"Reopen", "More"}
)


@pytest.fixture
def desk(on_site) -> Desk:
	return make_desk(on_site, "Bakkerij De Ochtend")


@pytest.fixture
def open_ticket(page_as) -> Callable[..., Page]:
	"""`open_ticket(user, name)`: the ticket's page as this agent; with `portal=True` as this customer."""

	return partial(opened, page_as)


def offered(page: Page) -> list[str]:
	"""Which of our buttons are in sight, from left to right."""
	labels = [label.strip() for label in page.get_by_role("button").all_inner_texts()]
	return [label for label in labels if label in EVERY_BUTTON]


def answer_dialog(page: Page, title: str, text: str) -> None:
	"""Write into the dialog of this title and press its button."""
	dialog = page.get_by_role("dialog", name=title)
	dialog.get_by_role("textbox").fill(text)
	button(dialog, title).click()


def expect_status(page: Page, status: str) -> None:
	"""The agent's page shows this status, and the buttons that the table allows in it."""
	expect(menu(page, status)).to_be_visible()
	shown, more = BUTTONS[status]
	wanted = shown + ["More"] * bool(more)
	expect(button(page, wanted[0])).to_be_visible()
	for label in set(EVERY_BUTTON) - set(wanted):
		expect(button(page, label)).to_have_count(0)
	assert offered(page) == wanted
	if more:
		assert menu_of(page, "More") == more


def expect_words(page: Page, status: str) -> None:
	"""The portal's page shows the customer's words for this status.

	A browser that is there for the first time may be given the ticket before the list of statuses; the helpdesk then
	shows a dash until the page is loaded again.
	"""
	line = page.get_by_text("Status", exact=True).locator("..")
	expect(line).not_to_have_text("Status")
	if "—" in line.inner_text():
		page.reload(wait_until="commit")
	expect(page.get_by_text(WORDING[status], exact=True)).to_be_visible()


def say_toast(page: Page, text: str | re.Pattern[str]) -> None:
	"""A toast with this text appears."""
	expect(
		page.get_by_role("region", name=re.compile("Notifications")).get_by_text(text).first
	).to_be_visible()


@pytest.mark.parametrize("status", BUTTONS)
def test_an_agent_is_offered_what_the_table_allows(status, desk, open_ticket):
	ticket = desk.ticket(status)

	expect_status(open_ticket(desk.agent, ticket), status)


def test_an_agent_walks_a_ticket_by_its_buttons(desk, open_ticket):
	ticket = desk.ticket("New")
	page = open_ticket(desk.agent, ticket)
	expect_status(page, "New")

	button(page, "Take up").click()
	expect_status(page, "Open")

	button(page, "Ask the customer").click()
	dialog = page.get_by_role("dialog", name="Ask the customer")
	button(dialog, "Ask the customer").click()
	say_toast(page, "What do you want to know?")
	assert desk.get(ticket, "status") == "Open"
	answer_dialog(page, "Ask the customer", "Which version do you use?")
	expect(dialog).to_have_count(0)
	expect_status(page, "Pending")

	with desk.on_site():
		item = make_item("The export has a column for the order number", product="Export")
	choose(page, "More", "Park")
	parked = page.get_by_label("Parked item")
	expect(parked).to_be_visible()
	parked.evaluate("(select, value) => select.add(new Option(value, value))", item)
	parked.select_option(item)
	answer_dialog(page, "Park", "The export needs a column for the order number.")
	expect_status(page, "Parked")

	button(page, "No software change after all").click()
	answer_dialog(page, "No software change after all", "The column is there, but hidden.")
	expect_status(page, "Open")

	button(page, "Resolve").click()
	answer_dialog(page, "Resolve", "Show the column under Settings.")
	expect_status(page, "Resolved")

	assert desk.get(ticket, "status") == "Resolved"
	with desk.on_site():
		filters = {"reference_name": ticket, "sent_or_received": "Sent"}
		said = frappe.get_all("Communication", filters, pluck="content", order_by="creation asc")
		reasons = frappe.get_all(
			"Ticket Status Log", {"ticket": ticket, "reason": ("!=", "")}, pluck="reason"
		)
	assert said == ["Which version do you use?", "Show the column under Settings."]
	assert "The column is there, but hidden." in reasons


def test_the_status_menu_refuses_what_needs_a_reason(desk, open_ticket):
	ticket = desk.ticket("Open")
	page = open_ticket(desk.agent, ticket)
	expect_status(page, "Open")
	assert menu_of(page, "Open") == list(BUTTONS)

	choose(page, "Open", "Parked")

	say_toast(page, re.compile("“Park” needs a reason. Press that button on the ticket"))
	expect_status(page, "Open")
	assert desk.get(ticket, "status") == "Open"


def test_an_agent_reads_whose_move_it_is(desk, open_ticket):
	page = open_ticket(desk.agent, desk.ticket("Pending"))

	page.get_by_text("Ticket Info", exact=True).click()

	expect(page.get_by_text("Waiting on", exact=True)).to_be_visible()
	expect(
		page.get_by_role("textbox", name="Waiting on").or_(page.get_by_text("the customer, since"))
	).to_be_visible()


def test_the_queues_are_in_the_sidebar_and_hold_their_tickets(desk, page_as, on_site):
	tickets = {status: desk.ticket(status, f"{status} of {desk.company}") for status in BUTTONS}
	with on_site():
		end_of_today = frappe.utils.nowdate() + " 23:59:00"
		frappe.db.set_value("HD Ticket", tickets["Resolved"], "cse_closes_at", end_of_today)
	page = page_as(desk.agent)
	page.set_default_timeout(PATIENCE)
	page.goto("/helpdesk/tickets", wait_until="commit")
	# a queue that is chosen before the first list is there is overtaken by it
	expect(page.get_by_text(f"New of {desk.company}")).to_be_visible()
	queues = {
		"New, not taken up": "New",
		"Waiting for the customer": "Pending",
		"Parked": "Parked",
		"Closes today": "Resolved",
	}
	for queue, status in queues.items():
		button(page, queue).click()
		expect(page.get_by_text(f"{status} of {desk.company}")).to_be_visible()
		for other in set(BUTTONS) - {status}:
			expect(page.get_by_text(f"{other} of {desk.company}")).to_have_count(0)


def test_an_agent_follows_up_on_a_closed_ticket(desk, open_ticket):
	ticket = desk.ticket("Closed")
	page = open_ticket(desk.agent, ticket)

	button(page, "Follow up").click()
	answer_dialog(page, "Follow up", "They phoned: it is back.")

	page.wait_for_url(lambda url: not url.endswith(f"/{ticket}"))
	expect_status(page, "New")
	follow_up = desk.get(ticket, "cse_follow_up")
	assert page.url.endswith(f"/helpdesk/tickets/{follow_up}")
	assert desk.get(follow_up, "description") == "They phoned: it is back."


@pytest.mark.parametrize("status", WORDING)
def test_a_customer_reads_the_status_in_words(status, desk, open_ticket):
	page = open_ticket(desk.customer, desk.ticket(status), portal=True)

	expect_words(page, status)
	wanted = {"Resolved": ["Reopen"], "Closed": ["Follow up"]}.get(status, [])
	expect(menu(page, "More")).to_be_visible()
	assert sorted(offered(page)) == sorted([*wanted, "More"])
	assert menu_of(page, "More") == ["Receipt", "Hours and progress"]
	expect(button(page, "Close")).to_have_count(int(status != "Closed"))
	expect(page.get_by_text("Invalid Date")).to_have_count(0)


def test_a_customer_reopens_without_a_word_and_once(desk, open_ticket):
	ticket = desk.ticket("Resolved")
	page = open_ticket(desk.customer, ticket, portal=True)
	requests = count_requests(page)

	button(page, "Reopen").click()
	expect(page.get_by_role("dialog")).to_have_count(1)
	button(page.get_by_role("dialog", name="Reopen"), "Reopen").click()

	expect_words(page, "Open")
	assert requests.count("act") == 1
	assert desk.get(ticket, "status") == "Open"
	assert desk.count("Ticket Status Log", ticket=ticket, cause="reopened") == 1


def test_a_customer_reopens_and_says_why(desk, open_ticket):
	ticket = desk.ticket("Resolved")
	page = open_ticket(desk.customer, ticket, portal=True)

	button(page, "Reopen").click()
	answer_dialog(page, "Reopen", "The second copy is back.")

	expect_words(page, "Open")
	expect(page.frame_locator("iframe").last.get_by_text("The second copy is back.")).to_be_visible()
	assert desk.count("Communication", reference_name=ticket, content="The second copy is back.") == 1


def test_a_customer_follows_up_on_a_closed_ticket(desk, open_ticket):
	ticket = desk.ticket("Closed")
	page = open_ticket(desk.customer, ticket, portal=True)

	button(page, "Follow up").click()
	dialog = page.get_by_role("dialog", name="Follow up")
	button(dialog, "Follow up").click()
	say_toast(page, "What is the follow-up about?")
	assert desk.count("HD Ticket", cse_follow_up_of=ticket) == 0
	answer_dialog(page, "Follow up", "It is back since this morning.")

	page.wait_for_url(lambda url: not url.endswith(f"/{ticket}"))
	expect_words(page, "New")
	expect(page.frame_locator("iframe").last.get_by_text("It is back since this morning.")).to_be_visible()
	follow_up = desk.get(ticket, "cse_follow_up")
	assert page.url.endswith(f"/helpdesk/my-tickets/{follow_up}")
	assert desk.count("HD Ticket", cse_follow_up_of=ticket) == 1
	assert desk.get(ticket, "status") == "Closed"


@pytest.fixture
def rating_optional(on_site):
	"""The portal's Close asks for a rating first unless an administrator says otherwise."""
	for mandatory in (0, 1):
		with on_site():
			frappe.db.set_single_value("HD Settings", "is_feedback_mandatory", mandatory)
		if not mandatory:
			yield


def test_the_portals_close_leads_to_resolved(rating_optional, desk, open_ticket):
	ticket = desk.ticket("Open")
	page = open_ticket(desk.customer, ticket, portal=True)

	button(page, "Close").click()
	button(page.get_by_role("dialog", name="Close Ticket"), "Confirm").click()

	expect_words(page, "Resolved")
	expect(button(page, "Reopen")).to_be_visible()
	assert desk.get(ticket, "status") == "Resolved"
	assert desk.count("Ticket Status Log", ticket=ticket, cause="confirmed") == 1


def test_an_agent_with_a_phone_reaches_the_buttons(desk, open_ticket, screenshot):
	ticket = desk.ticket("New")
	page = open_ticket(desk.agent, ticket, size=PHONE)
	expect(menu(page, "New")).to_be_in_viewport(ratio=1)
	buttons = page.locator("header").filter(has_text="Assign yourself").get_by_role("button")
	expect(buttons).to_have_count(2)  # the second one, with three dots, comes with our actions
	buttons.last.click()
	expect(page.get_by_role("menuitem").first).to_be_visible()
	shown, more = BUTTONS["New"]
	assert sorted(page.get_by_role("menuitem").all_inner_texts()) == sorted([*shown, *more, "Promise"])
	screenshot(page, "agent-phone")

	page.get_by_role("menuitem", name="Ask the customer", exact=True).click()
	dialog = page.get_by_role("dialog", name="Ask the customer")
	expect(dialog.get_by_role("textbox")).to_be_in_viewport(ratio=1)
	answer_dialog(page, "Ask the customer", "Which version do you use?")

	expect(menu(page, "Pending")).to_be_visible()
	assert desk.get(ticket, "status") == "Pending"


def test_a_customer_with_a_phone_reaches_the_buttons(desk, open_ticket, screenshot):
	for status, label in (("Resolved", "Reopen"), ("Closed", "Follow up")):
		page = open_ticket(desk.customer, desk.ticket(status), portal=True, size=PHONE)
		expect(button(page, label)).to_be_in_viewport()
		screenshot(page, f"portal-phone-{status.lower()}")
		button(page, label).click()
		dialog = page.get_by_role("dialog", name=label)
		expect(dialog.get_by_role("textbox")).to_be_in_viewport(ratio=1)
		expect(button(dialog, label)).to_be_in_viewport(ratio=1)


def count_requests(page: Page) -> list[Any]:
	"""The names of our methods that the page calls from now on."""
	called: list[str] = []

	def note(request: Any) -> None:
		if found := re.search(r"crm_support_ext\.api\.ticket\.(\w+)", request.url):
			called.append(found[1])

	page.on("request", note)
	return called


def test_pictures_of_both_pages(mailbox, on_site, open_ticket):
	sanne, kees = "sanne@desk.example", "kees@deochtend.example"
	ticket = a_believable_ticket(on_site, sanne, kees)

	page = open_ticket(sanne, ticket, size={"width": 1280, "height": 800})
	expect_status(page, "Open")
	page.get_by_text("Ticket Info", exact=True).click()
	expect(page.get_by_text("Waiting on", exact=True)).to_be_visible()
	expect(page.frame_locator("iframe").last.get_by_text("the one beside the oven")).to_be_visible()
	picture(page, "agent-ticket")

	with on_site():
		frappe.set_user(sanne)
		act(
			ticket,
			"resolved",
			"The update had set the number of copies to two. It is one again.\nPlease print one invoice to see it.",
		)
	page = open_ticket(kees, ticket, portal=True, size={"width": 1280, "height": 800})
	expect_words(page, "Resolved")
	expect(button(page, "Reopen")).to_be_visible()
	expect(page.frame_locator("iframe").last.get_by_text("Please print one invoice")).to_be_visible()
	picture(page, "portal-ticket")


def a_believable_ticket(on_site, sanne: str, kees: str) -> str:
	"""What a first visitor should see: a question, a question back, an answer."""
	with on_site():
		if not frappe.db.exists("User", sanne):
			make_user(sanne, last_name="de Boer")
			make_agent(sanne)
			make_user(kees, last_name="Jansen")
			make_customer("De Ochtend Bakkers", make_contact(kees, last_name="Jansen").name)
		frappe.set_user(kees)
		text = "Since the update of Monday every invoice comes out of the printer twice. The preview shows it once."
		name = str(new({"subject": "Invoices are printed twice", "description": text}).name)
		frappe.set_user("Administrator")
		frappe.get_doc("HD Ticket", name).assign_agent(sanne)
		grow_older(name, 3)
		frappe.set_user(sanne)
		act(name, "asked", "Which printer is it, and does it happen with other documents as well?")
		grow_older(name, 2)
		frappe.set_user(kees)
		answer = "It is the one beside the oven. Delivery notes are fine."
		frappe.get_doc("HD Ticket", name).create_communication_via_contact(answer)
	return name


def grow_older(ticket: str, hours: int) -> None:
	"""Put what was said and done so far some hours back."""
	rows = [("HD Ticket", ticket)]
	for doctype, field in (("Communication", "reference_name"), ("HD Ticket Activity", "ticket")):
		rows += [(doctype, name) for name in frappe.get_all(doctype, {field: ticket}, pluck="name")]
	for doctype, name in rows:
		dates = ["creation", *(["communication_date"] if doctype == "Communication" else [])]
		before = frappe.db.get_value(doctype, name, dates, as_dict=True)
		earlier = {date: before[date] - timedelta(hours=hours) for date in dates}
		frappe.db.set_value(doctype, name, earlier, update_modified=False)
