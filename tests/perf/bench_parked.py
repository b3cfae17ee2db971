"""What 100,000 parked items of a product cost against 1,000, in pairs: the board's first page, one item weighed anew.

Both sides run in one process, turn by turn, and every change is rolled back; the items are committed first, as a database
looks at rows of one's own transaction one by one, and deleted afterwards. Besides: what it costs to say where an item
far down stands, which is counted, and a ticket's save that has to do with no item.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from statistics import median
from typing import Any

import frappe
from frappe.utils import add_days, getdate

from crm_support_ext.constants import PARKED_ITEM, PARKING, RELEASE, TICKET, WAITS_FOR
from crm_support_ext.store import board, parked_items, parkings
from tests.factories import make, make_customer, make_product
from tests.harness.bench import SITE
from tests.perf import Row
from tests.perf.bench_ledger import in_turn
from tests.perf.bench_site import compared, counted, kept, on_the_site, open_ticket, saved_as

TURNS = 60
FEW, MANY = 1_000, 100_000
MOST_TIMES = 3.0
MOST_TIME = 1.05

COLUMNS = (
	"name",
	"product",
	"title",
	"kind",
	"workaround",
	"effort",
	"state",
	"customers",
	"users",
	"tickets",
)
COLUMNS += ("regressions", "first_parked", "score", "order_key", "weighed_by")
WAIT_COLUMNS = ("name", "ticket", "item", "customer", "contact", "since", "regression", "open_of")


class Desk:
	"""A product with so many items, and a ticket to be parked."""

	def __init__(self, items: int) -> None:
		self.items, self.product = items, product_of(items)
		for version in range(1, 9):
			days, capacity = 30 * version, items
			release = {"product": self.product, "version": str(version), "capacity_days": capacity}
			make(RELEASE, date=add_days(getdate(), days), **release)
		self.ticket = open_ticket(True)
		frappe.db.set_value(TICKET, self.ticket, "customer", "Bench BV")

	def at(self, share: float) -> Any:
		"""The item at this share of the order."""
		return frappe.get_all(
			PARKED_ITEM,
			filters={"product": self.product},
			fields=["*"],
			order_by="order_key",
			limit_start=int(share * (self.items - 1)),
			limit=1,
		)[0]


def measure() -> list[Row]:
	"""The rows of the table."""
	with filled(), on_the_site():
		make_customer("Bench BV")
		few, many = Desk(FEW), Desk(MANY)
		middle = {desk.product: desk.at(0.5) for desk in (few, many)}
		last = {desk.product: desk.at(0.99) for desk in (few, many)}

		def weigh_and_read(desk: Desk) -> None:
			parked_items.recount(middle[desk.product].name)
			first_page(desk)

		def park_and_read(desk: Desk) -> None:
			park(desk, middle[desk.product].name)
			first_page(desk)

		return [
			against("the board's first page", first_page, few, many),
			against("one item weighed anew and the first page read", weigh_and_read, few, many),
			against("a ticket parked and the first page read", park_and_read, few, many),
			against("a page far down", lambda desk: far_page(desk, last[desk.product]), few, many, None),
			against("rank and forecast of an item half way down", lambda desk: stand(middle[desk.product]), few, many, None),
			against("rank and forecast of an item far down", lambda desk: stand(last[desk.product]), few, many, None),
			plan_of("the board's first page", lambda: first_page(many), "order_key"),
			plan_of("rank and forecast", lambda: stand(last[many.product]), "order_key"),
			parks_nothing(),
		]  # fmt: skip


def first_page(desk: Desk) -> None:
	"""Rank, score, its parts and forecast of the first twenty."""
	found = board.page(desk.product, board.IN_ORDER)["rows"]
	assert [row["rank"] for row in found] == list(range(1, board.PAGE + 1)) and found[0]["forecast"]


def far_page(desk: Desk, item: Any) -> None:
	"""The page that begins after an item."""
	assert board.page(desk.product, board.IN_ORDER, item.order_key)["rows"]


def stand(item: Any) -> None:
	"""What a ticket's page says of its item."""
	assert parked_items.rank(item) and parked_items.forecast(item)


def park(desk: Desk, item: str) -> None:
	"""A ticket parked on an item, as an agent does."""
	doc = frappe.get_doc(TICKET, desk.ticket)
	doc.update({"status": "Parked", WAITS_FOR: item, "cse_reason": "bench"})
	doc.save()


def against(
	what: str, do: Callable[[Desk], None], few: Desk, many: Desk, most: float | None = MOST_TIMES
) -> Row:
	"""The median ratio of the times, and the statements of both."""
	times: dict[Desk, list[float]] = {few: [], many: []}
	statements: dict[Desk, int] = {}
	for turn in range(TURNS + 5):
		for desk in random.sample(list(times), 2):
			with counted() as count:
				took = in_turn(do, desk)
			if turn >= 5:
				times[desk].append(took)
				statements[desk] = len(count) - 2  # the savepoint's
	ratio = median(slow / fast for slow, fast in zip(times[many], times[few], strict=True))
	limit = f" ({kept(ratio <= most, most)})" if most else ""
	figures = " and ".join(f"{median(each) * 1000:.1f} ms" for each in (times[many], times[few]))
	assert statements[few] == statements[many]
	return Row(
		f"{what}, {MANY:,} items against {FEW:,}",
		f"{ratio:.2f} times{limit}: {figures}, {statements[many]} statements each",
	)


def plan_of(what: str, do: Callable[[], None], column: str) -> Row:
	"""By which index the items are read, and how many of them the database reckons to look at."""
	send, sent = frappe.db.sql, []

	def noting(query: Any, values: Any = (), **kwargs: Any) -> Any:
		sent.append((str(query), values))
		return send(query, values, **kwargs)

	frappe.db.sql = noting
	try:
		do()
	finally:
		frappe.db.sql = send
	asked = [each for each in sent if f"`tab{PARKED_ITEM}`" in each[0] and column in each[0]]
	plans = [send(f"EXPLAIN {query}", values, as_dict=True)[0] for query, values in asked]
	assert {plan.key for plan in plans} == {"by_rank"}, plans
	read = " and ".join(f"{plan.rows} rows ({plan.type}, {plan.Extra})" for plan in plans)
	return Row(f"the plan of {what}, {MANY:,} items", f"index by_rank: {read}")


@contextmanager
def asked_of_items(is_with: bool) -> Iterator[None]:
	"""With the questions whether a save has to do with a parked item, or without."""
	real = parkings.keep, parkings.refuses
	if not is_with:
		parkings.keep, parkings.refuses = lambda doc: None, lambda doc: None
	try:
		yield
	finally:
		parkings.keep, parkings.refuses = real


def parks_nothing() -> Row:
	"""A save that has to do with no item asks nothing of the database for their sake."""
	name, save = open_ticket(True), saved_as("Pending")
	what = "a ticket saved that waits for no item"
	return compared(what, asked_of_items, lambda _: save(name), MOST_TIME, 0)


def product_of(items: int) -> str:
	"""The product that has so many."""
	return f"Bench {items}"


@contextmanager
def filled() -> Iterator[None]:
	"""Two products with their items, committed."""
	sizes = (FEW, MANY)
	with committed():
		empty(sizes)
		for items in sizes:
			fill(make_product(product_of(items)), items)
	try:
		yield
	finally:
		with committed():
			empty(sizes)


@contextmanager
def committed() -> Iterator[None]:
	"""Connected to the test site, where what is done stays."""
	frappe.init(SITE)
	frappe.connect()
	try:
		yield
		frappe.db.commit()
	finally:
		frappe.destroy()


def empty(sizes: Iterable[int]) -> None:
	"""Take it all away again."""
	for items in sizes:
		frappe.db.delete(PARKING, {"item": ("like", f"B{items}-%")})
		frappe.db.delete(PARKED_ITEM, {"product": product_of(items)})
		frappe.db.delete("Software Product", {"name": product_of(items)})


def fill(product: str, items: int) -> None:
	"""So many items of a product, for each of which a ticket waits that never was."""
	began, source = datetime(2026, 1, 1), random.Random(items)
	by = parked_items.weights()
	rows, waits = [], []
	for number in range(items):
		row = frappe._dict(
			name=f"B{items}-{number:06}",
			product=product,
			title=f"Bench {number}",
			kind="Bug",
			workaround=source.choice(["None", "Awkward", "Good"]),
			effort=source.randint(1, 40) / 4,
			state="Parked",
			customers=source.randint(1, 40),
			users=source.randint(1, 90),
			tickets=source.randint(1, 200),
			regressions=0,
			first_parked=began + timedelta(minutes=number),
		)
		row.update(parked_items.weighed(row, by))
		rows.append(tuple(row[column] for column in COLUMNS))
		waits.append((row.name, row.name, row.name, "Bench BV", "bench", row.first_parked, 0, row.name))
	frappe.db.bulk_insert(PARKED_ITEM, COLUMNS, rows, chunk_size=5000)
	frappe.db.bulk_insert(PARKING, WAIT_COLUMNS, waits, chunk_size=5000)
