"""The board of parked items in a browser: the product director plans by dragging and by buttons; others read.

`PICTURES=1` writes the picture of the documentation anew; otherwise it goes to build/screenshots.
"""

from __future__ import annotations

from collections.abc import Iterator

import frappe
import pytest
from frappe.utils import add_to_date, now_datetime
from playwright.sync_api import Locator, Page, expect

from crm_support_ext.constants import BOOKED, DECISION, PARKED_ITEM, PRODUCT_DIRECTOR, WORK_LOG
from crm_support_ext.store import parked_items
from tests.e2e import pages
from tests.e2e.pages import PHONE, WIDE, picture
from tests.factories import make_agent, make_user
from tests.site.parked import decided, release, remove_product, wanted

PATIENCE = pages.PATIENCE


@pytest.fixture
def product(on_site) -> Iterator[str]:
	"""A product with four items in the order of the rank, and two releases to come."""
	with on_site():
		product = f"Kassa {frappe.generate_hash(length=5)}"
		first = wanted("The import goes on after a fault", 7, product=product, effort=2)
		wanted("Invoices in the customer's language", 5, product=product, workaround="Awkward", effort=3)
		wanted("A report of open quotations", 4, product=product, kind="Wish", workaround="Good", effort=2)
		wanted("A darker blue in the menu", 1, product=product, kind="Wish", workaround="Good", effort=1)
		release("8.1", 20, capacity=4, product=product)
		release("8.2", 80, capacity=8, product=product)
		work = {"ticket": f"{first}-0", "state": BOOKED, "minutes": 135, "strippen": 3}
		frappe.get_doc({"doctype": WORK_LOG, **work}).db_insert()
	yield product
	with on_site():
		frappe.db.delete(WORK_LOG, work)
		remove_product(product)


@pytest.fixture
def director(on_site) -> str:
	with on_site():
		return make_user(f"dora-{frappe.generate_hash(length=5)}@desk.example", PRODUCT_DIRECTOR)


def opened(page: Page, product: str) -> Page:
	page.goto(f"/app/parked-board?product={product}", wait_until="commit")
	expect(rows(page)).to_have_count(4)
	return page


def rows(page: Page) -> Locator:
	return page.locator(".pb-rows > li")


def row(page: Page, title: str) -> Locator:
	return rows(page).filter(has_text=title)


def lane(page: Page, version: str) -> Locator:
	return page.locator(".pb-lane", has_text=version)


def dialog(page: Page) -> Locator:
	return page.locator(".modal-dialog:visible")


def drag(page: Page, what: Locator, to: Locator) -> None:
	"""Take a row by its handle and let it go on another place."""
	what.locator(".pb-handle").hover()
	page.mouse.down()
	box = to.bounding_box()
	for step in (0.3, 0.5, 0.6):
		page.mouse.move(box["x"] + box["width"] * step, box["y"] + box["height"] * step, steps=4)
	page.mouse.up()


def decisions(on_site, product: str) -> list[tuple]:
	with on_site():
		rows = frappe.qb.DocType(DECISION)
		items = frappe.qb.DocType(PARKED_ITEM)
		query = frappe.qb.from_(rows).join(items).on(items.name == rows.item)
		query = query.select(items.title, rows.decision, rows.release, rows.reason).where(
			items.product == product
		)
		return [tuple(row) for row in query.orderby(rows["at"]).run()]


def test_the_board_shows_the_order_and_why(page_of, director, product, on_site):
	with on_site():
		first, _, third, _ = frappe.get_all(
			PARKED_ITEM, {"product": product}, pluck="name", order_by="order_key"
		)
		decided(first, "Plan", release=f"{product} 8.1")
		decided(third, "Plan", release=f"{product} 8.1", reason="Promised on the users' day")
	page = opened(page_of(director), product)
	first = rows(page).first
	expect(first).to_contain_text("The import goes on after a fault")
	for text in ("42.00", "21", "7", "2:15 h, 3 strippen", "8.1"):
		expect(first).to_contain_text(text)
	expect(rows(page).nth(1)).to_contain_text("8.2")
	expect(rows(page).nth(2)).to_contain_text("Promised on the users' day")
	expect(lane(page, "8.1")).to_contain_text("planned: 2, 4 of 4 days")
	widths = [
		bar.evaluate("bar => parseFloat(bar.style.width)")
		for bar in page.locator(".pb-row .pb-customers > i").all()
	]
	assert widths == sorted(widths, reverse=True) and widths[0] == 100
	picture(page, "parked-board")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_nothing_is_cut_off(page_of, director, product, size):
	page = opened(page_of(director, size), product)
	assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
	for each in page.locator(".pb-row button, .pb-lane").all():
		box = each.bounding_box()
		assert box["x"] >= 0 and box["x"] + box["width"] <= size["width"]
	picture(page, f"parked-board-{size['width']}", documented=False)


def test_a_row_is_dragged_to_a_release_and_against_the_rank_with_a_reason(
	page_of, director, product, on_site
):
	page = opened(page_of(director), product)
	drag(page, row(page, "The import"), lane(page, "8.1"))
	expect(row(page, "The import").get_by_text("Planned", exact=True)).to_be_visible()
	expect(lane(page, "8.1")).to_contain_text("planned: 1, 2 of 4 days")

	drag(page, row(page, "A darker blue"), lane(page, "8.1"))
	expect(dialog(page)).to_contain_text(
		"“Invoices in the customer's language” ranks above it and is not planned"
	)
	assert len(decisions(on_site, product)) == 1, "nothing is saved before the reason"
	dialog(page).get_by_role("button", name="Plan", exact=True).click()
	missing = page.locator(".msgprint-dialog:visible")
	expect(missing).to_contain_text("Reason")
	missing.locator(".btn-modal-close").click()
	expect(missing).to_have_count(0)
	dialog(page).locator("textarea[data-fieldname=reason]").fill("The house style asks for it")
	dialog(page).get_by_role("button", name="Plan", exact=True).click()
	expect(row(page, "A darker blue").get_by_text("Planned", exact=True)).to_be_visible()
	version = f"{product} 8.1"
	assert decisions(on_site, product) == [
		("The import goes on after a fault", "Plan", version, None),
		("A darker blue in the menu", "Plan", version, "The house style asks for it"),
	]


def test_a_row_that_is_dropped_above_another_is_planned_for_its_release_or_goes_back(
	page_of, director, product, on_site
):
	page = opened(page_of(director), product)
	drag(page, row(page, "A darker blue"), rows(page).first)
	expect(dialog(page)).to_contain_text("This is against the rank")
	dialog(page).locator(".btn-modal-close").click()
	expect(dialog(page)).to_have_count(0)
	expect(rows(page).last).to_contain_text("A darker blue")
	assert decisions(on_site, product) == []


def test_all_is_decided_by_keyboard_and_buttons(page_of, director, product, on_site):
	page = opened(page_of(director), product)
	button = row(page, "The import").get_by_role("button", name="Plan", exact=True)
	button.focus()
	page.keyboard.press("Enter")
	chosen = dialog(page).locator("select[data-fieldname=release]")
	expect(chosen).to_have_value(f"{product} 8.1")
	expect(chosen).to_be_focused()
	dialog(page).get_by_role("button", name="Plan", exact=True).press("Enter")
	expect(row(page, "The import").get_by_text("Planned", exact=True)).to_be_visible()
	row(page, "The import").get_by_role("button", name="Take back").press("Enter")
	expect(dialog(page).locator("textarea[data-fieldname=reason]")).to_be_focused()
	dialog(page).get_by_role("button", name="Take back", exact=True).press("Enter")
	expect(row(page, "The import").get_by_text("Parked", exact=True)).to_be_visible()
	row(page, "A report").get_by_role("button", name="Decline").click()
	dialog(page).locator("textarea[data-fieldname=reason]").fill("Use the list of quotations.")
	dialog(page).get_by_role("button", name="Decline", exact=True).click()
	expect(rows(page)).to_have_count(3)
	page.locator("select[data-fieldname=shown]").select_option("Declined")
	expect(rows(page)).to_have_count(1)
	expect(rows(page).first).to_contain_text("Use the list of quotations.")
	expect(rows(page).first.get_by_role("button")).to_have_count(0)
	assert [each[1] for each in decisions(on_site, product)] == ["Plan", "Take back", "Decline"]


def test_an_agent_reads_the_board_and_decides_nothing(page_of, product, on_site, rest):
	with on_site():
		agent = make_agent(f"anna-{frappe.generate_hash(length=5)}@desk.example")
		item = frappe.db.get_value(PARKED_ITEM, {"product": product})
	page = opened(page_of(agent), product)
	expect(page.locator(".pb-row button, .pb-handle")).to_have_count(0)
	client = rest(agent)
	method = "/api/method/crm_support_ext.api.board.decide"
	sent = {"item": item, "decision": "Plan", "release": f"{product} 8.1", "reason": "me"}
	refused = client.post(method, json=sent)
	assert refused.status_code == 403 and "Only the product director decides" in refused.text
	for changed in ({"state": "Planned"}, {"release": f"{product} 8.1"}):
		refused = client.put(f"/api/resource/{PARKED_ITEM}/{item}", json=changed)
		assert refused.status_code == 403 and "decided on the board" in refused.text
	assert client.delete(f"/api/resource/{PARKED_ITEM}/{item}").status_code == 403
	assert decisions(on_site, product) == []


def test_the_item_itself_shows_what_was_decided_and_can_be_decided_on(page_of, director, product, on_site):
	with on_site():
		item = frappe.db.get_value(PARKED_ITEM, {"product": product, "title": ("like", "The import%")})
	page = page_of(director)
	page.goto(f"/app/parked-item/{item}", wait_until="commit")
	expect(page.get_by_text("Rank 1, expected in 8.1, it has cost 2:15 h, 3 strippen so far")).to_be_visible()
	page.locator(".page-head").get_by_role("button", name="Decide").click()
	page.locator(".dropdown-menu.show").get_by_text("Defer", exact=True).click()
	dialog(page).locator("textarea[data-fieldname=reason]").fill("After the summer")
	dialog(page).get_by_role("button", name="Defer", exact=True).click()
	expect(page.locator("[data-fieldname=decisions] tbody tr")).to_have_count(1)
	expect(page.locator("[data-fieldname=decisions]")).to_contain_text("After the summer")
	picture(page, "parked-item", documented=False)


def test_the_report_and_its_chart(page_of, director, product, on_site):
	with on_site():
		items = frappe.get_all(PARKED_ITEM, {"product": product}, pluck="name", order_by="order_key")
		for item, version, days in zip(items, ("8.1", "8.1", "8.2"), (10, 30, 90), strict=False):
			decided(item, "Plan", release=f"{product} {version}")
			decided(item, "Release", release=f"{product} {version}")
			out = {"item": item, "decision": "Release"}
			frappe.db.set_value(DECISION, out, "at", add_to_date(now_datetime(), days=days))
	page = page_of(director)
	page.goto(f"/app/query-report/Forecasts Kept?product={product}", wait_until="commit")
	expect(page.locator(".dt-row:not(.dt-row-header, .dt-row-filter)")).to_have_count(3)
	page.wait_for_function(
		"[...document.querySelectorAll('.dataset-units rect')].some(bar => bar.getBoundingClientRect().height > 40)"
	)
	picture(page, "forecasts-kept", documented=False)


def test_the_preview_of_other_weights_is_live(page_of, director, product, on_site):
	with on_site():
		before = parked_items.weights()
	page = page_of(director)
	page.goto("/app/parked-item-weights", wait_until="commit")
	field = page.locator("input[data-fieldname=workaround_none]")
	expect(field).to_be_visible()
	field.fill("1")
	field.press("Tab")
	preview = page.locator("[data-fieldname=preview]")
	expect(preview).to_contain_text("must not count less")
	for name in ("workaround_awkward", "workaround_good"):
		page.locator(f"input[data-fieldname={name}]").fill("1")
		page.locator(f"input[data-fieldname={name}]").press("Tab")
	expect(preview).to_contain_text(f"{product}: 2 of 4 items would have another rank.")
	picture(page, "parked-weights", documented=False)
	with on_site():
		assert parked_items.weights() == before, "nothing is saved"
