"""Make the sample log: four months at the desk of a CRM vendor, made up, the same every time.

Run as ``python -m tests.replay.make_sample``; it writes crm_support_ext/replay/sample/log.csv.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import TextIO, TypeVar

from crm_support_ext.replay.columns import REQUIRED, Facts
from tests.harness.bench import ROOT

LOG = ROOT / "crm_support_ext" / "replay" / "sample" / "log.csv"

FIRST_DAY = datetime(2026, 1, 5)
LAST_MOMENT = datetime(2026, 4, 30, 17)
TICKETS = 200
NOT_YET = 3
"""The last ones wait for somebody."""

CUSTOMERS = {
	"Van Dam Bouw": ("anneke", "ruud"),
	"Nordlys Shipping": ("ingrid", "lars", "tuva"),
	"De Zilveren Lepel": ("femke",),
	"Bakker & Zoon": ("joost", "mirjam"),
	"Fjord Energi": ("kari", "sindre"),
	"Stichting Het Lage Land": ("wouter", "yasmin"),
	"Polder Legal": ("sanne", "thijs"),
	"Havenmeester Logistiek": ("dirk", "els", "omar"),
	"Aurora Klinikk": ("marit",),
	"Molenaar Verzekeringen": ("bram", "lotte"),
}
AGENTS = ("eva", "jonas", "noor", "pieter")
PRODUCTS = ("CRM", "CRM", "CRM", "Mail link", "Mobile")
KINDS = (
	"fault",
	"fault",
	"question",
	"question",
	"user support",
	"wish",
	"complaint",
	"licence",
	"extension",
)
TIERS = {
	"fault": ("I", "II", "II", "III"),
	"extension": ("By agreement",),
	"user support": ("By agreement", "III"),
}
ITEMS = {
	"CRM": (("Duplicate contacts after import", "awkward", "4"), ("Filter on empty fields", "none", "2.5")),
	"Mail link": (("Shared mailboxes", "none", "8"), ("Signature lost on reply", "good", "1")),
	"Mobile": (("Offline calendar", "none", "12"), ("Photo upload turns sideways", "awkward", "1.5")),
}
DECISIONS = (
	("item_released", datetime(2026, 2, 16, 9), "Signature lost on reply", "9.1.2"),
	("item_declined", datetime(2026, 3, 3, 14), "Filter on empty fields", ""),
	("item_released", datetime(2026, 4, 1, 9), "Duplicate contacts after import", "9.2"),
	("item_released", datetime(2026, 4, 1, 9), "Photo upload turns sideways", "9.2"),
)

T = TypeVar("T")
Line = dict[str, str]


class Ticket:
	"""One made-up ticket: its lines so far, and the moment of the last one."""

	def __init__(self, random: Random, number: int) -> None:
		self.random = random
		self.name = f"T-{1000 + number}"
		self.kind = self.one_of(KINDS)
		self.product = self.one_of(PRODUCTS)
		self.customer = self.one_of(tuple(CUSTOMERS))
		self.contact = self.one_of(CUSTOMERS[self.customer])
		self.agent = self.one_of(AGENTS)
		self.lines: list[Line] = []
		span = (LAST_MOMENT - FIRST_DAY) * (number / TICKETS)
		self.at = in_hours(FIRST_DAY + span + timedelta(minutes=random.random() * 600))

	def one_of(self, things: Sequence[T]) -> T:
		"""One of them, by the dice."""
		return things[int(self.random.random() * len(things))]

	def happens(self, share: float) -> bool:
		"""Whether something happens that does in such a share of the cases."""
		return self.random.random() < share

	def say(self, event: str, after: float, unit: str = "minutes", **facts: str) -> None:
		"""Add a line, about so much later than the one before, within office hours for agents."""
		self.at += timedelta(**{unit: after * (0.5 + self.random.random())})
		if "actor" in facts:
			self.at = in_hours(self.at)
		self.lines.append(
			{"ticket": self.name, "time": f"{self.at:%Y-%m-%dT%H:%M:%S}", "event": event, **facts}
		)

	def work(self, minutes: int, role: str = "helpdesk", place: str = "remote") -> None:
		"""Add time that was worked."""
		activity = "user support" if self.kind == "user support" else self.kind
		facts = {"minutes": str(minutes), "activity": activity, "role": role, "place": place}
		self.say("worked", 1, actor=self.agent, **facts)

	def resolve(self, after: float = 60) -> None:
		"""Add an answer and what it took."""
		self.say("resolved", after, actor=self.agent)
		self.work(5 * (1 + int(self.random.random() * 9)))


def in_hours(at: datetime) -> datetime:
	"""The moment itself if the desk is open then, else soon after it opens."""
	if at.hour < 9:
		at = at.replace(hour=9, minute=at.minute // 2)
	elif at.hour >= 17:
		at = (at + timedelta(days=1)).replace(hour=9, minute=at.minute // 2)
	while at.weekday() >= 5:
		at += timedelta(days=1)
	return at


def arrive(ticket: Ticket) -> None:
	"""A ticket comes in."""
	channel = ticket.one_of(("mail", "mail", "portal", "phone"))
	facts = {
		"customer": ticket.customer,
		"contact": ticket.contact,
		"kind": ticket.kind,
		"product": ticket.product,
	}
	ticket.say("created", 5, channel=channel, **facts)


def begin(ticket: Ticket) -> None:
	"""It is taken up, and gets its tier."""
	tier = ticket.one_of(TIERS.get(ticket.kind, ("III",)))
	ticket.say("taken_up", 15 if tier == "I" else 90, actor=ticket.agent)
	ticket.say("tier_set", 3, actor=ticket.agent, tier=tier)
	if tier in ("I", "II") and ticket.happens(0.7):
		ticket.say("replied", 20, actor=ticket.agent)
	if tier == "By agreement" and ticket.happens(0.8):
		promised = ticket.at + timedelta(days=ticket.one_of((1, 2, 5, 21)))
		ticket.say("agreed", 10, actor=ticket.agent, date=f"{promised:%Y-%m-%d}")


def answered(ticket: Ticket) -> None:
	ticket.resolve()
	if ticket.happens(0.2):
		ticket.say("confirmed", 3, "hours", contact=ticket.contact)
	if ticket.happens(0.1):
		ticket.say("customer_replied", 60, "hours", contact=ticket.contact, auto="1")


def asked(ticket: Ticket) -> None:
	ticket.say("asked", 30, actor=ticket.agent)
	if ticket.happens(0.15):
		ticket.say("customer_replied", 1, contact=ticket.contact, auto="1")
	if ticket.happens(0.9):
		ticket.say("customer_replied", 20, "hours", contact=ticket.contact)
		ticket.resolve()


def reopened(ticket: Ticket) -> None:
	ticket.resolve()
	ticket.say("customer_replied", 12, "hours", contact=ticket.contact)
	ticket.say("replied", 60, actor=ticket.agent)
	ticket.resolve(120)


def came_back(ticket: Ticket) -> None:
	ticket.resolve()
	ticket.say("customer_replied", 8, "days", contact=ticket.contact)
	ticket.say("taken_up", 2, "hours", actor=ticket.agent)
	ticket.resolve()
	if ticket.happens(0.25):
		ticket.say("reopened", 9, "days", contact=ticket.contact)
		ticket.say("replied", 2, "hours", actor=ticket.agent)


def parked(ticket: Ticket) -> None:
	item, workaround, effort = ticket.one_of(ITEMS[ticket.product])
	ticket.say("replied", 45, actor=ticket.agent)
	if ticket.happens(0.4):
		ticket.say("workaround_given", 20, actor=ticket.agent)
	ticket.work(20, role="programmer")
	facts = {"item": item, "workaround": workaround, "effort": effort, "product": ticket.product}
	ticket.say("parked", 60, actor=ticket.agent, **facts)
	if ticket.happens(0.3):
		ticket.say("customer_replied", 4, "days", contact=ticket.contact)
	if ticket.happens(0.15):
		ticket.say("unparked", 5, "days", actor=ticket.agent)
		ticket.resolve()


def worked_around(ticket: Ticket) -> None:
	"""The customer can go on at once; the fault takes longer, or the way around it fails."""
	ticket.say("workaround_given", 40, actor=ticket.agent)
	if ticket.happens(0.4):
		ticket.say("workaround_failed", 5, "hours", contact=ticket.contact)
	ticket.at += timedelta(days=2)
	ticket.resolve(240)


def took_long(ticket: Ticket) -> None:
	ticket.say("replied", 60, actor=ticket.agent)
	ticket.at += timedelta(days=ticket.one_of((1, 2, 3, 30)))
	ticket.resolve(300)


def escalated(ticket: Ticket) -> None:
	outside = ticket.happens(0.5)
	party = "hosting provider" if outside else "2nd line"
	facts = {"party": party, "line": "outside" if outside else "2nd", "chosen_by_customer": str(int(outside))}
	ticket.say("escalated", 60, actor=ticket.agent, **facts)
	ticket.say("returned", 30, "hours", actor=ticket.agent, party=party)
	ticket.resolve()


def slip(ticket: Ticket) -> None:
	"""An agent tries what the rules refuse."""
	ticket.resolve()
	if ticket.happens(0.5):
		ticket.say("asked", 60, actor=ticket.agent)
	ticket.say(ticket.one_of(("resolved", "taken_up", "replied")), 4, "days", actor=ticket.agent)


def spam(ticket: Ticket) -> None:
	ticket.say("force_closed", 60, actor=ticket.agent)


def merged(ticket: Ticket) -> None:
	ticket.say("merged", 30, actor=ticket.agent, into=f"T-{int(ticket.name[2:]) - 1}")


def on_site(ticket: Ticket) -> None:
	ticket.say("replied", 60, actor=ticket.agent)
	ticket.at += timedelta(days=3)
	ticket.work(120, role="consultant", place="on site")
	ticket.resolve(30)


COURSES: tuple[tuple[int, Callable[[Ticket], None]], ...] = (
	(26, answered), (16, asked), (8, reopened), (9, came_back), (11, parked), (6, escalated), (4, slip),
	(3, spam), (2, merged), (3, on_site), (5, worked_around), (7, took_long),
)  # fmt: skip
"""What becomes of a ticket, and how often in a hundred."""


def lines() -> Iterator[Line]:
	"""All lines of the log, in order of time."""
	random = Random(2002)
	made: list[Line] = []
	courses = [course for weight, course in COURSES for _ in range(weight)]
	for number in range(TICKETS):
		ticket = Ticket(random, number)
		arrive(ticket)
		if number < TICKETS - NOT_YET:
			begin(ticket)
			ticket.one_of(courses)(ticket)
		made += ticket.lines
	for event, at, item, release in DECISIONS:
		made.append({"time": f"{at:%Y-%m-%dT%H:%M:%S}", "event": event, "item": item, "release": release})
	end = f"{LAST_MOMENT:%Y-%m-%dT%H:%M:%S}"
	return iter(sorted((line for line in made if line["time"] <= end), key=_time))


def _time(line: Line) -> str:
	return line["time"]


def write(out: TextIO) -> None:
	"""Write the log."""
	table = csv.DictWriter(out, [*REQUIRED, *Facts._fields], restval="", lineterminator="\n")
	table.writeheader()
	table.writerows(lines())


if __name__ == "__main__":
	with open(LOG, "w", encoding="utf-8", newline="") as file:
		write(file)
