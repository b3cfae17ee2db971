"""A warning through a real mail server, and the page behind its link: a guest acknowledges, a scanner does not."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import frappe
import pytest
from frappe.utils import now_datetime

from crm_support_ext.constants import STATUS_LOG, TARGET_WARNING, TICKET
from crm_support_ext.store.targets import recount
from tests.e2e.desk import make_desk
from tests.factories import make_open_calendar
from tests.harness.bench import SITE, SITES, environ
from tests.harness.site import FRAPPE

SUBJECT = "Nobody can log in since the update"
ALWAYS = "Open for the warnings"


@pytest.fixture(scope="module")
def always_open() -> Iterator[None]:
	"""A desk that never closes, as long as these tests last."""
	from tests.e2e.conftest import connected

	with connected():
		before = frappe.db.get_single_value("CRM Support Settings", "calendar")
		make_open_calendar(ALWAYS)
		use_calendar(ALWAYS)
	yield
	with connected():
		use_calendar(before)
		frappe.db.set_value("Ticket Target", {"calendar": ALWAYS}, "calendar", before)
		frappe.delete_doc("Support Calendar", ALWAYS, force=True)


def use_calendar(name: str) -> None:
	frappe.db.set_single_value("CRM Support Settings", "calendar", name)
	frappe.clear_document_cache("CRM Support Settings")


@pytest.fixture
def warned(always_open, on_site, mailbox, run_job):
	"""An agent, a ticket of tier I, and the link that the agent got by mail."""
	desk = make_desk(on_site, "Bakkerij")
	name = desk.ticket("New", subject=SUBJECT, priority="I")
	with on_site():
		frappe.db.set_value(TICKET, name, "_assign", frappe.as_json([desk.agent]), update_modified=False)
		at = now_datetime() - timedelta(minutes=35)
		frappe.db.set_value(STATUS_LOG, {"ticket": name}, "at", at, update_modified=False)
		recount(name)
	run_the_minute()
	run_the_minute()
	run_job("frappe.email.queue.flush")
	mail = mailbox.wait_for(
		lambda message: desk.agent in message["X-Recipients"] and f"#{name}" in message["Subject"]
	)
	html = mail.get_body(preferencelist=("html",)).get_content()
	assert len([message for message in mailbox.to(desk.agent) if f"#{name}" in message["Subject"]]) == 1
	address = urlsplit(re.search(r'href="([^"]*/support/warning[^"]*)"', html)[1])
	return desk, name, f"{address.path}?{address.query}"


def run_the_minute() -> None:
	"""The job of the minute in a process of its own, as a bench runs it."""
	command = [*FRAPPE, "--site", SITE, "execute", "crm_support_ext.tasks.warnings.run"]
	done = subprocess.run(command, cwd=SITES, env=environ(), capture_output=True, text=True, timeout=180)
	assert done.returncode == 0, done.stderr


def acknowledged(on_site, name: str):
	with on_site():
		return frappe.db.get_value(TARGET_WARNING, {"ticket": name}, ["acknowledged_by", "manager_due_at"])


def test_opening_the_link_changes_nothing_and_the_button_acknowledges(warned, rest, on_site):
	desk, name, link = warned
	guest = rest()
	for _ in range(3):
		page = guest.get(link)
		assert page.status_code == 200 and SUBJECT in page.text and f"#{name}" in page.text
		assert desk.company not in page.text and desk.customer not in page.text
		assert guest.head(link).status_code == 200
	assert acknowledged(on_site, name)[0] is None and acknowledged(on_site, name)[1]
	key = link.split("key=")[1]
	action = "/api/method/crm_support_ext.api.warnings.acknowledge"
	assert guest.get(action, params={"key": key}).status_code == 403
	assert acknowledged(on_site, name)[0] is None
	answer = guest.post(action, data={"key": key})
	assert answer.status_code == 200 and answer.url.endswith(link) and "was acknowledged" in answer.text
	assert "<button" not in answer.text
	assert acknowledged(on_site, name) == (desk.agent, None)


def test_a_false_key_opens_nothing(warned, rest, on_site):
	_, name, link = warned
	guest = rest()
	false = link[:-1] + ("a" if link[-1] != "a" else "b")
	for address in (false, "/support/warning", "/support/warning?key=", "/support/warning?key=%3Cscript%3E"):
		page = guest.get(address)
		assert page.status_code == 404 and SUBJECT not in page.text and "<script>" not in page.text
	guest.post("/api/method/crm_support_ext.api.warnings.acknowledge", data={"key": false.split("key=")[1]})
	assert acknowledged(on_site, name)[0] is None


@pytest.mark.parametrize("logged_in", [False, True])
def test_in_a_browser(warned, page_as, on_site, screenshot, logged_in):
	desk, name, link = warned
	page = page_as(desk.agent if logged_in else None)
	page.goto(link)
	screenshot(page, "warning")
	page.get_by_role("button", name="I have seen it").click()
	page.get_by_text("This warning was acknowledged.").wait_for()
	assert acknowledged(on_site, name)[0] == desk.agent


def test_who_tries_many_keys_is_sent_away(warned, rest, run_job):
	guest = rest()
	action = "/api/method/crm_support_ext.api.warnings.acknowledge"
	codes = [guest.post(action, data={"key": f"{number:030}"}).status_code for number in range(40)]
	assert codes[-1] == 429
