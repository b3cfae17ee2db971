"""What it costs that a ticket's hours and targets come from its contract: saves with and without asking, in pairs.

Both sides run in one process, turn by turn, and every one is rolled back: without contracts on the site, and with
500 of other customers, where the ticket's own has a calendar and targets.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import frappe

from crm_support_ext.constants import CONTRACT, TICKET
from crm_support_ext.domain.contracts import State
from crm_support_ext.store import contract_moves, contracts
from tests.factories import make, make_customer, make_open_calendar
from tests.perf import Row
from tests.perf.bench_site import OPERATIONS, compared, on_the_site

CONTRACTS = 500
MOST_TIME = 1.1
MOST_STATEMENTS = 2
CUSTOMER = "Bench BV"


def measure() -> list[Row]:
	"""A row for each operation, without contracts and with 500."""
	with on_the_site():
		make_customer(CUSTOMER)
		name = ticket()
		saves = [what for what in OPERATIONS if what != "a ticket inserted"]
		rows = [with_the_question(f"{what}, no contracts", what, name) for what in saves]
		fill()
		rows += [with_the_question(f"{what}, {CONTRACTS} contracts", what, name) for what in saves]
		return rows


def ticket() -> str:
	"""A ticket of the customer's that was taken up."""
	doc = make(TICKET, subject="Bench", description="text", priority="II", customer=CUSTOMER)
	doc.reload()
	doc.status = "Open"
	doc.save()
	return str(doc.name)


def fill() -> None:
	"""A contract with hours and targets of its own for the customer, and many for others."""
	make("Maintenance Plan", plan_name="Bench", strippen_per_year=40)
	make_open_calendar("Bench")
	targets = [{"tier": "II", "target_amount": 8, "target_unit": "working hours"}]
	today = frappe.utils.getdate()
	days = {"start": frappe.utils.add_days(today, -30), "end": frappe.utils.add_days(today, 300)}
	for number in range(CONTRACTS):
		customer = f"Bench {number}" if number else CUSTOMER
		if number:
			make_customer(customer)
		doc = make(CONTRACT, customer=customer, plan="Bench", calendar="Bench", targets=targets, **days)
		contract_moves.move_to(doc.name, State.ACTIVE)


def with_the_question(label: str, what: str, name: str) -> Row:
	"""With the question beside without it."""
	return compared(label, asking, lambda _: OPERATIONS[what](name), MOST_TIME, MOST_STATEMENTS)


@contextmanager
def asking(asks: bool) -> Iterator[None]:
	"""Tickets ask for their contract, or none has one."""
	real = contracts.contract_of
	if not asks:
		contracts.contract_of = lambda *_: None  # type: ignore[assignment]
	try:
		yield
	finally:
		contracts.contract_of = real  # type: ignore[assignment]
