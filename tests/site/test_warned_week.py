"""A week of warnings: every mail and every SMS that goes out, and none besides.

The jobs run every five minutes, in the nights and the weekend every hour, and twice over each time; the mails go
through a real mail server and the SMS through a real gateway, both of this process.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

import frappe
import pytest
from frappe.utils import now_datetime

from crm_support_ext.store.frappe import now
from crm_support_ext.store.warning_links import acknowledge
from tests.e2e.mailbox import Mailbox
from tests.harness.services import free_port
from tests.site.desk import AGENT, MANAGER, happen, reply
from tests.site.gateway import Gateway, gateway
from tests.site.warned import BEN, NUMBERS, key_in, run, staff, ticket

BEGINS, ENDS = datetime(2026, 3, 2, 9), datetime(2026, 3, 9, 12)
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
NAMES = {AGENT: "Agnes", BEN: "Ben", MANAGER: "Mona"}


class Story(NamedTuple):
	"""What happens to a ticket: who holds it, its tier, and what is done when."""

	holder: str | None
	tier: str
	steps: dict[str, str]


STORIES = {
	# nobody answers for an hour and a half; one of the warnings is acknowledged; it waits for the customer overnight
	"urgent": Story(
		AGENT,
		"I",
		{
			"2 Mon 09:00": "new",
			"2 Mon 09:50": "acknowledged",
			"2 Mon 10:30": "answered",
			"2 Mon 12:05": "asked",
			"3 Tue 10:00": "customer_replied",
			"3 Tue 11:30": "resolved",
		},
	),
	# two tickets of one agent: half of each target is up while the desk is closed, and an hour after the digest
	"first": Story(AGENT, "II", {"2 Mon 09:00": "new", "2 Mon 09:20": "answered", "4 Wed 10:00": "resolved"}),
	"second": Story(
		AGENT, "II", {"2 Mon 10:00": "new", "2 Mon 10:05": "answered", "3 Tue 12:00": "resolved"}
	),
	"colleague's": Story(
		BEN, "II", {"2 Mon 11:00": "new", "2 Mon 11:05": "answered", "3 Tue 16:00": "resolved"}
	),
	# nobody holds it
	"nobody's": Story(None, "III", {"2 Mon 09:00": "new", "3 Tue 09:30": "answered"}),
	# over the weekend
	"late": Story(BEN, "I", {"6 Fri 16:30": "new", "9 Mon 09:20": "resolved"}),
	# in time
	"calm": Story(BEN, "I", {"4 Wed 09:00": "new", "4 Wed 09:25": "answered", "4 Wed 10:55": "resolved"}),
}

SAID = [
	"2 Mon 09:30 at once Agnes urgent",
	"2 Mon 09:45 at once Agnes urgent",
	"2 Mon 09:45 manager Mona urgent",
	"2 Mon 10:00 at once Agnes urgent",
	"2 Mon 10:15 manager Mona urgent",
	"2 Mon 11:00 at once Agnes urgent",
	"2 Mon 11:15 manager Mona urgent",
	"2 Mon 12:00 at once Agnes urgent",
	"2 Mon 13:00 digest Mona nobody's",
	"2 Mon 15:00 digest Mona nobody's",
	"3 Tue 09:00 digest Agnes first",
	"3 Tue 09:00 digest Mona nobody's",
	"3 Tue 10:55 at once Agnes urgent",
	"3 Tue 11:00 digest Agnes second",
	"3 Tue 11:00 digest Ben colleague's",
	"3 Tue 11:10 manager Mona urgent",
	"3 Tue 13:00 digest Agnes first",
	"3 Tue 15:00 digest Ben colleague's",
	"4 Wed 09:00 digest Agnes first",
	"9 Mon 09:00 at once Ben late",
	"9 Mon 09:15 at once Ben late",
	"9 Mon 09:15 manager Mona late",
]
"""Worked out by hand from domain.md, for a desk that is open from Monday to Friday, from 9 to 17."""


@pytest.fixture
def sink():
	with Mailbox(free_port()) as mailbox:
		account = frappe.get_doc("Email Account", {"default_outgoing": 1})
		account.db_set("smtp_port", mailbox.port)
		frappe.clear_document_cache("Email Account", account.name)
		yield mailbox


def deliver() -> None:
	"""What the framework's own job does with the queue."""
	for name in frappe.get_all(
		"Email Queue", filters={"status": "Not Sent"}, pluck="name", order_by="creation"
	):
		frappe.get_doc("Email Queue", name).send()


class Week:
	"""The desk of the stories, and what its people were told."""

	def __init__(self, sink: Mailbox, phone: Gateway) -> None:
		self.sink, self.phone = sink, phone
		self.tickets: dict[str, object] = {}
		self.mails: list[str] = []
		self.sms: list[str] = []
		self.read = [0, 0]

	def live(self, clock) -> None:
		"""Let the days pass, five minutes at a time."""
		while now_datetime() <= ENDS:
			self.do(stamp())
			for _ in range(2):
				run()
			if frappe.db.exists("Email Queue", {"status": "Not Sent"}):
				deliver()
			self.listen()
			clock.tick(step(now_datetime()))

	def do(self, when: str) -> None:
		for name, story in STORIES.items():
			if step := story.steps.get(when):
				self.acts(name, story)[step]()

	def acts(self, name: str, story: Story) -> dict[str, Callable[[], object]]:
		made = self.tickets.get(name)
		return {
			"new": lambda: self.tickets.update({name: self.new(story)}),
			"answered": lambda: reply(made),
			"asked": lambda: happen(made, "asked"),
			"customer_replied": lambda: happen(made, "customer_replied"),
			"resolved": lambda: happen(made, "resolved"),
			"acknowledged": lambda: acknowledge(self.key_of("75 %"), now()),
		}

	def key_of(self, percent: str) -> str:
		"""The key in the SMS that Agnes got about so many per cent."""
		return next(
			key_in(text) for number, text in self.phone.sent if number == NUMBERS[AGENT] and percent in text
		)

	def new(self, story: Story):
		return ticket(*([story.holder] if story.holder else []), tier=story.tier)

	def listen(self) -> None:
		"""Write down what arrived: when, how, to whom, about which ticket."""
		known = {str(made.name): name for name, made in self.tickets.items()}
		people = {number: NAMES[user] for user, number in NUMBERS.items()}
		for message in self.sink.messages[self.read[0] :]:
			if message["X-Auto-Generated"] != "cse-target-warning":
				continue
			html = message.get_body(preferencelist=("html",)).get_content()
			names = [known[number] for number in re.findall(r"/helpdesk/tickets/(\d+)", html)]
			kind = "digest" if "/support/warning" not in html else "at once"
			kind = "manager" if "did not acknowledge" in html else kind
			self.mails.append(f"{stamp()} {kind} {NAMES[message['X-Recipients']]} {', '.join(names)}")
		for number, text in self.phone.sent[self.read[1] :]:
			kind = "manager" if "Not acknowledged" in text else "at once"
			self.sms.append(f"{stamp()} {kind} {people[number]} {known[text.split()[0][1:]]}")
		self.read = [len(self.sink.messages), len(self.phone.sent)]


def step(at: datetime) -> timedelta:
	"""Five minutes in the day and an hour in the night, which begins and ends on the hour."""
	by_day = at.weekday() < 5 and 8 <= at.hour < 18
	return timedelta(minutes=5) if by_day else timedelta(hours=1)


def stamp() -> str:
	at = now_datetime()
	return f"{at.day} {DAYS[at.weekday()]} {at:%H:%M}"


def test_a_week(frozen_time, sink):
	staff()
	frappe.flags.testing_email = True
	with gateway() as phone, frozen_time(BEGINS) as clock:
		week = Week(sink, phone)
		week.live(clock)
	assert sorted(week.mails) == sorted(SAID)
	assert sorted(week.sms) == sorted(line for line in SAID if " digest " not in line)
