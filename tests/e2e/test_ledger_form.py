"""The ledger in the desk, in a browser and over HTTP: strippen sold, an entry taken back, and none changed.

`PICTURES=1` writes the pictures of the documentation anew; otherwise they go to build/screenshots.
"""

from __future__ import annotations

import json
import re

import frappe
import pytest
from frappe.utils import add_days, getdate
from playwright.sync_api import Page, expect

from crm_support_ext.constants import CONTRACT_MANAGER, ENTRY
from crm_support_ext.tasks import ledger
from tests.e2e import pages
from tests.e2e.desk import Desk, make_desk
from tests.e2e.pages import picture
from tests.site import contracts

PATIENCE = pages.PATIENCE


@pytest.fixture
def desk(on_site) -> Desk:
	"""An agent who keeps contracts."""
	desk = make_desk(on_site, "Bakkerij De Ochtend")
	with on_site():
		frappe.get_doc("User", desk.agent).add_roles(CONTRACT_MANAGER)
	return desk


@pytest.fixture
def contract(desk, on_site) -> str:
	"""A contract of the customer's with 24 strippen."""
	with on_site():
		plan = contracts.plan("Two a month", strippen_per_year=24)
		start = add_days(getdate(), -30)
		doc = contracts.active(start, add_days(start, 364), customer=desk.company, plan=plan)
		ledger.turn(doc.name)
		return doc.name


@pytest.fixture
def page(desk, page_of) -> Page:
	return page_of(desk.agent, {"width": 1300, "height": 900})


def choose(page: Page, entry: str) -> None:
	page.locator(".page-head").get_by_role("button", name="Strippen", exact=True).click()
	page.locator(".dropdown-menu.show").get_by_text(entry, exact=True).click()


def left(page: Page, words: str) -> None:
	expect(page.locator(".form-dashboard .indicator", has_text=f"Left: {words}").first).to_be_visible()


def test_strippen_are_sold_and_an_entry_is_taken_back_by_buttons(page, contract, on_site):
	page.goto(f"/app/maintenance-contract/{contract}", wait_until="commit")
	left(page, "24 strippen")
	choose(page, "Purchase")
	dialog = page.locator(".modal-dialog:visible", has_text="Book a purchase")
	dialog.locator("input[data-fieldname=units]").fill("2.5")
	dialog.locator("textarea[data-fieldname=reason]").fill("Ordered by phone")
	dialog.get_by_role("button", name="Book", exact=True).click()
	left(page, "26.5 strippen")
	choose(page, "Correct an entry")
	dialog = page.locator(".modal-dialog:visible", has_text="Correct an entry of")
	dialog.locator("input[data-fieldname=number]").fill("7")
	dialog.locator("input[data-fieldname=number]").press("Tab")
	expect(dialog.get_by_text("There is no entry 7 on this contract.")).to_be_visible()
	expect(dialog.get_by_role("button", name="Take it back")).to_have_class(re.compile("disabled"))
	dialog.locator("input[data-fieldname=number]").fill("2")
	dialog.locator("input[data-fieldname=number]").press("Tab")
	expect(dialog.get_by_text(re.compile(r"and the balance goes from 26\.5 to 24\.$"))).to_be_visible()
	dialog.locator("textarea[data-fieldname=reason]").fill("It was another customer")
	picture(page, "correct-an-entry", documented=False)
	dialog.get_by_role("button", name="Take it back").click()
	left(page, "24 strippen")
	with on_site():
		rows = frappe.get_all(
			ENTRY, {"contract": contract}, ["kind", "amount", "reverses"], order_by="number"
		)
	assert [tuple(row.values()) for row in rows] == [
		("Grant", "24.00", 0),
		("Purchase", "2.50", 0),
		("Correction", "-2.50", 2),
	]


def test_the_list_and_the_form_of_an_entry_offer_no_way_to_change_it(page, contract):
	page.goto(f"/app/strippen-ledger-entry?contract={contract}", wait_until="commit")
	row = page.locator(".list-row", has_text=f"{contract}-E1")
	expect(row.first).to_contain_text("Grant")
	expect(row.first).to_contain_text(" 00:00")
	expect(page.get_by_role("button", name="Add Strippen Ledger Entry")).to_have_count(0)
	picture(page, "ledger", documented=False)
	page.goto(f"/app/strippen-ledger-entry/{contract}-E1", wait_until="commit")
	expect(page.get_by_role("button", name="Correct", exact=True)).to_be_visible()
	expect(page.get_by_role("button", name="Save", exact=True)).to_have_count(0)
	page.get_by_role("button", name="Correct", exact=True).click()
	expect(page.get_by_text(re.compile(r"and the balance goes from 24 to 0\.$"))).to_be_visible()


@pytest.mark.parametrize("user", ["Administrator", "keeper"])
def test_nobody_writes_an_entry_over_http(rest, desk, contract, on_site, user):
	client = rest(desk.agent if user == "keeper" else user)
	address = f"/api/resource/{ENTRY}/{contract}-E1"
	before = client.get(address).json()["data"]
	token = client.get("/app").text.split('csrf_token = "')[1].split('"')[0]
	client.headers["X-Frappe-CSRF-Token"] = token
	asked = {
		"PUT": client.put(address, json={"amount": "99.00"}),
		"DELETE": client.delete(address),
		"POST": client.post(f"/api/resource/{ENTRY}", json={**before, "name": "x", "number": 2}),
		"set_value": client.post(
			"/api/method/frappe.client.set_value",
			json={
				"doctype": ENTRY,
				"name": f"{contract}-E1",
				"fieldname": {"amount": "99.00", "flags": {"x": 1}},
			},
		),
		"v2": client.patch(f"/api/v2/document/{ENTRY}/{contract}-E1/", json={"amount": "99.00"}),
		"rename": client.post(
			"/api/method/frappe.client.rename_doc",
			json={"doctype": ENTRY, "old_name": f"{contract}-E1", "new_name": "x"},
		),
		"bulk": client.post(
			"/api/method/frappe.desk.reportview.delete_items",
			json={"doctype": ENTRY, "items": json.dumps([f"{contract}-E1"])},
		),
	}
	told = {way: (answer.status_code, answer.text[:200]) for way, answer in asked.items()}
	assert all(told[way][0] in (403, 417) for way in told if way != "bulk"), told
	assert client.get(address).json()["data"] == before
	with on_site():
		assert frappe.db.count(ENTRY, {"contract": contract}) == 1
