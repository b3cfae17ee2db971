"""A release in a real browser: the director lets it out by its form, and a customer says by the mail's link that it is
not fixed, without logging in. `PICTURES=1` writes the pictures of the documentation anew.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import frappe
import pytest
from playwright.sync_api import expect

from crm_support_ext.constants import (
	DECISION,
	INSTALLATION,
	PARKED_ITEM,
	PARKING,
	PRODUCT,
	PRODUCT_DIRECTOR,
	RELEASE,
	TICKET,
)
from tests.e2e.desk import Desk, make_desk
from tests.e2e.pages import PATIENCE, WIDE, button, picture
from tests.factories import make, make_contact, make_customer, make_ticket, make_user
from tests.site.desk import happen

NOTES = """<p>The import of contacts:</p><ol><li>goes on after a fault and lists the lines that it left out;</li>
<li>reads files of more than 100,000 lines.</li></ol><p>Invoices are printed <strong>once</strong>.</p>"""


@dataclass(frozen=True)
class Out:
	"""A product with an update for which tickets of two customers wait; the first has the version, the second an older."""

	desk: Desk
	director: str
	product: str
	release: str
	item: str
	ticket: str
	other: str


@pytest.fixture
def out(on_site, mailbox) -> Out:
	desk = make_desk(on_site, "Bakkerij De Ochtend")
	run = desk.agent.split("-")[1].split(".")[0]
	with on_site():
		director = make_user(f"dana@desk-{run}.example", PRODUCT_DIRECTOR)
		names = (f"Ochtend Office {number or ''}".strip() for number in range(99))
		product = next(name for name in names if not frappe.db.exists(PRODUCT, name))
		make(PRODUCT, product_name=product)
		for version, date in (("9", "2025-03-01"), ("10", "2026-03-01")):
			made = make(RELEASE, product=product, version=version, date=date)
			made.db_set({"state": "Out", "out_at": f"{date} 09:00:00"})
		update = {"version": "10.3", "update_of": f"{product} 10", "date": "2026-11-20", "notes": NOTES}
		release = make(RELEASE, product=product, **update).name
		older = f"vera@old-{run}.example"
		make_customer(f"Visser en Zoon {run}", make_contact(older).name)
		for customer, version in ((desk.company, "10"), (f"Visser en Zoon {run}", "9")):
			make(INSTALLATION, customer=customer, product=product, release=version)
		item = make(PARKED_ITEM, product=product, title="The import goes on after a fault", effort=2).name
		tickets = [parked(item, user) for user in (desk.customer, older)]
		frappe.db.set_value(PARKED_ITEM, item, {"state": "Planned", "release": release})
	return Out(desk, director, product, release, item, *tickets)


def parked(item: str, user: str) -> str:
	ticket = frappe.get_doc(TICKET, make_ticket(raised_by=user, via_customer_portal=1).name)
	frappe.db.set_value(TICKET, ticket.name, "cse_parked_item", item)
	happen(ticket, "parked")
	return str(ticket.name)


def test_the_director_releases_and_a_customer_says_no_by_the_link(out, page_of, page_as, mailbox, run_job):
	page = page_of(out.director, WIDE)
	page.goto(f"/app/software-release/{out.release}", wait_until="commit")
	button(page, "Release").click()
	asked = page.get_by_role("dialog")
	expect(asked.get_by_text("goes out with all that is planned for it (items: 1)")).to_be_visible()
	expect(asked.get_by_role("row").nth(1)).to_have_text("11are told to install it, and resolved")
	expect(asked.get_by_role("row").nth(2)).to_have_text("11are told to upgrade first, and stay parked")
	picture(page, "release")
	button(asked, "Yes").click()
	expect(button(page, "Stop")).to_be_visible()
	run_job("crm_support_ext.tasks.answers.run")  # beside the worker, before which much else may be queued
	expect(page.get_by_text("2 of 2 tickets are answered.")).to_be_visible(timeout=PATIENCE)
	expect(button(page, "Release")).to_have_count(0)
	assert (out.desk.get(out.ticket, "status"), out.desk.get(out.other, "status")) == ("Resolved", "Parked")

	run_job("frappe.email.queue.flush")
	mail = mailbox.wait_for(
		lambda message: out.desk.customer in message["X-Recipients"] and "10.3 is out" in message["Subject"]
	)
	html = mail.get_body(preferencelist=("html",)).get_content()
	links = re.findall(r'href="([^"]*/support/fixed[^"]*answer=(?:Yes|No))"', html.replace("&amp;", "&"))
	assert len(links) == 2
	address = urlsplit(links[1])

	guest = page_as()
	guest.set_default_timeout(PATIENCE)
	guest.set_viewport_size({"width": 720, "height": 320})
	guest.goto(f"{address.path}?{address.query}")
	expect(
		guest.get_by_text(f"Did {out.release} fix this for you: The import goes on after a fault?")
	).to_be_visible()
	picture(guest, "fixed-for-me")
	assert out.desk.get(out.ticket, "status") == "Resolved"
	button(guest, "No, it is not fixed").click()
	expect(guest.get_by_text("did not fix it, and we are at work on it")).to_be_visible()
	assert out.desk.get(out.ticket, "status") == "Parked"
	with out.desk.on_site():
		assert frappe.db.get_value(PARKING, {"open_of": out.ticket}, "regression") == 1
		found = frappe.db.get_value(PARKED_ITEM, out.item, ["state", "regressions", "tickets"])
		assert found == ("Parked", 1, 2)
		assert frappe.db.exists(DECISION, {"item": out.item, "decision": "Came back"})


def test_by_rest_the_link_answers_a_post_alone_and_only_its_own_key(out, rest, run_job):
	run_job("crm_support_ext.store.releases.go_out", name=out.release, at=_now(out), by="Administrator")
	run_job("crm_support_ext.tasks.answers.run")
	with out.desk.on_site():
		from crm_support_ext.store.fixed_links import key_of

		key, other = (
			key_of(frappe.db.get_value(PARKING, {"ticket": name})) for name in (out.ticket, out.other)
		)
	guest, action = rest(), "/api/method/crm_support_ext.api.fixed.answer"
	page = guest.get("/support/fixed", params={"key": key, "answer": "No"})
	assert page.status_code == 200 and out.release in page.text
	assert out.desk.company not in page.text and out.desk.customer not in page.text
	assert guest.head("/support/fixed", params={"key": key}).status_code == 200
	assert guest.get(action, params={"key": key, "fixed_for_me": "No"}).status_code == 403
	for false in (key[:-1] + ("a" if key[-1] != "a" else "b"), other, "", "<script>"):
		assert guest.get("/support/fixed", params={"key": false}).status_code == 404
		guest.post(action, data={"key": false, "fixed_for_me": "No"})
	assert (out.desk.get(out.ticket, "status"), out.desk.get(out.other, "status")) == ("Resolved", "Parked")
	answer = guest.post(action, data={"key": key, "fixed_for_me": "Yes"})
	assert answer.status_code == 200 and "fixed it. Thank you." in answer.text
	guest.post(action, data={"key": key, "fixed_for_me": "No"})
	answer = guest.post(action, data={"key": key, "fixed_for_me": "Yes"})
	assert "If it is fixed after all, reply to our mail." in answer.text
	with out.desk.on_site():
		assert frappe.db.get_value(PARKING, {"ticket": out.ticket, "answer": "Install"}, "fixed") == "No"


def _now(out: Out):
	from crm_support_ext.store.frappe import now

	with out.desk.on_site():
		return now()


def test_by_rest_a_bare_version_is_taken_and_an_unknown_one_is_refused(out, rest):
	agent = rest(out.desk.agent)
	with out.desk.on_site():
		name = frappe.db.get_value(INSTALLATION, {"customer": out.desk.company})
	address = f"/api/resource/{INSTALLATION}/{name}"
	assert agent.put(address, json={"release": "9"}).json()["data"]["release"] == f"{out.product} 9"
	refused = agent.put(address, json={"release": "8.1"})
	assert refused.status_code == 417
	assert f"{out.product} has no version 8.1 that is out. Known are: 10, 9." in refused.text
	assert (
		agent.post(
			"/api/method/crm_support_ext.api.release.go_out", json={"release": out.release}
		).status_code
		== 403
	)
	director = rest(out.director)
	planned = director.put(f"/api/resource/{RELEASE}/{out.release}", json={"state": "Out"})
	assert planned.status_code == 417 and "by nothing else" in planned.text
	assert director.put(f"/api/resource/{RELEASE}/{out.product} 10", json={"notes": NOTES}).status_code == 200
	changed = director.put(f"/api/resource/{RELEASE}/{out.product} 10", json={"date": "2027-01-01"})
	assert changed.status_code == 417 and "only its notes" in changed.text


def test_the_customer_reads_the_release_notes_and_a_stranger_does_not(out, page_of, rest):
	with out.desk.on_site():
		frappe.db.set_value(RELEASE, out.release, {"state": "Out", "out_at": "2026-11-20 09:00:00"})
		stranger = f"zoe@{out.desk.customer.split('@')[1]}"
		make_customer(f"Slagerij {out.product}", make_contact(stranger).name)
	page = page_of(out.desk.customer, WIDE)
	page.goto(f"/support/releases?product={out.product}", wait_until="commit")
	expect(page.get_by_role("heading", name=f"Release notes of {out.product}")).to_be_visible()
	expect(page.get_by_text("reads files of more than 100,000 lines.")).to_be_visible()
	headings = page.get_by_role("heading", level=2)
	expect(headings).to_have_text([re.compile("10.3"), re.compile("10"), re.compile("9")])
	picture(page, "release-notes")
	answer = rest(stranger).get("/support/releases", params={"product": out.product})
	assert answer.status_code == 404 and "100,000" not in answer.text
	guest = rest().get("/support/releases", params={"product": out.product})
	assert "/login" in guest.url and "100,000" not in guest.text
