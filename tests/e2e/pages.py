"""Shared by the tests in a browser: the ticket's page, its buttons and menus, and pictures of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.harness.bench import ROOT

PATIENCE = 90_000
"""The helpdesk's pages are large, and the machine may have other work: how long a module waits that names it."""

PHONE = {"width": 390, "height": 844}
WIDE = {"width": 1280, "height": 900}


def opened(
	page_as: Callable[[str], Page],
	user: str,
	ticket: str,
	*,
	portal: bool = False,
	size: dict[str, int] | None = None,
) -> Page:
	"""The ticket's page as this agent; with ``portal`` as this customer."""
	page = page_as(user)
	page.set_default_timeout(PATIENCE)
	if size:
		page.set_viewport_size(size)
	page.goto(f"/helpdesk/{'my-tickets' if portal else 'tickets'}/{ticket}", wait_until="commit")
	return page


def button(page: Page | Locator, label: str) -> Locator:
	"""The button with exactly this label."""
	return page.get_by_role("button", name=label, exact=True)


def menu(page: Page, label: str) -> Locator:
	"""The button with this label that opens a menu; the sidebar has plain ones of the same name."""
	return button(page, label).and_(page.locator("[aria-haspopup=menu]"))


def menu_of(page: Page, label: str) -> list[str]:
	"""What a menu offers; it is closed again."""
	menu(page, label).click()
	expect(page.get_by_role("menuitem").first).to_be_visible()
	entries = [entry.strip() for entry in page.get_by_role("menuitem").all_inner_texts()]
	page.keyboard.press("Escape")
	expect(page.get_by_role("menuitem")).to_have_count(0)
	return entries


def choose(page: Page, label: str, entry: str) -> None:
	"""Open the menu of this label and press an entry."""
	menu(page, label).click()
	page.get_by_role("menuitem", name=entry, exact=True).click()


def picture(page: Page, name: str, *, documented: bool = True) -> None:
	"""A picture, for the documentation if it is ``documented`` and PICTURES asks for them."""
	wanted = documented and os.environ.get("PICTURES") == "1"
	folder = ROOT / ("docs/pictures" if wanted else "build/screenshots")
	folder.mkdir(parents=True, exist_ok=True)
	page.screenshot(path=Path(folder) / f"{name}.png")
