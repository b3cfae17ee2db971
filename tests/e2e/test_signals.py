"""Signals in a real browser: a director sees what is behind a group and dismisses it, a manager parks its tickets.

`PICTURES=1` writes the picture of the documentation anew; otherwise it goes to build/screenshots.
"""

from __future__ import annotations

from dataclasses import dataclass

import frappe
import pytest
from playwright.sync_api import expect

from crm_support_ext.constants import SIGNAL, SIGNALLED, TICKET
from tests.e2e.desk import Desk, make_desk
from tests.e2e.pages import PATIENCE, button, picture
from tests.factories import make, make_item, make_product, make_ticket, make_user

SUBJECTS = (
	"Import of contacts stops halfway",
	"The import of contacts stops halfway",
	"Re: import of contacts stopped halfway",
	"Contacts: <b>import stops</b> halfway",
	"Import of the contacts stops halfway",
	"Importing contacts stops halfway",
)


@dataclass(frozen=True)
class Group:
	"""A group of this run's own, its tickets, and who may deal with it."""

	desk: Desk
	signal: str
	tickets: list[str]
	director: str
	manager: str


@pytest.fixture
def group(on_site, run_job) -> Group:
	desk, other = make_desk(on_site, "Bakkerij De Ochtend"), make_desk(on_site, "Nordlys", customer="nils")
	run = frappe.generate_hash(length=4)
	with on_site():
		product = make_product(f"Ochtend CRM {run}")
		director = make_user(f"dora@desk-{run}.example", "Product Director")
		manager = make_user(f"mona@desk-{run}.example", "Agent", "Agent Manager")
		names = []
		for number, subject in enumerate(SUBJECTS):
			who = (desk, other)[number % 2].customer
			names.append(str(make_ticket(subject, raised_by=who, cse_product=product).name))
	run_job("crm_support_ext.tasks.signals.run")
	with on_site():
		signal = frappe.db.get_value(SIGNALLED, names[0], "signal")
	return Group(desk, signal, names, director, manager)


def test_the_director_sees_the_tickets_of_a_group_and_dismisses_it(group, page_of, on_site, run_job):
	with on_site():
		product = frappe.db.get_value(SIGNAL, group.signal, "product")
		make_item("Import of contacts goes on where it stops", product=product)
	run_job("crm_support_ext.tasks.signals.run")
	page = page_of(group.director)
	page.goto("/app/ticket-signal", wait_until="commit")
	row = page.locator(".list-row", has=page.locator(f'[data-name="{group.signal}"]')).first
	expect(row.get_by_text("Import of contacts stops halfway")).to_be_visible(timeout=PATIENCE)
	expect(row.get_by_text("Open", exact=True).first).to_be_visible()

	page.goto(f"/app/ticket-signal/{group.signal}", wait_until="commit")
	rows = page.locator(".signal-tickets tbody tr")
	expect(rows).to_have_count(len(SUBJECTS), timeout=PATIENCE)
	expect(rows.get_by_text("Contacts: <b>import stops</b> halfway")).to_be_visible()
	for name in group.tickets:
		expect(rows.get_by_role("link", name=f"#{name}", exact=True)).to_be_visible()
	expect(button(page, "Park these tickets")).to_have_count(0)  # she is no agent
	expect(button(page, "Raise this item")).to_be_visible()
	expect(page.get_by_role("link", name="Import of contacts goes on where it stops")).to_be_visible()
	picture(page, "signals")

	button(page, "Dismiss for good").click()
	dialog = page.locator(".modal.show")
	dialog.locator("textarea").fill("It is the exercise of a training.")
	dialog.get_by_role("button", name="Dismiss for good").click()
	expect(page.locator(".indicator-pill", has_text="Dismissed")).to_be_visible()
	expect(button(page, "Dismiss for good")).to_have_count(0)
	with on_site():
		done = frappe.get_doc(SIGNAL, group.signal)
	assert (done.state, done.done_by) == ("Dismissed", group.director)
	assert done.reason == "It is the exercise of a training."
	page.goto("/app/ticket-signal", wait_until="commit")
	expect(page.locator(".list-row-head").first).to_be_visible(timeout=PATIENCE)
	expect(page.locator(f'.list-row [data-name="{group.signal}"]')).to_have_count(0)


def test_the_director_makes_an_item_of_it_and_parks_nothing(group, page_of, on_site):
	page = page_of(group.director)
	page.goto(f"/app/ticket-signal/{group.signal}", wait_until="commit")
	button(page, "Make an item").click()
	dialog = page.locator(".modal.show")
	dialog.locator('[data-fieldname="title"] input').fill("The import goes on after a fault")
	dialog.get_by_role("button", name="Submit").click()
	page.wait_for_url("**/app/parked-item/P-*")
	with on_site():
		done = frappe.get_doc(SIGNAL, group.signal)
		item = frappe.get_doc("Parked Item", done.item)
		statuses = set(frappe.get_all(TICKET, {"name": ("in", group.tickets)}, pluck="status"))
	assert (done.state, done.done_by, item.owner) == ("Taken", group.director, group.director)
	assert (item.title, item.product, statuses) == (
		"The import goes on after a fault",
		done.product,
		{"New"},
	)


def test_a_manager_parks_the_tickets_of_a_group_on_a_new_item(group, page_of, on_site):
	page = page_of(group.manager)
	page.goto(f"/app/ticket-signal/{group.signal}", wait_until="commit")
	button(page, "Park these tickets").click()
	dialog = page.locator(".modal.show")
	dialog.locator('[data-fieldname="reason"] textarea').fill("The import has to survive a faulty row.")
	dialog.locator('[data-fieldname="title"] input').fill("The import goes on after a fault")
	picture(page, "signals-park", documented=False)
	dialog.get_by_role("button", name="Park", exact=True).click()
	expect(page.get_by_text("Parked on P-")).to_be_visible()
	with on_site():
		rows = frappe.get_all(TICKET, {"name": ("in", group.tickets)}, ["status", "cse_parked_item"])
		done = frappe.get_doc(SIGNAL, group.signal)
		item = frappe.get_doc("Parked Item", done.item)
	assert {row.status for row in rows} == {"Parked"} and {row.cse_parked_item for row in rows} == {item.name}
	assert (done.state, item.title, item.tickets, item.customers) == (
		"Taken",
		"The import goes on after a fault",
		len(SUBJECTS),
		2,
	)


def test_a_signal_leads_to_the_item_that_is_raised(group, page_of, on_site, run_job):
	with on_site():
		product = frappe.db.get_value(SIGNAL, group.signal, "product")
		item = make_item("Import of contacts goes on where it stops", product=product)
	run_job("crm_support_ext.tasks.signals.run")
	page = page_of(group.director)
	page.goto(f"/app/ticket-signal/{group.signal}", wait_until="commit")
	button(page, "Raise this item").click()
	page.wait_for_url(f"**/app/parked-item/{item}")
	with on_site():
		assert frappe.db.get_value(SIGNAL, group.signal, ["state", "item"]) == ("Taken", item)


def test_an_unclear_article_becomes_a_task_of_its_author(group, page_of, on_site, run_job):
	run = frappe.generate_hash(length=6)
	with on_site():
		category = make("HD Article Category", category_name=f"Importing {run}").name
		fields = {"category": category, "status": "Published", "content": "<p>How to go on.</p>"}
		frappe.set_user(group.desk.agent)
		article = make("HD Article", title="Import of contacts stops: what then?", **fields).name
		frappe.set_user("Administrator")
	run_job("crm_support_ext.tasks.signals.run")
	page = page_of(group.manager)
	page.goto(f"/app/ticket-signal/{group.signal}", wait_until="commit")
	button(page, "This article is unclear").click()
	page.wait_for_url(f"**/app/hd-article/{article}")
	with on_site():
		(task,) = frappe.get_all("ToDo", {"reference_name": article}, ["allocated_to", "description"])
		frappe.db.set_value(
			"HD Article", article, "status", "Archived"
		)  # it is alike to other runs' groups, too
	assert task.allocated_to == group.desk.agent and group.signal in task.description


def test_by_rest_customers_and_agents_read_no_signal_and_press_nothing(group, rest):
	method = "/api/method/crm_support_ext.api.signals"
	for user in (group.desk.customer, group.desk.agent, None):
		client = rest(user)
		for doctype in (SIGNAL, SIGNALLED):
			assert client.get(f"/api/resource/{doctype}").status_code == 403
		assert client.get(f"/api/resource/{SIGNAL}/{group.signal}").status_code == 403
		assert client.get(f"{method}.behind?signal={group.signal}").status_code == 403
		for press, values in (("dismiss", {"reason": "No"}), ("write_article", {})):
			answer = client.post(f"{method}.{press}", json={"signal": group.signal, **values})
			assert answer.status_code == 403
			assert "Import" not in answer.text
