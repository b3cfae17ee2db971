"""A connection to the test site, and a clean one for every test.

A test starts as Administrator, and at its end all that it did is rolled back. Commits and rollbacks of the code under test
do what they should within the test (they move to a savepoint, and run what waits for them). Rows that all tests of a
module need can be made in a module-scoped fixture; they go when the module ends. A test that needs a true commit, or that
changes the schema, is marked `@pytest.mark.commits`, removes what it made, and finds no rows of module-scoped fixtures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import frappe
import pytest
from frappe.utils import get_datetime, get_system_timezone
from freezegun import freeze_time

import crm_support_ext
from tests.harness.bench import ROOT, SITE
from tests.site.desk import acting_as

# Cached facts about the code and the schema; everything else in Redis may stem from a row that is rolled back.
OUTLIVES_A_ROLLBACK = ("doctype_meta", "table_columns", "db_tables", "app_hooks", "app_modules", "module_app")


@pytest.fixture(scope="session", autouse=True)
def site() -> Iterator[str]:
	"""The connected test site; its name."""
	assert Path(crm_support_ext.__file__).is_relative_to(ROOT), (
		"another crm_support_ext is installed in front"
	)
	frappe.init(SITE)
	frappe.connect()
	frappe.in_test = frappe.flags.in_test = True
	frappe.clear_cache()
	yield SITE
	frappe.destroy()


@pytest.fixture(scope="module", autouse=True)
def module_transaction(site: str) -> Iterator[None]:
	"""What module-scoped fixtures make goes with the module, their flags too."""
	frappe.set_user("Administrator")
	flags = frappe.flags.copy()
	with savepoints_for_commits("module"):
		yield
	frappe.db.rollback()
	forget_rows()
	frappe.local.flags = flags


@pytest.fixture(autouse=True)
def transaction(request: pytest.FixtureRequest, module_transaction: None) -> Iterator[None]:
	"""Administrator, and afterwards nothing left of the test."""
	commits = request.node.get_closest_marker("commits")
	frappe.set_user("Administrator")
	flags = frappe.flags.copy()
	if commits:
		with true_commits():
			yield
		frappe.clear_cache()
	else:
		frappe.db.savepoint("start")
		with savepoints_for_commits("committed"):
			yield
		frappe.db.rollback(save_point="start")
		forget_rows()
	frappe.local.flags = flags
	frappe.clear_messages()
	frappe.local.error_log = []
	frappe.local.form_dict = frappe._dict()
	frappe.local.response = frappe._dict({"docs": []})


@contextmanager
def savepoints_for_commits(name: str) -> Iterator[None]:
	"""A commit sets a savepoint and a rollback returns to it; both call what waits for them, as the real ones do."""
	database = frappe.local.db
	real = {name: getattr(database, name) for name in ("commit", "rollback")}

	def commit(**_: Any) -> None:
		database.before_rollback.reset()
		database.after_rollback.reset()
		database.before_commit.run()
		database.savepoint(name)
		database.after_commit.run()

	def rollback(*, save_point: str | None = None, **_: Any) -> None:
		if save_point:
			real["rollback"](save_point=save_point)
			return
		database.before_commit.reset()
		database.after_commit.reset()
		database.before_rollback.run()
		real["rollback"](save_point=name)
		database.after_rollback.run()

	database.savepoint(name)
	database.commit, database.rollback = commit, rollback
	try:
		yield
	finally:
		database.commit, database.rollback = real["commit"], real["rollback"]
		for waiting in ("before_commit", "after_commit", "before_rollback", "after_rollback"):
			getattr(database, waiting).reset()


@contextmanager
def true_commits() -> Iterator[None]:
	"""The database's own commit and rollback, in a transaction of their own."""
	database = frappe.local.db
	replaced = {name: vars(database).pop(name) for name in ("commit", "rollback")}
	try:
		database.rollback()
		yield
		database.rollback()
	finally:
		vars(database).update(replaced)
		database.savepoint("module")


def forget_rows() -> None:
	"""Empty the caches of what a rolled-back transaction may have put there; a full clear costs half a second a test."""
	keys = frappe.cache.get_keys("")
	stale = [key for key in keys if not any(word.encode() in key for word in OUTLIVES_A_ROLLBACK)]
	if stale:
		frappe.cache.delete_value(stale, make_keys=False)
	frappe.utils.caching._SITE_CACHE.clear()
	if hasattr(frappe, "client_cache"):
		frappe.client_cache.clear_cache()
	for cache in ("cache", "request_cache", "role_permissions", "valid_columns", "new_doc_templates"):
		getattr(frappe.local, cache).clear()
	for setting in ("system_settings", "website_settings"):
		if hasattr(frappe.local, setting):
			delattr(frappe.local, setting)
	frappe.db.value_cache.clear()


@pytest.fixture
def as_user() -> Callable[[str], AbstractContextManager[None]]:
	"""`with as_user("kim@example.com"): …`"""
	return acting_as


@pytest.fixture
def frozen_time() -> Callable[[str | datetime], AbstractContextManager[Any]]:
	"""`with frozen_time("2026-03-02 09:00") as clock: … clock.tick(300)`: the clock of the site's time zone stands still."""

	def at(moment: str | datetime) -> AbstractContextManager[Any]:
		local = get_datetime(moment)
		if local.tzinfo is None:
			local = local.replace(tzinfo=ZoneInfo(get_system_timezone()))
		return freeze_time(local)

	return at
