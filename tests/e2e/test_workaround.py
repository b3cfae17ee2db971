"""A workaround that is given and fails, in a browser: the promise clock stops, and goes on with what was left.

`PICTURES=1` writes the picture of the documentation anew; otherwise it goes to build/screenshots.
"""

from __future__ import annotations

import frappe
from playwright.sync_api import expect

from crm_support_ext.constants import TARGET
from tests.e2e import pages
from tests.e2e.desk import make_desk
from tests.e2e.pages import button, choose, menu_of, opened, picture

PATIENCE = pages.PATIENCE
WORDS = "Use the old import <b>until</b> Friday."


def test_a_workaround_stops_the_clock_and_its_failure_starts_it_again(on_site, mailbox, page_as):
	desk = make_desk(on_site, "Bakkerij De Ochtend")
	ticket = desk.ticket("Open", "The export hangs", priority="II")
	page = opened(page_as, desk.agent, ticket)
	choose(page, "More", "Workaround given")
	dialog = page.get_by_role("dialog", name="Workaround given")
	expect(dialog.get_by_label("Send this to the customer")).to_be_checked()
	button(dialog, "Workaround given").click()
	expect(page.get_by_text("How can the customer go on meanwhile?").last).to_be_visible()  # words are needed
	dialog.get_by_role("textbox").fill(WORDS)
	button(dialog, "Workaround given").click()
	expect(dialog).to_have_count(0)
	expect(page.get_by_text("Fulfilled in")).to_have_count(2)  # the words were the first response, too
	assert desk.get(ticket, "status", "agreement_status") == ("Open", "Fulfilled")
	picture(page, "workaround", documented=False)

	customer = opened(page_as, desk.customer, ticket, portal=True)
	expect(customer.frame_locator("iframe").last.get_by_text(WORDS)).to_be_visible()

	assert "It failed" in menu_of(page, "More") and "Workaround given" not in menu_of(page, "More")
	choose(page, "More", "It failed")
	dialog = page.get_by_role("dialog", name="It failed")
	dialog.get_by_role("textbox").fill("It hangs as well.")
	button(dialog, "It failed").click()
	expect(dialog).to_have_count(0)
	expect(page.get_by_text("Fulfilled in")).to_have_count(1)
	with on_site():
		kept = frappe.get_doc(TARGET, ticket)
		assert (kept.stopped_by, kept.target_met) == (None, None)
		failure = frappe.db.get_value("Ticket Workaround", {"ticket": ticket}, ["workaround", "failure"])
	assert failure == (WORDS, "It hangs as well.")
