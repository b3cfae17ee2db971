"""A running server, seen from outside: HTTP sessions, a real browser, and the mail that arrives.

Rows that a test needs first are made with `with on_site(): make_agent(…)`, which commits. These tests share one site, so
each uses names of its own.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import frappe
import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.e2e.mailbox import Mailbox
from tests.e2e.pages import PATIENCE, WIDE
from tests.factories import PASSWORD
from tests.harness.bench import ROOT, SITE
from tests.harness.services import free_port
from tests.harness.site import ADMIN_PASSWORD

CHROMIUM_OPTIONS = (
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
	"--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)


class Client(requests.Session):
	"""A session whose addresses begin at the site."""

	def __init__(self, base_url: str) -> None:
		super().__init__()
		self.base_url = base_url

	def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> requests.Response:  # type: ignore[override]
		"""As requests does, with a limit on waiting."""
		kwargs.setdefault("timeout", 60)
		return super().request(method, urljoin(self.base_url, url), *args, **kwargs)


def password_of(user: str) -> str:
	"""What this user logs in with."""
	return ADMIN_PASSWORD if user == "Administrator" else PASSWORD


@pytest.fixture(scope="session")
def base_url() -> str:
	"""Where the server is."""
	return os.environ["SITE_URL"]


@contextmanager
def connected() -> Iterator[None]:
	"""Work on the site as Administrator, and commit."""
	frappe.init(SITE, force=True)
	frappe.connect()
	try:
		yield
		frappe.db.commit()
	finally:
		frappe.destroy()


@pytest.fixture(scope="session", autouse=True)
def real_mail() -> None:
	"""Here an agent's reply is mailed, and what earlier tests queued is not."""
	with connected():
		frappe.db.set_single_value("HD Settings", "skip_email_workflow", 0)
		frappe.db.delete("Email Queue")
		frappe.db.delete("Email Queue Recipient")


@pytest.fixture(scope="module", autouse=True)
def patience(request: pytest.FixtureRequest) -> Iterator[None]:
	"""A module that names its PATIENCE waits so long, in milliseconds, for what a page is to show."""
	expect.set_options(timeout=getattr(request.module, "PATIENCE", 5_000))
	yield
	expect.set_options(timeout=5_000)


@pytest.fixture
def on_site() -> Callable[[], AbstractContextManager[None]]:
	"""`with on_site(): …` works on the site as Administrator and commits."""
	return connected


@pytest.fixture
def run_job(on_site: Callable[[], AbstractContextManager[None]]) -> Callable[..., None]:
	"""`run_job("frappe.email.queue.flush")` does now what the scheduler would do later."""

	def run(method: str, **kwargs: Any) -> None:
		with on_site():
			frappe.get_attr(method)(**kwargs)

	return run


@pytest.fixture
def rest(base_url: str) -> Iterator[Callable[..., Client]]:
	"""`rest("kim@example.com").get("/api/…")`: HTTP as this user, or as a guest if no user is given."""
	clients: list[Client] = []

	def login(user: str | None = None) -> Client:
		client = Client(base_url)
		clients.append(client)
		if user:
			answer = client.post("/api/method/login", data={"usr": user, "pwd": password_of(user)})
			answer.raise_for_status()
		return client

	yield login
	for client in clients:
		client.close()


@pytest.fixture(scope="session")
def mailbox() -> Iterator[Mailbox]:
	"""Every mail that the site sends."""
	with Mailbox(free_port()) as mailbox:
		with connected():
			frappe.db.set_value("Email Account", {"default_outgoing": 1}, "smtp_port", mailbox.port)
		yield mailbox


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
	"""Chromium as the machine has it."""
	chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
	if chromium is None:
		pytest.skip("NO BROWSER: install chromium to run the browser tests")
	with sync_playwright() as playwright:
		browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_OPTIONS)
		yield browser
		browser.close()


@pytest.fixture
def page_as(browser: Browser, base_url: str) -> Iterator[Callable[..., Page]]:
	"""`page_as("kim@example.com").goto("/helpdesk")`: a browser page of this user, or of a guest."""
	contexts: list[BrowserContext] = []

	def open_page(user: str | None = None) -> Page:
		context = browser.new_context(base_url=base_url, viewport={"width": 1400, "height": 900})
		contexts.append(context)
		context.set_default_timeout(30_000)
		if user:
			form = {"usr": user, "pwd": password_of(user)}
			answer = context.request.post("/api/method/login", form=form)
			assert answer.ok, f"{user} cannot log in: {answer.status}"
		return context.new_page()

	yield open_page
	for context in contexts:
		context.close()


@pytest.fixture
def page_of(page_as: Callable[..., Page]) -> Callable[..., Page]:
	"""`page_of("kim@example.com", PHONE)`: a page of this size, with patience for what is large."""

	def open_page(user: str, size: dict[str, int] = WIDE) -> Page:
		page = page_as(user)
		page.set_default_timeout(PATIENCE)
		page.set_viewport_size(size)
		return page

	return open_page


@pytest.fixture
def screenshot() -> Callable[[Page, str], Path]:
	"""`screenshot(page, "ticket")` writes build/screenshots/ticket.png."""

	def take(page: Page, name: str) -> Path:
		path = ROOT / "build" / "screenshots" / f"{name}.png"
		path.parent.mkdir(parents=True, exist_ok=True)
		page.screenshot(path=path)
		return path

	return take
