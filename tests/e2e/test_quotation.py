"""A quotation through a browser: the agent makes it, the mail arrives, the customer answers by keyboard, on a phone too.

`PICTURES=1` writes the pictures of the documentation anew; otherwise they go to build/screenshots.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import frappe
import pytest
from frappe.utils import get_system_timezone
from playwright.sync_api import Page, expect

from crm_support_ext.constants import QUOTATION
from tests.e2e.desk import Desk, make_desk
from tests.e2e.pages import PHONE, button, choose, opened, picture
from tests.factories import make_contact
from tests.site import contracts
from tests.site.desk import contact_of

ANSWER = "/api/method/crm_support_ext.api.quotation.answer_on_page"


@dataclass(frozen=True)
class Quoting:
	"""A desk whose customer has a contract that names one orderer; ``other`` is a contact who may not order."""

	desk: Desk
	other: str
	ticket: str

	def quotation(self) -> dict:
		"""The quotation of the ticket as the database has it."""
		fields = ["name", "state", "answered_by", "answer", "estimate", "maximum"]
		with self.desk.on_site():
			return frappe.db.get_value(QUOTATION, {"ticket": self.ticket}, fields, as_dict=True)

	def day(self, days: int) -> str:
		"""The day so many days from now, on the site."""
		with self.desk.on_site():
			return in_days(days)

	def send(self, **offer) -> str:
		"""A quotation that the agent sends without a browser; its page."""
		values = {
			"text": "We set up the export to your bank, and show your bookkeeper how it works.",
			"settles_in": "Strippen",
			"estimate": "3",
			"maximum": "4",
			"valid_until": self.day(30),
			**offer,
		}
		with self.desk.on_site():
			from crm_support_ext.api.ticket import act

			frappe.set_user(self.desk.agent)
			values["sent_to"] = contact_of(self.desk.customer)
			name = act(self.ticket, "quote", values=values)["quotation"]
		return f"/support/quotation?name={name}"


@pytest.fixture
def quoting(on_site) -> Quoting:
	desk = make_desk(on_site, "Bakkerij De Ochtend")
	with on_site():
		other = f"piet@{desk.customer.split('@')[1]}"
		customer = frappe.get_doc("HD Customer", desk.company)
		customer.append("contacts", {"contact_name": make_contact(other).name})
		customer.save()
		orderers = [{"contact": contact_of(desk.customer)}]
		contracts.active(in_days(-30), in_days(334), customer=desk.company, orderers=orderers)
	fields = {"customer": desk.company, "ticket_type": "Question"}
	return Quoting(desk, other, desk.ticket("Open", "How do I export to our bank?", **fields))


def in_days(days: int) -> str:
	"""The same, where the site is open."""
	today = datetime.now(ZoneInfo(get_system_timezone())).date()
	return (today + timedelta(days=days)).isoformat()


def press_until(page: Page, label: str) -> None:
	"""Tab from one thing to the next until the button of this label has the focus."""
	for _ in range(40):
		page.keyboard.press("Tab")
		if page.evaluate("document.activeElement.textContent.trim()") == label:
			return
	raise AssertionError(f"no way to {label} by keyboard")


def test_an_agent_makes_it_the_mail_arrives_and_the_customer_accepts_by_keyboard(
	quoting, page_as, mailbox, run_job
):
	desk = quoting.desk
	page = opened(page_as, desk.agent, quoting.ticket)
	choose(page, "More", "Quotation")
	dialog = page.get_by_role("dialog", name="Quotation")
	dialog.get_by_label("What does the customer get?").fill(
		"We set up the export to your bank, and show your bookkeeper how it works."
	)
	for label, settled in (("Fixed price", "Fixed Price"), ("Estimate in strippen", "Strippen")):
		expect(dialog.get_by_label(label, exact=True)).to_be_hidden()
		dialog.get_by_label("Settled as").select_option(settled)
		expect(dialog.get_by_label(label, exact=True)).to_be_visible()
	dialog.get_by_label("Settled as").select_option("Strippen")
	dialog.get_by_label("Estimate in strippen").fill("3")
	dialog.get_by_label("At most, in strippen").fill("2")
	expect(dialog.get_by_label("To be answered until")).to_have_value(quoting.day(30))
	expect(dialog.get_by_label("To", exact=True)).to_have_value(re.compile("."))
	button(dialog, "Send the quotation").click()
	expect(page.get_by_text("The estimate of 3 is above the maximum of 2").first).to_be_visible()
	dialog.get_by_label("At most, in strippen").fill("4")
	picture(page, "quotation-agent")
	button(dialog, "Send the quotation").click()
	expect(dialog).to_have_count(0)
	made = quoting.quotation()
	assert (made.state, made.estimate, made.maximum) == ("Sent", 3, 4)

	run_job("frappe.email.queue.flush")
	mail = mailbox.wait_for(
		lambda message: desk.customer in message["X-Recipients"] and made.name in message["Subject"]
	)
	html = mail.get_body(preferencelist=("html",)).get_content()
	assert "3 strippen, at most 4" in html
	address = urlsplit(re.search(r'href="([^"]*/support/quotation[^"]*)"', html)[1])

	customer = page_as(desk.customer)
	customer.goto(f"{address.path}?{address.query}")
	expect(customer.get_by_text("3 strippen, at most 4")).to_be_visible()
	picture(customer, "quotation")
	assert quoting.quotation().state == "Sent"
	customer.get_by_label("A word to the support desk").focus()
	customer.keyboard.type("Please start on Monday")
	press_until(customer, "Accept")
	customer.keyboard.press("Enter")
	expect(customer.get_by_role("status")).to_contain_text(f"{made.name} was accepted by Kees")
	expect(button(customer, "Accept")).to_have_count(0)
	done = quoting.quotation()
	assert (done.state, done.answered_by, done.answer) == (
		"Accepted",
		desk.customer,
		"Please start on Monday",
	)

	page.reload(wait_until="commit")
	choose(page, "More", "Quotation")  # a new one can be made
	with desk.on_site():
		told = {"reference_ticket": quoting.ticket, "user_to": desk.agent}
		assert frappe.db.count("HD Notification", told) == 1


def test_on_a_phone_in_dutch_it_fits_and_is_declined(quoting, page_as):
	with quoting.desk.on_site():
		frappe.db.set_value("User", quoting.desk.customer, "language", "nl")
		frappe.clear_cache(user=quoting.desk.customer)
	offer = {"settles_in": "Fixed Price", "price": "1250", "currency": "EUR", "max_minutes": "480"}
	address = quoting.send(**offer, estimate="", maximum="")
	page = page_as(quoting.desk.customer)
	page.set_viewport_size(PHONE)
	page.goto(address)
	expect(page.get_by_text("€ 1.250,00 voor ten hoogste 480 minuten werk")).to_be_visible()
	assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
	picture(page, "quotation-phone")
	button(page, "Afwijzen").click()
	expect(page.get_by_role("status")).to_contain_text("is door Kees afgewezen")
	assert quoting.quotation().state == "Declined"


def test_the_customers_ticket_leads_to_it(quoting, page_as):
	address = quoting.send()
	page = opened(page_as, quoting.desk.customer, quoting.ticket, portal=True)
	with page.expect_popup() as opening:
		button(page, "Answer the quotation").click()
	expect(opening.value.get_by_text("3 strippen, at most 4")).to_be_visible()
	assert opening.value.url.endswith(address)
	assert len(page.context.pages) == 2  # the portal calls a plain button twice


@pytest.mark.parametrize(
	("language", "words"),
	[("nl", "3 strippen, ten hoogste 4"), ("no", "3 klipp, høyst 4"), ("en", "3 strippen, at most 4")],
)
def test_it_is_read_in_three_languages(quoting, rest, language, words):
	with quoting.desk.on_site():
		frappe.db.set_value("User", quoting.desk.customer, "language", language)
		frappe.clear_cache(user=quoting.desk.customer)
	assert words in rest(quoting.desk.customer).get(quoting.send()).text


def test_a_scanner_answers_nothing_and_neither_does_a_press_without_its_token(quoting, rest):
	address = quoting.send()
	name = address.split("=")[1]
	guest, orderer = rest(), rest(quoting.desk.customer)
	for _ in range(2):
		seen = guest.get(address, allow_redirects=False)
		assert seen.status_code == 302 and "/login" in seen.headers["Location"]
		page = orderer.get(address)
		assert page.status_code == 200 and "3 strippen, at most 4" in page.text
		assert orderer.head(address).status_code == 200
	values = {"quotation": name, "answer": "accept"}
	for client in (guest, orderer):
		assert client.get(ANSWER, params=values).status_code == 403
		assert client.head(ANSWER, params=values).status_code == 403
	assert guest.post(ANSWER, data=values).status_code == 403
	assert orderer.post(ANSWER, data=values).status_code == 400  # CSRF
	assert quoting.quotation().state == "Sent"
	token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
	answered = orderer.post(ANSWER, data={**values, "csrf_token": token, "word": "<script>alert(1)</script>"})
	assert answered.status_code == 200 and answered.url.endswith(address)
	assert "was accepted by" in answered.text and "<script>alert" not in answered.text
	assert quoting.quotation().state == "Accepted"


def test_another_contact_of_the_customer_and_one_of_another_see_nothing(quoting, on_site, rest):
	address = quoting.send()
	stranger = make_desk(on_site, "Nordlys", agent="bram", customer="zoe")
	for user in (quoting.other, stranger.customer):
		client = rest(user)
		page, none = client.get(address), client.get("/support/quotation?name=SQ-99999")
		assert page.status_code == none.status_code == 404
		assert "There is no such quotation, or it is not yours to see" in page.text
		assert "export to your bank" not in page.text and quoting.desk.company not in page.text
	for hostile in ("", "?name=", "?name=%3Cscript%3Ealert(1)%3C/script%3E", "?name[]=1"):
		page = rest(quoting.desk.customer).get(f"/support/quotation{hostile}")
		assert page.status_code == 404 and "<script>alert" not in page.text
