"""An escalation from press to answer in a browser, and that the customer's page and REST show nothing of it."""

from __future__ import annotations

from functools import partial
from typing import Any

import frappe
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.desk import Desk, make_desk
from tests.e2e.pages import PATIENCE, button, choose, menu, menu_of, picture
from tests.e2e.pages import opened as opened_in
from tests.e2e.test_pages import a_believable_ticket
from tests.factories import make
from tests.site.desk import mail, receive

QUESTION = "Is the disk of CRM03 full?"
ANSWER = "It was: 412 GB of old logs. They are gone now."
PLAIN = {"width": 1280, "height": 800}

opened = partial(opened_in, size=PLAIN)


@pytest.fixture
def desk(on_site, mailbox) -> Desk:
	return make_desk(on_site, "Bakkerij De Ochtend")


@pytest.fixture
def hosting(desk) -> tuple[str, str]:
	"""A hosting provider whom no other test knows: its name and address."""
	run = desk.agent.rpartition("-")[2].split(".")[0]
	name, email = f"Hosting {run}", f"noc@hosting-{run}.example"
	with desk.on_site():
		make("Escalation Party", party_name=name, line="Hosting provider", email=email)
	return name, email


def escalate_by_hand(page: Page, party: str, name: str = "") -> None:
	choose(page, "More", "Escalate")
	dialog = page.get_by_role("dialog", name="Escalate")
	dialog.get_by_label("To", exact=True).select_option(party)
	dialog.get_by_label("Why does it go there?").fill("Reads are slow, and ours are not.")
	dialog.get_by_label("What do you ask them?").fill(QUESTION)
	dialog.get_by_label("The customer", exact=True).select_option("Knows")
	if name:
		picture(page, name)
	button(dialog, "Escalate").click()
	expect(dialog).to_have_count(0)


def reply_of(desk: Desk, sender: str, subject: str) -> Any:
	"""A mail of the party's, with markup that must not run."""
	with desk.on_site():
		message = mail(sender, subject, ANSWER)
		message.add_alternative(
			f"<p>{ANSWER}<img src=x onerror=\"document.title='broken in'\"><script>document.title='broken in'</script></p>",
			subtype="html",
		)
		communication = receive(message)
		return communication.reference_doctype, communication.reference_name


def test_out_and_back(desk, hosting, page_as, rest, mailbox, run_job):
	party, email = hosting
	ticket = desk.ticket("Open", "Reports take a minute to open")
	with desk.on_site():
		frappe.get_doc("HD Ticket", ticket).assign_agent(desk.agent)
	page = opened(page_as, desk.agent, ticket)
	expect(menu(page, "Open")).to_be_visible()

	escalate_by_hand(page, party)

	expect(button(page, "Came back")).to_be_visible()
	assert desk.get(ticket, "cse_waiting_on").startswith("the hosting provider, since")
	run_job("frappe.email.queue.flush")
	question = mailbox.wait_for(lambda message: email in message["X-Recipients"])
	with desk.on_site():
		code = frappe.db.get_value("Ticket Escalation", {"ticket": ticket})
	assert code in question["Subject"] and desk.customer not in question.as_string()

	assert reply_of(desk, email, f"Re: disk #{ticket} {code}") == ("Ticket Escalation", code)

	expect_nothing_for_customer(
		desk, page_as, rest, ticket, code, (party, email, ANSWER[:20], QUESTION, code)
	)
	escalations_page(page)
	run_job("frappe.email.queue.flush")
	letter = mailbox.wait_for(lambda message: "How long will it last?" in message.as_string())
	assert email in letter["X-Recipients"] and code in letter["Subject"] and "#" not in letter["Subject"]
	comes_back(page, desk, ticket, code)
	assert not [message for message in mailbox.to(desk.customer) if ANSWER[:20] in message.as_string()]


def escalations_page(page: Page) -> None:
	"""The desk form, with the party's mail as its timeline; its markup did not run."""
	page.reload(wait_until="commit")
	expect(button(page, "Came back")).to_be_visible()
	with page.context.expect_page() as opening:
		choose(page, "More", "Escalations")
	form = opening.value
	form.set_default_timeout(PATIENCE)
	form.set_viewport_size(PLAIN)
	expect(form.get_by_text(ANSWER[:20]).first).to_be_visible()
	expect(button(form, "Write to the party")).to_be_visible()
	assert form.title() != "broken in"
	button(form, "Write to the party").click()
	composer = form.get_by_role("dialog").filter(has=form.locator(".ql-editor"))
	composer.locator(".ql-editor").first.fill("Thank you. How long will it last?")
	button(composer, "Send").click()
	expect(composer).to_have_count(0)
	expect(form.get_by_text("How long will it last?").first).to_be_visible()
	form.close()


def comes_back(page: Page, desk: Desk, ticket: str, code: str) -> None:
	button(page, "Came back").click()
	dialog = page.get_by_role("dialog", name="Came back")
	answer = dialog.get_by_label("What did they answer?")
	assert answer.input_value().startswith("It was: 412 GB")
	answer.fill("Old logs. Removed.")
	button(dialog, "Came back").click()
	expect(dialog).to_have_count(0)
	expect(button(page, "Came back")).to_have_count(0)
	assert desk.get(ticket, "cse_waiting_on").startswith("us, since")
	with desk.on_site():
		row = frappe.db.get_value("Ticket Escalation", code, ["came_back_at", "answer"], as_dict=True)
	assert row.came_back_at and row.answer == "Old logs. Removed."


def expect_nothing_for_customer(
	desk: Desk, page_as, rest, ticket: str, code: str, secrets: tuple[str, ...]
) -> None:
	"""Page, REST field by field and doctype by doctype, search, print and files."""
	page = opened(page_as, desk.customer, ticket, portal=True)
	expect(page.get_by_text("Reports take a minute to open").first).to_be_visible()
	expect(page.get_by_text("the hosting provider, since")).to_be_visible()
	text = page.content()
	client = rest(desk.customer)
	with desk.on_site():
		filters = {"reference_doctype": "Ticket Escalation", "reference_name": code}
		mails = frappe.get_all("Communication", filters, pluck="name")
	asked = [
		f"/api/method/helpdesk.helpdesk.doctype.hd_ticket.api.get_one?name={ticket}&is_customer_portal=1",
		f"/api/resource/HD Ticket/{ticket}",
		'/api/resource/HD Ticket?fields=["*"]',
		f"/api/method/crm_support_ext.api.ticket.actions?ticket={ticket}",
		f"/api/method/crm_support_ext.api.ticket.record?ticket={ticket}",
		f"/api/method/frappe.client.get?doctype=HD Ticket&name={ticket}",
	]
	answered = [client.get(address) for address in asked]
	assert all(answer.ok for answer in answered)
	for seen in (text, *(answer.text for answer in answered)):
		assert not [secret for secret in secrets if secret in seen]
	for doctype, name in (
		("Ticket Escalation", code),
		("Escalation Party", secrets[0]),
		*(("Communication", message) for message in mails),
	):
		for address in (
			f"/api/resource/{doctype}/{name}",
			f"/api/method/frappe.client.get?doctype={doctype}&name={name}",
			f"/api/method/frappe.client.get_value?doctype={doctype}&filters={name}&fieldname=name",
			f"/api/method/frappe.desk.form.load.getdoc?doctype={doctype}&name={name}",
			f"/printview?doctype={doctype}&name={name}",
			f"/api/method/frappe.utils.print_format.download_pdf?doctype={doctype}&name={name}",
		):
			answer = client.get(address)
			shown = [secret for secret in secrets if secret in answer.text and secret not in address]
			assert not (answer.ok and "get_value" not in address and "printview" not in address), address
			assert not shown, (address, shown)
	for doctype in ("Ticket Escalation", "Escalation Party"):
		for address in (
			f"/api/resource/{doctype}",
			f"/api/method/frappe.client.get_list?doctype={doctype}",
			f"/api/method/frappe.client.get_count?doctype={doctype}",
			f"/api/method/frappe.desk.search.search_link?doctype={doctype}&txt=",
			f'/api/method/frappe.desk.reportview.get?doctype={doctype}&fields=["name"]',
		):
			answer = client.get(address)
			assert not [secret for secret in secrets if secret in answer.text], address
	listed = client.get('/api/resource/Communication?fields=["content","subject"]&limit_page_length=0')
	assert not [secret for secret in secrets if secret in listed.text]
	for secret in (ANSWER[:20], "412 GB"):
		found = client.get("/api/method/helpdesk.api.search.search", params={"query": secret})
		assert "412 GB of old" not in found.text.replace(secret, "", 1)
	page.context.close()


def test_the_dialog_fits_a_phone_and_says_what_is_missing(desk, hosting, page_as):
	ticket = desk.ticket("Open")
	page = opened(page_as, desk.agent, ticket)
	choose(page, "More", "Escalate")
	dialog = page.get_by_role("dialog", name="Escalate")
	button(dialog, "Escalate").click()
	expect(page.get_by_text("To", exact=True).last).to_be_visible()
	assert desk.count("Ticket Escalation", ticket=ticket) == 0
	dialog.get_by_label("The customer chose this party").check()
	page.set_viewport_size({"width": 390, "height": 844})
	last = button(dialog, "Escalate")
	last.scroll_into_view_if_needed()
	expect(last).to_be_in_viewport()
	assert "Escalations" not in menu_of_closed(page)


def menu_of_closed(page: Page) -> list[str]:
	page.set_viewport_size(PLAIN)
	page.keyboard.press("Escape")
	expect(page.get_by_role("dialog")).to_have_count(0)
	return menu_of(page, "More")


def test_pictures_of_an_escalation(on_site, mailbox, page_as):
	sanne, kees, noc = "sanne@desk.example", "kees@deochtend.example", "noc@nordic-hosting.example"
	ticket = a_believable_ticket(on_site, sanne, kees)
	with on_site():
		if not frappe.db.exists("Escalation Party", "Nordic Hosting"):
			make("Escalation Party", party_name="Nordic Hosting", line="Hosting provider", email=noc)
	page = opened(page_as, sanne, ticket)
	expect(menu(page, "Open")).to_be_visible()
	escalate_by_hand(page, "Nordic Hosting", "escalate")
	expect(button(page, "Came back")).to_be_visible()
	with on_site():
		escalation = frappe.get_doc("Ticket Escalation", {"ticket": ticket})
		receive(mail(noc, f"Re: {escalation.subject}", ANSWER))
	form = opened(page_as, sanne, ticket)
	form.goto(f"/app/ticket-escalation/{escalation.name}", wait_until="commit")
	answer = form.get_by_text(ANSWER[:20]).first
	expect(answer).to_be_visible()
	answer.scroll_into_view_if_needed()
	picture(form, "escalation")
