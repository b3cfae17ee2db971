"""The arithmetic of strippen once more, by the longest way round: day after day, in whole hundredths, lot by lot.

Nothing of the rules' code is used here. A contract is lived through from its first day to the day after its last; on
each day it is asked whether a contract year begins, and then the work of that day is paid.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
TO_CLOSE = timedelta(hours=48)


@dataclass
class Plan:
	"""Amounts are in hundredths."""

	name: str
	per_year: int
	is_pro_rata: bool
	carry_over: int
	on_shortage: str
	purchase: int


@dataclass
class Contract:
	name: str
	customer: str
	plan: Plan
	start: date
	end: date
	product: str = ""


@dataclass
class Rule:
	"""None: any."""

	settlement: str
	kind: str | None = None
	activity: str | None = None
	role: str | None = None
	place: str | None = None
	contract: bool | None = None


@dataclass
class Row:
	"""A row of a log."""

	at: datetime
	ticket: str
	event: str
	customer: str = ""
	kind: str = ""
	product: str = ""
	minutes: int = 0
	activity: str = ""
	role: str = ""
	place: str = ""


@dataclass
class Policy:
	"""``tariff`` has for each activity "fixed" or "per_started_quarter", and hundredths. ``rules`` None: the desk's own."""

	zone: str
	contracts: list[Contract]
	tariff: dict[str, tuple[str, int]]
	rules: list[Rule] | None = None


@dataclass
class Link:
	"""A ticket of a chain: only what decides where work goes."""

	name: str
	customer: str
	kind: str
	product: str
	resolved: datetime | None = None
	closed: bool = False
	pieces: list[tuple[int, tuple[object, ...]]] = field(default_factory=list)
	refused: list[tuple[datetime, str, str]] = field(default_factory=list)

	@property
	def work(self) -> list[tuple[object, ...]]:
		"""The pieces of work in the order of their rows."""
		return [piece for _, piece in sorted(self.pieces, key=lambda piece: piece[0])]


@dataclass
class Task:
	"""Work that a contract is to pay in strippen, by the number of its row."""

	number: int
	at: datetime
	link: Link
	minutes: int
	cost: int
	rule: str


@dataclass
class Lot:
	name: str
	left: int
	last: date


class Ledger:
	"""One contract, lived through."""

	def __init__(self, contract: Contract, zone: ZoneInfo) -> None:
		self.contract, self.zone = contract, zone
		self.lots: list[Lot] = []
		self.entries: list[tuple[object, ...]] = []

	def live(self, tasks: list[Task], end: datetime) -> None:
		"""Go through the days up to the end of the log."""
		day = self.contract.start
		while day <= self.contract.end + DAY:
			midnight = datetime.combine(day, time(), self.zone).astimezone(timezone.utc)
			if midnight > end:
				return
			if self.begins_year(day) or day > self.contract.end:
				self.turn(day, midnight)
			for task in tasks:
				if task.at.astimezone(self.zone).date() == day:
					self.pay(task, day)
			day += DAY

	def begins_year(self, day: date) -> bool:
		start = self.contract.start
		if (start.month, start.day) == (2, 29) and day.year % 4:  # years far from 2100
			return (day.month, day.day) == (2, 28)
		return (day.month, day.day) == (start.month, start.day)

	def last_of_year(self, day: date) -> tuple[date, int]:
		"""The last day of the contract year that the day is in, and how long the whole year is from there."""
		end, last = day, None
		while True:
			if last is None and (end == self.contract.end or self.begins_year(end + DAY)):
				last = end
			if self.begins_year(end + DAY):
				return last or end, (end - day).days + 1
			end += DAY

	def turn(self, day: date, at: datetime) -> None:
		rest = 0
		for lot in self.lots:
			if lot.left:
				rest += lot.left
				self.enter(at, "Expiry", lot, -lot.left)
		if day > self.contract.end:
			return
		last, whole = self.last_of_year(day)
		plan, days = self.contract.plan, (last - day).days + 1
		self.open(at, "Carry-over", min(rest, plan.carry_over), last)
		granted = plan.per_year
		if plan.is_pro_rata and days < whole:
			granted = (2 * plan.per_year * days + whole) // (2 * whole)
		self.open(at, "Grant", granted, last)

	def open(self, at: datetime, kind: str, amount: int, last: date) -> None:
		if amount:
			lot = Lot(f"{self.contract.name}-{len(self.lots) + 1}", 0, last)
			self.lots.append(lot)
			self.enter(at, kind, lot, amount)

	def enter(self, at: datetime, kind: str, lot: Lot, amount: int, ticket: str | None = None) -> None:
		lot.left += amount
		assert lot.left >= 0
		balance = sum(lot.left for lot in self.lots)
		self.entries.append((at, kind, lot.name, amount, balance, ticket))

	def pay(self, task: Task, day: date) -> None:
		there = sum(lot.left for lot in self.lots)
		plan, link = self.contract.plan, task.link
		if task.cost > there and plan.on_shortage == "refuse":
			link.refused.append((task.at, "worked", "balance_too_low"))
			return
		paid, minutes = task.cost, task.minutes
		if task.cost > there and plan.on_shortage == "split":
			paid = there
			minutes = -(-task.minutes * there // task.cost)
		while sum(lot.left for lot in self.lots) < paid:
			year = day
			while not self.begins_year(year):
				year -= DAY
			self.open(task.at, "Purchase", plan.purchase, self.last_of_year(year)[0])
		due = paid
		for lot in self.lots:
			taken = min(lot.left, due)
			if taken:
				self.enter(task.at, "Use", lot, -taken, link.name)
			due -= taken
		if paid or not task.cost:
			link.pieces.append((task.number, (task.at, minutes, "Strippen", paid, task.rule)))
		if minutes < task.minutes or (task.cost and not paid):
			rest = (task.at, task.minutes - minutes, "Time and Material", 0, task.rule)
			link.pieces.append((task.number, rest))


def settlement(policy: Policy, row: Row, kind: str, has_contract: bool) -> tuple[str, str]:
	"""How a row of work is settled, and what is said to have decided it."""
	role, place = row.role or "helpdesk", row.place or "remote"
	billed = "Time and Material"
	if policy.rules is None:
		return _by_the_desk(kind, role, place, has_contract)
	for rule in policy.rules:
		wanted = (rule.kind, rule.activity, rule.role, rule.place, rule.contract)
		is_so = (kind, row.activity, role, place, has_contract)
		if all(want is None or want == so for want, so in zip(wanted, is_so, strict=True)):
			said = [] if rule.contract is None else [("no", "with a")[rule.contract] + " contract"]
			said += [word for word in (rule.kind, rule.activity, rule.role, rule.place) if word]
			name = ", ".join(said) or "everything else"
			if rule.settlement != "Strippen":
				return (rule.settlement if rule.settlement == "Free" else billed), name
			if role == "programmer":
				return billed, "programmer work is never paid in strippen"
			if place == "on site":
				return billed, "on-site work is never paid in strippen"
			return ("Strippen", name) if has_contract else (billed, "no contract")
	return billed, "everything else"


def _by_the_desk(kind: str, role: str, place: str, has_contract: bool) -> tuple[str, str]:
	if not has_contract:
		return "Time and Material", "no contract"
	if place == "on site":
		return "Time and Material", "on site"
	if kind == "fault":
		return "Free", "fault"
	if kind in ("complaint", "licence") and role == "helpdesk":
		return "Free", f"{kind}, helpdesk"
	if kind in ("question", "user support", "wish") and role == "helpdesk":
		return "Strippen", f"{kind}, helpdesk, remote"
	return "Time and Material", "everything else"


def cost(policy: Policy, row: Row) -> int:
	by, amount = policy.tariff.get(row.activity, ("per_started_quarter", 100))
	quarters = len(range(0, row.minutes, 15))
	return amount if by == "fixed" else amount * quarters


def contract_of(policy: Policy, link: Link, at: datetime) -> Contract | None:
	"""A contract for that very product, else one for all products, else the first that there is."""
	day = at.astimezone(ZoneInfo(policy.zone)).date()
	theirs = [c for c in policy.contracts if c.customer == link.customer and c.start <= day <= c.end]
	for fitting in (
		[c for c in theirs if c.product == link.product],
		[c for c in theirs if not c.product],
		[c for c in theirs if not link.product],
	):
		if fitting:
			return fitting[0]
	return None


def chains(rows: list[Row], end: datetime, links: list[Link]) -> Iterator[tuple[Row, Link]]:
	"""Each row up to the end with the ticket to which it belongs; ``links`` takes in all tickets."""
	last: dict[str, Link] = {}
	count: dict[str, int] = {}
	for row in sorted(rows, key=lambda row: row.at):
		if row.at > end:
			break
		link = last.get(row.ticket)
		if link is None:
			link = last[row.ticket] = Link(row.ticket, row.customer, row.kind, row.product)
			links.append(link)
		if link.resolved and row.at >= link.resolved + TO_CLOSE:
			link.closed = True
		if row.event == "customer_replied" and link.closed:
			count[row.ticket] = count.get(row.ticket, 0) + 1
			name = f"{row.ticket}~{count[row.ticket]}"
			link = last[row.ticket] = Link(name, link.customer, link.kind, link.product)
			links.append(link)
		elif row.event == "customer_replied":
			link.resolved = None
		elif row.event == "resolved" and not link.closed:
			link.resolved = link.resolved or row.at
		elif row.event == "resolved":
			link.refused.append((row.at, "resolved", "closed_is_final"))
		yield row, link


def answer(policy: Policy, rows: list[Row], end: datetime) -> tuple[dict[str, Link], dict[str, Ledger]]:
	"""All tickets by name, and all ledgers by contract."""
	links: list[Link] = []
	tasks: dict[str, list[Task]] = {contract.name: [] for contract in policy.contracts}
	for number, (row, link) in enumerate(chains(rows, end, links)):
		if row.event == "worked":
			contract = contract_of(policy, link, row.at)
			settled, rule = settlement(policy, row, link.kind, contract is not None)
			if settled == "Strippen" and contract:
				task = Task(number, row.at, link, row.minutes, cost(policy, row), rule)
				tasks[contract.name].append(task)
			else:
				link.pieces.append((number, (row.at, row.minutes, settled, 0, rule)))
	ledgers = {}
	for contract in policy.contracts:
		ledger = ledgers[contract.name] = Ledger(contract, ZoneInfo(policy.zone))
		ledger.live(tasks[contract.name], end)
	return {link.name: link for link in links}, ledgers
