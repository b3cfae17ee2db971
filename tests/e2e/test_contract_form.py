"""Contracts in the desk, in a browser: made, activated, renewed, refused; the workspace, the reports, the product.

`PICTURES=1` writes the pictures of the documentation anew; otherwise they go to build/screenshots.
"""

from __future__ import annotations

import re
from decimal import Decimal

import frappe
import pytest
from frappe.utils import add_days, getdate
from playwright.sync_api import Page, expect

from crm_support_ext.constants import CONTRACT, CONTRACT_MANAGER
from crm_support_ext.domain.payment import Costing, Payment
from crm_support_ext.services.ledger import book
from crm_support_ext.store.contracts import as_rule
from crm_support_ext.store.frappe import now
from crm_support_ext.store.ledger import SiteLedger, desk_zone
from crm_support_ext.tasks import ledger
from tests.e2e import pages
from tests.e2e.desk import Desk, make_desk
from tests.e2e.pages import picture
from tests.factories import make, make_ticket
from tests.site import contracts

PATIENCE = pages.PATIENCE
LARGE = {"width": 1300, "height": 1000}


@pytest.fixture
def desk(on_site) -> Desk:
	"""An agent who keeps contracts, a plan, two products."""
	desk = make_desk(on_site, "Bakkerij De Ochtend")
	with on_site():
		frappe.get_doc("User", desk.agent).add_roles(CONTRACT_MANAGER)
		contracts.plan("Comfort", strippen_per_year=24, carry_over=6)
		for product in ("Insight", "Journal"):
			contracts.product(product)
	return desk


def days(first: int, last: int) -> dict[str, str]:
	return {"start": str(add_days(getdate(), first)), "end": str(add_days(getdate(), last))}


def contract_of(desk: Desk, first: int, last: int, *, activate: bool = True, **fields) -> str:
	with desk.on_site():
		new = contracts.active if activate else contracts.draft
		doc = new(customer=desk.company, plan="Comfort", **days(first, last), **fields)
		if activate:
			ledger.turn(doc.name)
		return doc.name


def fill(page: Page, fieldname: str, value: str) -> None:
	"""Type into a field of the form, and choose what is offered."""
	field = page.locator(f'[data-fieldname="{fieldname}"] input[data-fieldtype]').first
	field.click()
	field.fill(value)
	if field.get_attribute("data-fieldtype") == "Link":
		page.get_by_role("option", name=value, exact=True).click()
	else:
		field.press("Tab")


def pressed(page: Page, label: str) -> None:
	page.locator(".page-head, .page-actions").get_by_role("button", name=label, exact=True).first.click()


def dialog_of(page: Page, words: str):
	return page.locator(".modal-dialog:visible", has_text=words)


def test_a_contract_is_made_activated_and_renewed(desk, page_of, on_site):
	page = page_of(desk.agent, LARGE)
	page.goto(f"/app/{frappe.scrub(CONTRACT).replace('_', '-')}/new", wait_until="commit")
	fill(page, "customer", desk.company)
	fill(page, "plan", "Comfort")
	with on_site():
		shown = [frappe.utils.format_date(day) for day in days(-10, 20).values()]
	fill(page, "start", shown[0])
	fill(page, "end", shown[1])
	page.keyboard.press("Control+s")
	expect(page.locator(".indicator-pill:visible", has_text="Draft").first).to_be_visible()
	pressed(page, "Activate")
	dialog_of(page, "What it grants is booked at once").get_by_role("button", name="Yes", exact=True).click()
	expect(page.locator(".indicator-pill:visible", has_text="Expires in 20 days").first).to_be_visible()
	expect(page.get_by_text("in 20 days, and does not renew itself")).to_be_visible()
	name = page.url.rsplit("/", 1)[1]
	pressed(page, "Renew")
	dialog_of(page, "By months").get_by_role("button", name="Renew", exact=True).click()
	expect(page.get_by_text("in 20 days, and does not renew itself")).to_have_count(0)
	expect(page.locator('[data-fieldname="terms"] .grid-row[data-idx="2"]')).to_be_visible()
	with on_site():
		assert len(frappe.get_doc(CONTRACT, name).terms) == 2


def test_an_overlap_is_refused_by_name_and_an_orderer_is_a_contact_of_the_customer(desk, page_of, on_site):
	first = contract_of(desk, -30, 300)
	second = contract_of(desk, 0, 330, activate=False)
	page = page_of(desk.agent, LARGE)
	page.goto(f"/app/maintenance-contract/{second}", wait_until="commit")
	page.locator('[data-fieldname="orderers"] .grid-add-row').click()
	expect(page.locator('[data-fieldname="orderers"] .grid-body input:focus')).to_be_visible()
	page.locator('[data-fieldname="orderers"] .grid-row [data-fieldname="contact"]').last.click()
	offered = page.locator('[data-fieldname="contact"]').get_by_role("option")
	own = offered.filter(has_not_text=re.compile("Create|Search|Filter"))
	expect(own).to_have_count(1)
	expect(own).to_contain_text("kees", ignore_case=True)
	own.click()
	page.keyboard.press("Control+s")
	expect(page.locator(".indicator-pill:visible", has_text="Draft").first).to_be_visible()
	pressed(page, "Activate")
	dialog_of(page, "What it grants").get_by_role("button", name="Yes", exact=True).click()
	expect(dialog_of(page, f"{first} of {desk.company} already covers every product")).to_be_visible()


def test_own_targets_say_what_they_move_before_they_are_saved(desk, page_of, on_site):
	with on_site():
		make_ticket("It runs", customer=desk.company, raised_by=desk.customer, priority="III")
	people = [{"user": desk.agent, "role_words": "First contact", "mobile": "+31 6 1234 5678"}]
	access = [{"method": "TeamViewer", "agreed": "After a call", "agreed_by": "Kees Jansen"}]
	target = {"tier": "III", "response_amount": 4, "target_amount": 2, "target_unit": "working hours"}
	contract = contract_of(
		desk,
		-30,
		334,
		renews=1,
		contact_persons=people,
		remote_access=access,
		targets=[{**target, "target_amount": 160}],
	)
	page = page_of(desk.agent, LARGE)
	page.goto(f"/app/maintenance-contract/{contract}", wait_until="commit")
	expect(page.locator(".indicator-pill:visible", has_text="Active").first).to_be_visible()
	expect(page.get_by_role("button", name="Suspend", exact=True)).to_be_visible()
	page.wait_for_timeout(1500)
	picture(page, "contract")
	page.locator(
		'[data-fieldname="targets"] .grid-row[data-idx="1"] [data-fieldname="target_amount"]'
	).click()
	amount = page.locator('[data-fieldname="targets"] input[data-fieldname="target_amount"]')
	amount.fill("2")
	page.keyboard.press("Tab")
	page.keyboard.press("Control+s")
	dialog = dialog_of(page, "Change the due times?")
	expect(dialog).to_contain_text("1 of 1 running tickets get an earlier")
	dialog.get_by_role("button", name="Yes", exact=True).click()
	expect(page.get_by_text("1 running tickets are being counted again.").first).to_be_visible()


USED = (
	("Advocaten Van Dam", 23),
	("Installatie Groen", 19),
	("Kustlijn Reizen", 12),
	("Molenaar Bouw", 5),
)
"""Customers, and how many of their 24 strippen are used."""


def use_strippen(desk: Desk) -> None:
	"""Customers with an active contract, of which so much is used; what earlier runs left of them is over."""
	for customer, used in USED:
		with desk.on_site():
			if not frappe.db.exists("HD Customer", customer):
				make("HD Customer", customer_name=customer)
			frappe.db.set_value(CONTRACT, {"customer": customer}, "state", "Draft")
			doc = contracts.active(customer=customer, plan="Comfort", renews=1, **days(-200, 164))
			contract = as_rule(doc)
			work = Costing(Decimal(used), used * 15, "", f"work-{doc.name}")
			assert isinstance(book(SiteLedger(), contract, work, now(), desk_zone()), Payment)


def test_the_workspace_and_the_reports_show_what_comes(desk, page_of, on_site):
	contract = contract_of(desk, -345, 20)
	use_strippen(desk)
	with on_site():
		others = {"customer": ("like", "Bakkerij%"), "name": ("!=", contract)}
		frappe.db.set_value(CONTRACT, others, "state", "Draft")  # the pictures show what is of this test
		if not frappe.db.exists("HD Customer", "Zonder BV"):
			make("HD Customer", customer_name="Zonder BV")
		make_ticket("Without a contract", customer="Zonder BV", raised_by="Administrator")
	page = page_of(desk.agent, LARGE)
	page.goto("/app/support-contracts", wait_until="commit")
	for card in ("Active contracts", "Contracts that expire soon", "Contracts nearly used up"):
		widget = page.locator(".number-widget-box", has_text=card)
		expect(widget.locator(".number")).to_have_text(re.compile(r"[1-9]"))
	expect(page.locator(".dashboard-widget-box .frappe-chart")).to_be_visible()
	expect(page.locator(".link-item", has_text="Settlement Rules")).to_be_visible()
	page.wait_for_timeout(1000)
	picture(page, "contracts")
	page.locator(".number-widget-box", has_text="Contracts that expire soon").click()
	expect(page.locator(".dt-row", has_text=contract)).to_contain_text("Expires in 20 days")
	expect(page.locator(".dt-row", has_text="Advocaten Van Dam")).to_have_count(0)
	page.goto("/app/query-report/Contracts at a Glance?show=running", wait_until="commit")
	expect(page.locator(".dt-row", has_text="Advocaten Van Dam")).to_contain_text("Strippen nearly used up")
	page.wait_for_timeout(1000)
	picture(page, "contracts-at-a-glance")
	page.goto("/app/query-report/Customers without a Contract", wait_until="commit")
	expect(page.locator(".dt-row", has_text="Zonder BV").first).to_be_visible()
	page.goto("/app/maintenance-contract", wait_until="commit")
	expect(page.locator(".list-row", has_text=contract)).to_contain_text("Expires in 20 days")


@pytest.mark.parametrize("portal", [True, False])
def test_the_product_is_chosen_on_the_new_ticket(desk, page_of, portal):
	page = page_of(desk.customer if portal else desk.agent, LARGE)
	page.goto(f"/helpdesk/{'my-tickets' if portal else 'tickets'}/new", wait_until="commit")
	field = page.locator("div", has=page.get_by_text("Product", exact=True)).last.locator("..")
	field.get_by_role("button").first.click()
	page.get_by_role("option", name="Insight", exact=True).click()
	expect(field.get_by_role("button").first).to_contain_text("Insight")
