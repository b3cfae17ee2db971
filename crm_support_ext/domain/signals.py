"""Signals: which groups of tickets that are alike grow, and what becomes of them (domain.md section 7, seeds/002).

Which tickets are alike is not decided here: the cases come with their group. That a group *grows* is ours: in the last
days it got at least so many tickets, of at least so many customers, and at least so many times as many as in the same
number of days before. A group is offered when it grows for the first time; from then on only a person moves it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from crm_support_ext.domain.results import Refusal
from crm_support_ext.domain.tables import cells


class State(str, Enum):
	"""Where a group stands. The values are those of the field on Ticket Signal."""

	WATCHED = "Watched"
	OPEN = "Open"
	TAKEN = "Taken"
	DISMISSED = "Dismissed"


class Step(str, Enum):
	"""What happens to a group."""

	GROWS = "Grows"
	TAKE = "Take"
	DISMISS = "Dismiss"


# - is refused, = stays
TABLE = """
step      Watched    Open       Taken      Dismissed
Grows     Open       =          =          =
Take      Taken      Taken      =          -
Dismiss   Dismissed  Dismissed  Dismissed  =
"""


class Kind(str, Enum):
	"""As what a group is offered. The values are those of the field on Ticket Signal."""

	ITEM = "Raise this item"
	ARTICLE = "Unclear article"
	NEW = "New"


@dataclass(frozen=True)
class Case:
	"""A ticket in a group: the day on which it began, and its customer, if known."""

	group: str
	ticket: str
	customer: str | None
	day: date


@dataclass(frozen=True)
class Bounds:
	"""From when on a group grows; all are 1 or more."""

	tickets: int = 5
	customers: int = 2
	days: int = 14
	times: int = 2

	def since(self, today: date) -> date:
		"""The first day of the last days, of which today is one."""
		return today - timedelta(days=self.days - 1)

	def before(self, today: date) -> date:
		"""The first day of the same number of days before those."""
		return self.since(today) - timedelta(days=self.days)


@dataclass(frozen=True)
class Growth:
	"""The tickets and customers of the last days, and the tickets of the same number of days before."""

	tickets: int = 0
	customers: int = 0
	before: int = 0

	def is_enough(self, bounds: Bounds) -> bool:
		"""Whether a group with these figures grows."""
		enough = self.tickets >= bounds.tickets and self.customers >= bounds.customers
		return enough and self.tickets >= bounds.times * self.before


def figures(cases: Iterable[Case], today: date, bounds: Bounds) -> dict[str, Growth]:
	"""The figures of each group, in whatever order the cases come; a ticket counts once, and a customer once.

	A ticket without a customer is a ticket of nobody: it adds no customer.
	"""
	late: dict[str, dict[str, str | None]] = defaultdict(dict)
	early: dict[str, set[str]] = defaultdict(set)
	groups = set()
	for case in cases:
		groups.add(case.group)
		if bounds.since(today) <= case.day <= today:
			late[case.group][case.ticket] = case.customer
		elif bounds.before(today) <= case.day < bounds.since(today):
			early[case.group].add(case.ticket)
	return {
		group: Growth(len(late[group]), len(set(late[group].values()) - {None}), len(early[group]))
		for group in groups
	}


def growing(cases: Iterable[Case], today: date, bounds: Bounds) -> dict[str, Growth]:
	"""The groups that grow, with their figures."""
	return {group: found for group, found in figures(cases, today, bounds).items() if found.is_enough(bounds)}


def _read(table: str) -> dict[tuple[Step, State], State]:
	(_, *names), *rows = cells(table)
	return {
		(Step(step), State(name)): State(name if cell == "=" else cell)
		for step, *answers in rows
		for name, cell in zip(names, answers, strict=True)
		if cell != "-"
	}


_AFTER = _read(TABLE)


def decide(state: State, step: Step, reason: str = "") -> State | Refusal:
	"""The state of a group after a step; a dismissed one stays so for good, however it grows.

	Refusals: ``signal_dismissed`` (no facts): it is not taken any more; ``signal_reason_needed`` (no facts): a group
	is dismissed for good, so somebody must be able to read why.
	"""
	after = _AFTER.get((step, state))
	if after is None:
		return Refusal("signal_dismissed")
	if step is Step.DISMISS and state is not State.DISMISSED and not reason.strip():
		return Refusal("signal_reason_needed")
	return after


def kind_of(item: str | None, article: str | None) -> Kind:
	"""As what a group is offered that has this item or article; an item comes first."""
	if item:
		return Kind.ITEM
	return Kind.ARTICLE if article else Kind.NEW
