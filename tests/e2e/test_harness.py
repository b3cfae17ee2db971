"""The harness gives a server that answers, a browser that opens the portal, a worker that works and mail that arrives."""

import frappe
from playwright.sync_api import expect

from tests.factories import make_agent, make_contact


def test_the_login_page_answers(rest):
	answer = rest().get("/login")

	assert answer.ok
	assert "login" in answer.text.lower()


def test_an_agent_logs_in_over_http(rest, on_site):
	with on_site():
		make_agent("harness.agent@example.com")

	answer = rest("harness.agent@example.com").get("/api/method/frappe.auth.get_logged_user")

	assert answer.json()["message"] == "harness.agent@example.com"


def test_the_portal_opens_in_the_browser(page_as, on_site, screenshot):
	with on_site():
		if not frappe.db.exists("Contact", {"email_id": "harness.customer@example.com"}):
			make_contact("harness.customer@example.com")

	page = page_as("harness.customer@example.com")
	page.goto("/helpdesk/my-tickets")

	expect(page.get_by_text("Tickets").first).to_be_visible()
	screenshot(page, "harness-portal")


def test_mail_arrives(mailbox, on_site, run_job):
	with on_site():
		frappe.sendmail(recipients=["harness.mail@example.com"], subject="The harness sends", message="Hello")

	run_job("frappe.email.queue.flush")

	message = mailbox.wait_for(lambda mail: "harness.mail@example.com" in mail["X-Recipients"])
	assert message["Subject"] == "The harness sends"
