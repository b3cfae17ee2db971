"""How a ledger's length is felt: balance and booking on one of 100,000 entries against one of 100, in pairs.

Both sides run in one process, turn by turn, and every booking is rolled back. Each is measured where least and where
most entries follow the last checkpoint. Besides, what reads every entry: a statement of 10,000, its verification, and
the nightly check.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import frappe
from frappe.utils import getdate

from crm_support_ext.domain.contracts import Contract
from crm_support_ext.domain.payment import Costing, Payment
from crm_support_ext.replay.verify import verify
from crm_support_ext.services.ledger import book
from crm_support_ext.store.contracts import as_rule
from crm_support_ext.store.frappe import now
from crm_support_ext.store.ledger import SiteLedger, balance_of, desk_zone
from crm_support_ext.store.ledger_checks import faults
from crm_support_ext.store.statement_files import content_of
from crm_support_ext.store.statements import period_of
from tests.factories import make, make_customer
from tests.perf import Row
from tests.perf.bench_site import counted, kept, on_the_site
from tests.site.contracts import active
from tests.site.long_ledger import fill

TURNS = 200
SHORT, LONG, STATED = 100, 100_000, 10_000
MORE = 99
"""So many entries follow the last checkpoint at most."""

MOST_TIMES = 2.0
MOST_SECONDS = 5


def measure() -> list[Row]:
	"""The rows of the table."""
	with on_the_site():
		make_customer("Bench BV")
		make("Maintenance Plan", plan_name="Bench", strippen_per_year=0)
		rows = []
		for more in (0, MORE):
			short, long = ledger_of(SHORT + more), ledger_of(LONG + more)
			rows.append(compared("the balance", balance, short, long, more))
			rows.append(compared("work booked", booking, short, long, more))
		return [*rows, *whole(long)]


def ledger_of(entries: int) -> Contract:
	"""A contract with so many entries."""
	start = getdate() - timedelta(days=200)
	product = make("Software Product", product_name=f"Bench {entries}").name
	doc = active(start, start + timedelta(days=364), customer="Bench BV", plan="Bench", product=product)
	fill(doc.name, entries, doc.start, doc.end)
	return as_rule(doc)


def balance(contract: Contract) -> None:
	"""What an agent's page asks."""
	balance_of(contract.name)


def booking(contract: Contract) -> None:
	"""What a press of the agent's adds to the ledger."""
	costing = Costing(Decimal(1), 15, "1", frappe.generate_hash())
	assert isinstance(book(SiteLedger(), contract, costing, now(), desk_zone()), Payment)


def compared(what: str, do: Callable[[Contract], None], short: Contract, long: Contract, more: int) -> Row:
	"""The median ratio of the times, and the statements of both."""
	sides = {"short": short, "long": long}
	times: dict[str, list[float]] = {side: [] for side in sides}
	statements: dict[str, int] = {}
	for turn in range(TURNS + 10):
		for side in random.sample(list(sides), 2):
			with counted() as count:
				took = in_turn(do, sides[side])
			if turn >= 10:
				times[side].append(took)
				statements[side] = len(count) - 2  # the savepoint's
	ratio = median(slow / fast for slow, fast in zip(times["long"], times["short"], strict=True))
	where = f"{LONG + more:,} entries against {SHORT + more}"
	figures = " and ".join(f"{median(each) * 1000:.1f} ms" for each in times.values())
	assert statements["long"] == statements["short"]
	return Row(
		f"{what}, {where}",
		f"{ratio:.2f} times ({kept(ratio <= MOST_TIMES, MOST_TIMES)}): {figures}, {statements['long']} statements each",
	)


def in_turn(do: Callable[[Contract], Any], contract: Contract) -> float:
	"""The seconds that it takes, undone afterwards."""
	frappe.db.savepoint("bench")
	began = perf_counter()
	do(contract)
	took = perf_counter() - began
	frappe.db.rollback(save_point="bench")
	return took


def whole(long: Contract) -> list[Row]:
	"""What reads each entry of a ledger."""
	stated = ledger_of(STATED)
	period = period_of(stated.name, stated.start, stated.end)
	assert period.count == STATED
	seconds, content = timed(lambda: content_of(period, "CSV"))
	with tempfile.TemporaryDirectory() as directory:
		file = Path(directory) / "statement.csv"
		file.write_bytes(content)
		checking, checked = timed(lambda: verify(str(file)))
	assert checked.entries == STATED
	night, found = timed(lambda: faults(long.name))
	assert found == []
	limit = kept(max(seconds, checking) <= MOST_SECONDS, MOST_SECONDS)
	return [
		Row(f"a statement of {STATED:,} entries as CSV, and its verification", f"{seconds:.1f} s and {checking:.1f} s ({limit} s each)"),
		Row(f"the nightly check of {LONG + MORE:,} entries", f"{night:.1f} s"),
	]  # fmt: skip


def timed(do: Callable[[], Any]) -> tuple[float, Any]:
	"""The seconds that it takes, and what it answers."""
	began = perf_counter()
	answer = do()
	return perf_counter() - began, answer
