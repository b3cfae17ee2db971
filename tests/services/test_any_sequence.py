"""Whatever happens in whatever order, some things hold: played on the memory store by the replay's engine."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from crm_support_ext.domain.lifecycle import Event, Status, Timing, decide
from crm_support_ext.replay.answer import time_in
from crm_support_ext.replay.columns import EVENTS, Facts
from crm_support_ext.replay.engine import Engine
from crm_support_ext.replay.log import Row
from crm_support_ext.replay.translation import Step
from crm_support_ext.store.memory import MemoryTicket

START = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
TIMING = Timing()
NAMES = ("T1", "T2", "T1~1")
FACTS = st.sampled_from(
	[
		Facts(contact=contact, auto=auto, item=item, tier=tier, date=date, chosen_by_customer=auto)
		for contact in ("", "ann")
		for auto in ("", "1")
		for item in ("P1", "P2")
		for tier, date in (("I", "2026-03-03"), ("By agreement", "2026-03-03T12:00"))
	]
)
GAPS = st.sampled_from([0, 1, 3600, 24 * 3600, 48 * 3600 - 1, 48 * 3600, 14 * 24 * 3600])


@st.composite
def logs(draw: st.DrawFn) -> list[Row]:
	"""Rows in order of time, with gaps at which timers are due and just are not."""
	at, rows = START, []
	for line in range(draw(st.integers(1, 40))):
		at += timedelta(seconds=draw(GAPS))
		step = Step(draw(st.sampled_from(EVENTS)), facts=draw(FACTS))
		rows.append(Row(at, line, draw(st.sampled_from(NAMES)), step))
	return rows


def played(rows: list[Row]) -> tuple[list[MemoryTicket], datetime]:
	engine = Engine(TIMING)
	end = rows[-1].at + timedelta(hours=30)
	engine.run(rows, end)
	return list(engine.store.tickets.values()), end


@given(logs())
def test_a_record_is_a_walk_through_the_table_and_ends_in_the_status(rows: list[Row]) -> None:
	for ticket in played(rows)[0]:
		first, *others = ticket.history
		assert (first.before, first.after, first.cause in ("created", "follow_up")) == (
			None,
			Status.NEW,
			True,
		)
		assert ticket.history[-1].after is ticket.status
		for before, change in pairwise(ticket.history):
			assert before.at <= change.at
			assert before.after is change.before is not Status.CLOSED
		for change in others:
			assert change.before is not None
			assert decide(change.before, Event(change.cause)) is change.after is not change.before


@given(logs())
def test_a_closed_link_of_a_chain_has_at_most_one_follow_up_and_an_open_one_none(rows: list[Row]) -> None:
	tickets, _ = played(rows)
	for ticket in tickets:
		after = [other for other in tickets if other.follow_up_of is ticket]
		assert after == ([ticket.follow_up] if ticket.follow_up else [])
		if ticket.follow_up:
			assert ticket.status is Status.CLOSED
			assert ticket.follow_up.history[0].at >= ticket.history[-1].at
			assert ticket.follow_up.history[0].cause == "follow_up"


@given(logs())
def test_the_time_in_each_status_adds_up(rows: list[Row]) -> None:
	tickets, end = played(rows)
	for ticket in tickets:
		last = ticket.history[-1].at if ticket.status is Status.CLOSED else end
		spent = time_in(ticket, end)
		assert sum(spent.values(), timedelta()) == last - ticket.history[0].at
		assert min(spent.values()) >= timedelta()


@given(logs())
def test_a_resolved_ticket_closes_exactly_48_hours_after_and_not_otherwise(rows: list[Row]) -> None:
	tickets, end = played(rows)
	for ticket in tickets:
		for resolution, change in pairwise(ticket.history):
			if change.cause == "timer":
				assert (resolution.after, change.at - resolution.at) == (Status.RESOLVED, timedelta(hours=48))
			elif resolution.after is Status.RESOLVED:
				assert change.at - resolution.at < timedelta(hours=48)
		if ticket.status is Status.RESOLVED:
			assert end - ticket.history[-1].at < timedelta(hours=48)


@given(logs())
def test_a_customer_is_asked_at_most_once_for_each_resolution_and_a_day_after_it(rows: list[Row]) -> None:
	for ticket in played(rows)[0]:
		resolutions = [change.at for change in ticket.history if change.after is Status.RESOLVED]
		assert ticket.surveys <= len(resolutions)
		assert (ticket.surveyed_at is None) == (ticket.surveys == 0)
		if ticket.surveyed_at:
			assert ticket.surveyed_at - timedelta(hours=24) in resolutions


@given(logs())
def test_a_contact_is_left_in_peace_for_fourteen_days(rows: list[Row]) -> None:
	asked = sorted(ticket.surveyed_at for ticket in played(rows)[0] if ticket.contact and ticket.surveyed_at)
	assert all(later - earlier >= timedelta(days=14) for earlier, later in pairwise(asked))


@given(logs())
def test_every_row_leaves_its_mark_where_the_table_says(rows: list[Row]) -> None:
	for ticket in played(rows)[0]:
		for at, event, code, status in ticket.refused:
			assert at <= rows[-1].at
			if code == "exists":
				assert event == "created"
			else:
				assert code == ("closed_is_final" if status is Status.CLOSED else "not_allowed")
