"""The course of a ticket: the conditions that it went through, and what they mean for the clocks.

Rule: domain.md section 2, and replay.md for the cases at its edges. Two clocks run from creation. The promise clock
stops at the first of workaround and solution; the fix clock runs on to the solution. Both rest while the ticket
waits for the customer, for a change to the software, or for a third party that the customer chose.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import NamedTuple

from crm_support_ext.domain.lifecycle import Event, Status
from crm_support_ext.domain.tiers import Tier


class Turn(NamedTuple):
	"""A turn in the course of a ticket: its condition from a moment on.

	``away``: it waits on a third party that the customer chose; ``workaround``: one was given and stands.
	"""

	at: datetime
	status: Status
	away: bool = False
	workaround: bool = False


@dataclass(frozen=True)
class Course:
	"""What a ticket's figures depend on. ``turns``, oldest first, begin with its creation.

	``agreed`` is the date or moment agreed with the customer; ``first_reply`` when they first had words from us.
	"""

	turns: Sequence[Turn]
	tier: Tier | None = None
	agreed: date | datetime | None = None
	first_reply: datetime | None = None


FIRST_RESPONSES = frozenset({Event.REPLIED, Event.ASKED, Event.RESOLVED})
"""What gives the customer words from us, also when it changes no status."""


class StoppedBy(str, Enum):
	"""What stopped the promise clock."""

	WORKAROUND = "workaround"
	SOLUTION = "solution"


class Stop(NamedTuple):
	"""When a clock stopped, and by what."""

	at: datetime
	by: StoppedBy


_RUNNING = frozenset({Status.NEW, Status.OPEN})
SOLVED = frozenset({Status.RESOLVED, Status.CLOSED})
"""The statuses in which there is nothing more to wait for."""


def fix_rests(turn: Turn) -> bool:
	"""Whether the fix clock stands still in this condition."""
	return turn.away or turn.status not in _RUNNING


def promise_rests(turn: Turn) -> bool:
	"""Whether the promise clock stands still in this condition."""
	return turn.workaround or fix_rests(turn)


def is_stopped(turn: Turn) -> bool:
	"""Whether a workaround or an answer stops the promise clock in this turn."""
	return turn.workaround or turn.status in SOLVED


def stretches(turns: Sequence[Turn], end: datetime) -> Iterator[tuple[Turn, datetime]]:
	"""Each turn with its end, up to ``end``; those that took no time are left out."""
	for number, turn in enumerate(turns):
		finish = min(turns[number + 1].at if number + 1 < len(turns) else end, end)
		if turn.at < finish:
			yield turn, finish


def _solved_in(turns: Sequence[Turn]) -> int | None:
	"""The turn by which it came into the resolution in which it rests, or from which it closed."""
	entry: int | None = None
	before: Status | None = None
	for number, turn in enumerate(turns):
		if turn.status not in SOLVED:
			entry = None
		elif turn.status is Status.RESOLVED and before is not Status.RESOLVED:
			entry = number
		before = turn.status
	return entry


def _held_in(turns: Sequence[Turn]) -> int | None:
	"""The turn in which the workaround that stands was given."""
	given: int | None = None
	for number, turn in enumerate(turns):
		if not turn.workaround:
			given = None
		elif given is None:
			given = number
	return given


def promise_stop(turns: Sequence[Turn]) -> Stop | None:
	"""The first of workaround and solution, of those that hold; of one moment, the one that came first."""
	held, solved = _held_in(turns), _solved_in(turns)
	if held is not None and (solved is None or held <= solved):
		return Stop(turns[held].at, StoppedBy.WORKAROUND)
	return fix_stop(turns)


def fix_stop(turns: Sequence[Turn]) -> Stop | None:
	"""The solution, if it holds."""
	solved = _solved_in(turns)
	return None if solved is None else Stop(turns[solved].at, StoppedBy.SOLUTION)


def counted_until(turns: Sequence[Turn], now: datetime) -> datetime:
	"""Up to when is counted: a ticket that closes without a solution ends all clocks."""
	last = turns[-1]
	return last.at if last.status is Status.CLOSED and _solved_in(turns) is None else now


def rests_since(course: Course) -> datetime | None:
	"""Since when the promise clock rests without being stopped; None while it runs, or is stopped for good."""
	since: datetime | None = None
	for turn in course.turns:
		since = (since or turn.at) if promise_rests(turn) and not is_stopped(turn) else None
	return since


def stopped_since(turns: Sequence[Turn]) -> datetime | None:
	"""Since when the promise clock is stopped without a break, by a workaround, a solution, or both in turn."""
	since: datetime | None = None
	for turn in turns:
		since = (since or turn.at) if is_stopped(turn) else None
	return since
