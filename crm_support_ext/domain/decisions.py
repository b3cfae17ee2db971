"""What the product director decides on a parked item, and where it leads (domain.md section 7).

``TABLE`` is the whole rule. A declined item is final (ours): its customers were told. A released one that a customer
says is not fixed is parked again, with that mark.

A decision is against the rank if it lets an item come after one of its product that ranks below it, or before one that
ranks above it and is not deferred (ours).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum

from crm_support_ext.domain.results import Refusal
from crm_support_ext.domain.tables import cells


class State(str, Enum):
	"""Where a parked item stands. The values are those of the field on Parked Item."""

	PARKED = "Parked"
	PLANNED = "Planned"
	DEFERRED = "Deferred"
	DECLINED = "Declined"
	RELEASED = "Released"


class Decision(str, Enum):
	"""What is decided. The values are those of the field on Item Decision."""

	PLAN = "Plan"
	DEFER = "Defer"
	DECLINE = "Decline"
	TAKE_BACK = "Take back"
	RELEASE = "Release"
	CAME_BACK = "Came back"


# - is refused
TABLE = """
decision    Parked    Planned   Deferred  Declined  Released
Plan        Planned   Planned   Planned   -         -
Defer       Deferred  Deferred  Deferred  -         -
Decline     Declined  Declined  Declined  -         -
Take back   -         Parked    Parked    -         -
Release     -         Released  -         -         -
Came back   -         -         -         -         Parked
"""

RANKED = frozenset({State.PARKED, State.PLANNED})
"""The states in which an item has its place in the order; a deferred one gets it back on its day."""

TAKES_TICKETS = frozenset({State.PARKED, State.PLANNED, State.DEFERRED})
"""The states in which another ticket can be parked on it."""


def _read(table: str) -> dict[tuple[Decision, State], State]:
	(_, *names), *rows = cells(table)
	return {
		(Decision(decision), State(name)): State(cell)
		for decision, *answers in rows
		for name, cell in zip(names, answers, strict=True)
		if cell != "-"
	}


_AFTER = _read(TABLE)


def decide(
	state: State, decision: Decision, reason: str = "", *, against_rank: bool = False
) -> State | Refusal:
	"""The state of an item after a decision.

	Against the rank a reason is needed, and for declining one, which the customers read. Refusals: ``item_decided``
	(facts ``state``, ``decision``), ``decision_reason_needed`` (facts ``decision``, ``against_rank``).
	"""
	after = _AFTER.get((decision, state))
	if after is None:
		return Refusal("item_decided", {"state": state, "decision": decision})
	if (against_rank or decision is Decision.DECLINE) and not reason.strip():
		return Refusal("decision_reason_needed", {"decision": decision, "against_rank": against_rank})
	return after


def possible(state: State) -> list[Decision]:
	"""What can be decided by a person on an item in this state."""
	own = (Decision.PLAN, Decision.DEFER, Decision.DECLINE, Decision.TAKE_BACK)
	return [each for each in own if (each, state) in _AFTER]


@dataclass(frozen=True)
class Ranked:
	"""An item that has its place in the order, and the day of the release that it is planned for; None: for none."""

	name: str
	comes: date | None = None


def passed_over(comes: date | None, above: Iterable[Ranked], below: Iterable[Ranked]) -> Ranked | None:
	"""Which item the decision is against that lets one come on a day, or on none; None if it is not against the rank.

	``above`` are the items of the product that rank above it and ``below`` those below, deferred ones left out. Told is
	the one above that is furthest from coming, else the one below that comes first.
	"""
	last = max(above, key=_day, default=None)
	if last and _day(last) > (comes or date.max):
		return last
	first = min(below, key=_day, default=None)
	return first if first and _day(first) < (comes or date.max) else None


def _day(item: Ranked) -> date:
	return item.comes or date.max


def heeds_rank(state: State, decision: Decision) -> bool:
	"""Whether a person decides thereby when an item comes: what goes out, came back, or gets its place back after it
	was deferred, does not."""
	if decision is Decision.TAKE_BACK:
		return state is not State.DEFERRED
	return decision in (Decision.PLAN, Decision.DEFER, Decision.DECLINE)
