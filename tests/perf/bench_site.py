"""What the app costs on a site: a ticket inserted and saved with our handlers and with the stock code, in pairs.

Both sides run in one process, turn by turn, and every one is rolled back; the difference is the app's.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from statistics import median
from time import perf_counter
from typing import Any

import frappe
from helpdesk.helpdesk.doctype.hd_service_level_agreement.hd_service_level_agreement import (
	HDServiceLevelAgreement,
)
from helpdesk.helpdesk.doctype.hd_ticket.hd_ticket import HDTicket

from crm_support_ext.constants import APP, STATUS_LOG, TICKET
from crm_support_ext.domain.lifecycle import Timing
from crm_support_ext.overrides.hd_service_level_agreement import SupportAgreement
from crm_support_ext.overrides.hd_ticket import SupportTicket
from crm_support_ext.store.frappe import now
from crm_support_ext.tasks import timers
from tests.harness.bench import SITE
from tests.perf import Row

PAIRS = 120
MOST_TIME = 1.15
MOST_STATEMENTS = 6
TICKETS = 200_000


def measure() -> list[Row]:
	"""The rows of the table: time and statements of an insert and of the saves, and the query of the timers."""
	with on_the_site():
		rows = [against_stock(what, operation) for what, operation in OPERATIONS.items()]
		return [*rows, the_due_query()]


@contextmanager
def on_the_site() -> Iterator[None]:
	"""Connected to the test site, where nothing is mailed and nothing stays."""
	frappe.init(SITE)
	frappe.connect()
	frappe.flags.in_test = frappe.in_test = True
	frappe.db.commit = lambda **_: None  # type: ignore[method-assign]
	frappe.db.set_single_value("HD Settings", {"skip_email_workflow": 1, "send_acknowledgement_email": 0})
	try:
		yield
	finally:
		frappe.db.rollback()
		frappe.clear_cache()
		frappe.destroy()


PRIORITY = {True: "II", False: "High"}
"""Ours is counted in a tier, the stock helpdesk's by its agreement, which knows no tiers."""

CLASSES = {
	TICKET: {True: SupportTicket, False: HDTicket},
	"HD Service Level Agreement": {True: SupportAgreement, False: HDServiceLevelAgreement},
}


def insert(priority: str) -> Any:
	"""A ticket with its first message."""
	ticket = {"subject": "Bench", "description": "text", "raised_by": frappe.session.user}
	return frappe.get_doc({"doctype": TICKET, "priority": priority, **ticket}).insert()


def saved_as(status: str | None) -> Callable[[Any], None]:
	"""A save that changes the status, or the subject alone."""

	def save(name: str) -> None:
		doc = frappe.get_doc(TICKET, name)
		if status:
			doc.status = status
		else:
			doc.subject = f"Bench {random.random()}"
		doc.save()

	return save


OPERATIONS: dict[str, Callable[[Any], Any]] = {
	"a ticket inserted": lambda name: insert(frappe.db.get_value(TICKET, name, "priority")),
	"a status changed to Pending": saved_as("Pending"),
	"a status changed to Resolved": saved_as("Resolved"),
	"a ticket saved": saved_as(None),
}


def against_stock(what: str, operation: Callable[[Any], Any]) -> Row:
	"""Ours beside stock."""
	names = {ours: open_ticket(ours) for ours in (True, False)}
	return compared(what, code, lambda ours: operation(names[ours]), MOST_TIME, MOST_STATEMENTS)


def compared(
	what: str,
	side: Callable[[bool], AbstractContextManager[None]],
	operation: Callable[[bool], Any],
	most_time: float,
	most_statements: int,
) -> Row:
	"""The ratio of the times and the difference of the statements, with to without, in turn."""
	times: dict[bool, list[float]] = {True: [], False: []}
	statements = {True: 0, False: 0}
	for turn in range(PAIRS + 5):
		for is_with in random.sample((True, False), 2):
			with side(is_with), counted() as count:
				frappe.db.savepoint("bench")
				count.clear()
				began = perf_counter()
				operation(is_with)
				took = perf_counter() - began
				if turn >= 5:
					times[is_with].append(took)
					statements[is_with] = len(count)
				frappe.db.rollback(save_point="bench")
	ratio = median(slow / fast for slow, fast in zip(times[True], times[False], strict=True))
	more = statements[True] - statements[False]
	return Row(
		what,
		f"{ratio:.2f} times ({kept(ratio <= most_time, most_time)}), "
		f"{more:+d} statements ({kept(more <= most_statements, most_statements)})",
		f"{median(times[False]) * 1000:.1f} ms, {statements[False]} statements",
	)


def open_ticket(ours: bool) -> str:
	"""A ticket that was taken up, made by our code or by the stock helpdesk's."""
	with code(ours):
		ticket = insert(PRIORITY[ours])
		ticket.reload()
		ticket.status = "Open"
		ticket.save()
	return ticket.name


def kept(is_kept: bool, limit: float) -> str:
	"""The limit, and whether it is kept."""
	return f"at most {limit}" if is_kept else f"NOT KEPT: at most {limit}"


@contextmanager
def code(ours: bool) -> Iterator[None]:
	"""Our handlers and class, or the stock helpdesk's alone."""
	hooks = frappe.get_doc_hooks()
	stock = {
		doctype: {
			event: [path for path in paths if not path.startswith(APP)] for event, paths in events.items()
		}
		for doctype, events in hooks.items()
	}
	frappe.local.doc_events_hooks = hooks if ours else stock
	for doctype, classes in CLASSES.items():
		frappe.controllers.setdefault(SITE, {})[doctype] = classes[ours]
	try:
		yield
	finally:
		frappe.local.doc_events_hooks = hooks
		for doctype, classes in CLASSES.items():
			frappe.controllers[SITE][doctype] = classes[True]


@contextmanager
def counted() -> Iterator[list[str]]:
	"""The statements that are sent meanwhile."""
	count: list[str] = []
	send = frappe.db.sql

	def counting(query: Any, *args: Any, **kwargs: Any) -> Any:
		count.append(str(query))
		return send(query, *args, **kwargs)

	frappe.db.sql = counting  # type: ignore[method-assign]
	try:
		yield count
	finally:
		frappe.db.sql = send  # type: ignore[method-assign]


def the_due_query() -> Row:
	"""The plan of the timers' query with so many tickets in the record."""
	fill_record(TICKETS)
	query = timers.due(now(), Timing().close_after_hours).get_sql()
	plan = frappe.db.sql(f"EXPLAIN {query}", as_dict=True)[0]
	return Row(
		f"what is due among {TICKETS:,} tickets",
		f"{plan.rows} rows looked at ({plan.type}, index {plan.key})",
		"",
	)


def fill_record(tickets: int) -> None:
	"""A record of so many tickets: closed long ago but for one in 200, which is resolved."""
	at = now() - timedelta(days=400)
	for status, left in (("New", "1"), ("Resolved", "MOD(seq, 200)"), ("Closed", "0")):
		frappe.db.sql(
			f"""INSERT INTO `tab{STATUS_LOG}` (name, creation, ticket, at, to_status, left_at, cause)
			SELECT CONCAT('{status}-', seq), %(at)s, CONCAT('bench-', seq), DATE_ADD(%(at)s, INTERVAL seq MINUTE),
			'{status}', IF({left}, %(at)s, NULL), 'bench' FROM seq_1_to_{tickets}""",
			{"at": at.replace(tzinfo=None)},
		)
