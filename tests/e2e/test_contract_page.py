"""Contract, statement and hours in a real browser: by keyboard alone, on a phone, in three languages, without scripts.

`PICTURES=1` writes the pictures of the documentation anew; otherwise they go to build/screenshots.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any

import frappe
import pytest
from frappe.utils import add_days, add_months, get_last_day, today
from freezegun import freeze_time
from playwright.sync_api import Browser, Page, expect

from crm_support_ext.api.ticket import act
from tests.e2e import pages
from tests.e2e.desk import Desk, make_desk
from tests.e2e.pages import PHONE, WIDE, button, menu, picture
from tests.factories import make_contact
from tests.harness.bench import ROOT
from tests.site import ledgers, long_ledger
from tests.site.contracts import plan
from tests.site.desk import acting_as, contact_of

PATIENCE = pages.PATIENCE
LANGUAGES = {
	"en": ("Balance", "Statement of strippen", "Work done"),
	"nl": ("Saldo", "Overzicht van strippen", "Verricht werk"),
	"nb": ("Saldo", "Oversikt over klipp", "Utført arbeid"),
}


BEGAN = add_months(date.today().replace(day=1), -9)
"""The first day of the contract year that is on; a year was before it."""


def in_month(number: int, day: int = 1) -> date:
	"""A day of the contract year's month of this number, from 0."""
	return add_months(BEGAN, number) + timedelta(day - 1)


def in_words(first: date, last: date) -> str:
	return " to ".join(f"{day.day} {day:%B} {day.year}" for day in (first, last))


class Contracted:
	"""A desk with a contract on which a year was worked, and the customer's own ticket."""

	def __init__(self, desk: Desk) -> None:
		self.desk = desk
		with desk.on_site():
			name(desk.customer, "Kees", "Jansen")
			name(desk.agent, "Sanne", "de Boer")
			self.colleague = make_contact(f"lies@{desk.customer.split('@')[1]}").user
			customer = frappe.get_doc("HD Customer", desk.company)
			customer.append("contacts", {"contact_name": contact_of(self.colleague)})
			customer.save()
			self.contract, self.ticket = self._of_a_year()

	def _of_a_year(self) -> tuple[str, str]:
		desk = self.desk
		service = plan(
			"Service 20", strippen_per_year=20, on_shortage="Split", upgrade_discount=25, carry_over=5
		)
		contract = contract_from(
			datetime.combine(in_month(-12), time(9)),
			customer=desk.company,
			plan=service,
			start=in_month(-12),
			end=add_days(in_month(12), -1),
			renews=1,
			renew_months=12,
			phone_allowed=1,
			last_upgrade=in_month(-9, 3),
			orderers=[{"contact": contact_of(desk.customer)}],
			contact_persons=[{"user": desk.agent, "role_words": "Support", "mobile": "+31 6 1234 5678"}],
		)
		mine = ledgers.question("How do I choose the layout of an invoice?", desk.customer)
		theirs = ledgers.question("Who can see our price list?", self.colleague)
		broken = ledgers.fault("Invoices are printed twice", desk.customer)

		def worked(ticket: Any, minutes: int, at: str, text: str) -> None:
			ledgers.worked(ticket, minutes, at, text, desk.agent)

		worked(
			mine,
			20,
			f"{in_month(0, 12)} 10:05",
			"Explained how the layout of an invoice is chosen, and set it for both printers.",
		)
		worked(theirs, 75, f"{in_month(1, 20)} 14:30", "Went through the rights of the price list.")
		worked(
			broken,
			95,
			f"{in_month(3, 2)} 11:00",
			"Found the fault: the update had set the number of copies to two.",
		)
		ledgers.bought(contract, "10", f"{in_month(6)} 12:00", "Order 118")
		worked(theirs, 130, f"{in_month(7, 15)} 13:00", "Set up the rights for the new colleagues.")
		worked(mine, 35, f"{in_month(8, 20)} 16:20", "Added the delivery note to the layout.")
		return contract.name, str(mine.name)


def contract_from(at: datetime, **fields: Any) -> Any:
	"""A contract that was made when it began."""
	with freeze_time(at):
		return ledgers.contract_of_the_customer(**fields)


def sent_quotation(contracted: Contracted) -> str:
	"""A quotation that waits for the orderer's answer; its name."""
	offer = {
		"text": "We set up the packing slip, with your logo and the delivery address.",
		"settles_in": "Strippen",
		"estimate": "3",
		"maximum": "4",
		"sent_to": contact_of(contracted.desk.customer),
		"valid_until": add_days(today(), 30),
	}
	with acting_as(contracted.desk.agent):
		return act(contracted.ticket, "quote", values=offer)["quotation"]


def name(user: str, first: str, last: str) -> None:
	"""Give a person a name."""
	frappe.get_doc("User", user).update({"first_name": first, "last_name": last}).save()
	if contact := contact_of(user):
		frappe.get_doc("Contact", contact).update({"first_name": first, "last_name": last}).save()


@pytest.fixture(scope="module")
def contracted() -> Contracted:
	from tests.e2e.conftest import connected

	return Contracted(make_desk(connected, "Bakkerij De Ochtend"))


def expect_accessible(page: Page) -> None:
	"""One main heading, headings in order, tables and fields with names, contrast, and nothing beyond the screen's edge."""
	found = page.evaluate(
		"""() => {
			const wrong = [];
			const all = (query) => [...document.querySelectorAll(query)];
			if (all("h1").length !== 1 || all("main").length !== 1) wrong.push("one h1, one main");
			let level = 1;
			for (const head of all("h1, h2, h3")) {
				const own = Number(head.tagName[1]);
				if (own > level + 1) wrong.push("a level is left out at " + head.textContent);
				level = own;
			}
			for (const cell of all("th")) if (!cell.scope) wrong.push("no scope: " + cell.textContent);
			for (const table of all("table")) if (!table.querySelector("th[scope=col]")) wrong.push("no heads");
			for (const field of all("input:not([type=hidden]), textarea, select"))
				if (!field.labels.length) wrong.push("no label: " + field.name);
			for (const link of all("a, button")) if (!link.textContent.trim()) wrong.push("no name: " + link.outerHTML);
			if (!document.documentElement.lang) wrong.push("no language");
			const part = (value) => (value /= 255) <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
			const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
			const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
			const behind = (element) => {
				for (; element; element = element.parentElement) {
					const colour = numbers(getComputedStyle(element).backgroundColor);
					if (colour[3] !== 0) return colour;
				}
				return [255, 255, 255];
			};
			const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
			while (words.nextNode()) {
				const element = words.currentNode.parentElement;
				if (!words.currentNode.nodeValue.trim() || !element.checkVisibility()) continue;
				if (element.closest("script, style, noscript")) continue;
				const shades = [light(numbers(getComputedStyle(element).color)), light(behind(element))].sort();
				const contrast = (Math.max(...shades) + 0.05) / (Math.min(...shades) + 0.05);
				if (contrast < 4.5) wrong.push(contrast.toFixed(2) + ": " + words.currentNode.nodeValue.trim());
			}
			if (document.documentElement.scrollWidth > window.innerWidth) wrong.push("scrolls sideways");
			return wrong;
		}"""
	)
	assert found == []


def addresses(contracted: Contracted) -> dict[str, str]:
	"""The three pages."""
	return {
		"contract": f"/support/contract?name={contracted.contract}",
		"statement": f"/support/statement?contract={contracted.contract}",
		"work-done": f"/support/work-done?ticket={contracted.ticket}",
	}


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_in_each_language_and_size(language, size, contracted, page_of):
	with contracted.desk.on_site():
		if not frappe.db.exists("Language", language):
			frappe.get_doc(
				{"doctype": "Language", "language_code": language, "language_name": language}
			).insert()
		frappe.db.set_value("User", contracted.desk.customer, "language", language)
		frappe.clear_cache(user=contracted.desk.customer)
	page = page_of(contracted.desk.customer, size)
	try:
		for (place, address), words in zip(addresses(contracted).items(), LANGUAGES[language], strict=True):
			page.goto(address)
			expect(page.get_by_role("heading", name=words, exact=True)).to_be_visible()
			expect_accessible(page)
			size_word = "phone" if size is PHONE else "wide"
			page.screenshot(
				path=ROOT / "build" / "screenshots" / f"{place}-{language}-{size_word}.png", full_page=True
			)
	finally:
		with contracted.desk.on_site():
			frappe.db.set_value("User", contracted.desk.customer, "language", "en")
			frappe.clear_cache(user=contracted.desk.customer)


def test_pictures(contracted, page_of):
	page = page_of(contracted.desk.customer)
	page.goto(addresses(contracted)["contract"])
	expect(page.get_by_text("16 strippen left; 19 strippen used this contract year (54 %).")).to_be_visible()
	picture(page, "contract-portal")
	page.goto(addresses(contracted)["statement"])
	expect(page.get_by_role("row").filter(has_text="Closing")).to_be_visible()
	picture(page, "statement")
	page.set_viewport_size(PHONE)
	page.goto(addresses(contracted)["contract"])
	picture(page, "contract-phone")


def test_the_portals_ticket_page_shows_the_hours_and_leads_on(contracted, page_of):
	page = page_of(contracted.desk.customer)
	page.goto(f"/helpdesk/my-tickets/{contracted.ticket}", wait_until="commit")
	with page.context.expect_page() as opened:
		button(page, "Hours: 0:55 h").click()
	expect(opened.value.get_by_role("heading", name="Work done")).to_be_visible()
	expect(opened.value.get_by_text("Added the delivery note to the layout.")).to_be_visible()
	assert len(page.context.pages) == 2
	menu(page, "More").click()
	with page.context.expect_page() as opened:
		page.get_by_role("menuitem", name="Contract", exact=True).click()
	expect(opened.value).to_have_url(re.compile(f"/support/contract\\?name={contracted.contract}$"))
	opened.value.get_by_role("link", name=f"#{contracted.ticket}").first.click()
	expect(opened.value).to_have_url(re.compile(f"/helpdesk/my-tickets/{contracted.ticket}$"))


def test_on_a_phone_the_buttons_of_the_ticket_page_stay_on_the_screen(contracted, page_of):
	page = page_of(contracted.desk.customer, PHONE)
	page.goto(f"/helpdesk/my-tickets/{contracted.ticket}", wait_until="commit")
	for found in (menu(page, "More"), button(page, "Close")):
		expect(found).to_be_visible()
		box = found.bounding_box()
		# beside any button the helpdesk's own bar is a few pixels wider than the screen
		assert box and box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"] + 8
	menu(page, "More").click()
	with page.context.expect_page() as opened:
		page.get_by_role("menuitem", name="Hours: 0:55 h", exact=True).click()
	expect(opened.value.get_by_role("heading", name="Work done")).to_be_visible()


def test_the_page_for_a_new_ticket_says_what_is_left(contracted, page_of):
	page = page_of(contracted.desk.customer)
	page.goto("/helpdesk/my-tickets/new", wait_until="commit")
	menu(page, "16 strippen left").click()
	with page.context.expect_page() as opened:
		page.get_by_role("menuitem", name=re.compile(contracted.contract)).click()
	expect(
		opened.value.get_by_role("heading", name=f"Maintenance contract {contracted.contract}")
	).to_be_visible()
	other = page_of(contracted.colleague)
	other.goto("/helpdesk/my-tickets/new", wait_until="commit")
	expect(other.get_by_placeholder("A short description")).to_be_visible()
	other.wait_for_load_state("networkidle")
	expect(other.get_by_text("strippen")).to_have_count(0)


def test_an_agent_gets_to_the_contract_from_the_ticket(contracted, page_of):
	page = page_of(contracted.desk.agent)
	page.goto(f"/helpdesk/tickets/{contracted.ticket}", wait_until="commit")
	menu(page, "More").click()
	with page.context.expect_page() as opened:
		page.get_by_role("menuitem", name="Contract", exact=True).click()
	expect(opened.value.get_by_role("link", name=f"#{contracted.ticket}").first).to_have_attribute(
		"href", f"/helpdesk/tickets/{contracted.ticket}"
	)


def test_a_quotation_is_answered_from_the_contract(contracted, page_of):
	with contracted.desk.on_site():
		sent = sent_quotation(contracted)
	page = page_of(contracted.desk.customer)
	page.goto("/support/contract")
	expect(page.get_by_text("3 strippen, at most 4")).to_be_visible()
	expect_accessible(page)
	page.get_by_role("link", name="Read and answer").click()
	expect(page).to_have_url(re.compile(f"name={sent}"))


def tab_to(page: Page, label: str) -> None:
	"""Press Tab until the link, button or field of this name has the focus; it can be seen."""
	for _press in range(80):
		page.keyboard.press("Tab")
		found = page.evaluate(
			"""() => {
				const it = document.activeElement;
				const words = (it.labels?.[0] || it).textContent.trim();
				return [words, it.matches(":focus-visible"), getComputedStyle(it).outlineStyle];
			}"""
		)
		if found[0] == label:
			assert found[1] and found[2] != "none"
			return
	raise AssertionError(f"the keyboard does not reach {label}")


def test_by_keyboard_alone_a_period_is_chosen_and_downloaded(contracted, page_of, tmp_path):
	page = page_of(contracted.desk.customer)
	page.goto("/support/contract")
	tab_to(page, "Go to the content")
	page.keyboard.press("Enter")
	assert page.evaluate("document.activeElement.id") == "content"
	days = in_month(1), get_last_day(in_month(1))
	for field, day in zip(("First day", "Last day"), days, strict=True):
		tab_to(page, field)
		page.keyboard.type(f"{day:%m%d%Y}")
	tab_to(page, "Show")
	page.keyboard.press("Enter")
	expect(page.get_by_role("heading", name="Statement of strippen")).to_be_visible()
	expect(page.get_by_text(in_words(*days))).to_be_visible()
	expect(page.get_by_role("row").filter(has_text="no. ")).to_have_count(2)
	for form in ("PDF", "CSV"):
		page.reload()
		tab_to(page, form)
		with page.expect_download() as download:
			page.keyboard.press("Enter")
		expected = f"statement-{contracted.contract}-{days[0]}-{days[1]}.{form.lower()}"
		assert download.value.suggested_filename == expected
		download.value.save_as(tmp_path / expected)
		assert (tmp_path / expected).stat().st_size > 500


def test_everything_can_be_read_without_scripts(contracted, browser: Browser, base_url, page_as):
	logged_in = page_as(contracted.desk.customer).context.storage_state()
	context = browser.new_context(base_url=base_url, java_script_enabled=False, storage_state=logged_in)
	page = context.new_page()
	page.goto("/support/contract")
	expect(page.get_by_text("16 strippen left; 19 strippen used")).to_be_visible()
	page.get_by_role("link", name="Statement", exact=True).click()
	expect(page.get_by_role("row").filter(has_text="Closing")).to_be_visible()
	page.get_by_role("link", name="Last contract year").click()
	expect(page.get_by_text(in_words(in_month(-12), add_days(BEGAN, -1)))).to_be_visible()
	context.close()


def test_a_colleague_and_a_guest_are_kept_out_kindly(contracted, page_of, rest):
	page = page_of(contracted.colleague)
	answer = page.goto(f"/support/contract?name={contracted.contract}")
	assert answer and answer.status == 404
	expect(page.get_by_role("status")).to_contain_text("no contract here that is yours to see")
	page.get_by_role("link", name="Back to the tickets").click()
	expect(page).to_have_url(re.compile("/helpdesk/my-tickets"))
	guest = rest().get(f"/support/contract?name={contracted.contract}", allow_redirects=False)
	assert guest.status_code == 302 and "no-store" in guest.headers["Cache-Control"]


def test_a_long_statement_is_made_while_one_looks_on(contracted, page_of, tmp_path, on_site):
	with on_site():
		long = contract_from(
			datetime(2024, 1, 1, 9),
			customer=contracted.desk.company,
			plan=plan("None by itself", strippen_per_year=0),
			contact_persons=[],
			start="2024-01-01",
			end="2024-12-31",
			orderers=[{"contact": contact_of(contracted.desk.customer)}],
		)
		long_ledger.fill(long.name, 3000, date(2024, 1, 1), date(2024, 12, 31))
	page = page_of(contracted.desk.customer)
	page.goto(f"/support/statement?contract={long.name}")
	expect(page.get_by_text("3000 entries are too many for one page.")).to_be_visible()
	expect_accessible(page)
	button(page, "Make the PDF").click()
	expect(page.get_by_role("progressbar")).to_be_visible()
	picture(page, "statement-progress", documented=False)
	link = page.get_by_role("link", name="Download the PDF")
	expect(link).to_be_visible()
	expect(page.get_by_role("progressbar")).to_have_count(0)
	with page.expect_download() as download:
		link.click()
	download.value.save_as(tmp_path / "long.pdf")
	assert (tmp_path / "long.pdf").read_bytes().startswith(b"%PDF")
