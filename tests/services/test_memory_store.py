"""The use cases of the life cycle on the store in memory."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from crm_support_ext.domain.lifecycle import Event, FollowUp, Status, Timing
from crm_support_ext.domain.results import Refusal
from crm_support_ext.services.follow_ups import end_of_thread, place_for
from crm_support_ext.services.life_cycle import play
from crm_support_ext.services.timers import ask_satisfaction, close
from crm_support_ext.store.memory import MemoryStore, MemoryTicket, Parked

NOON = datetime(2026, 3, 2, 12, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)


@pytest.fixture
def store() -> MemoryStore:
	return MemoryStore()


def arrived(store: MemoryStore, name: str = "T1", **facts: str) -> MemoryTicket:
	return store.add(MemoryTicket(name, **facts), NOON)


def closed(store: MemoryStore, name: str = "T1", **facts: str) -> MemoryTicket:
	ticket = arrived(store, name, **facts)
	play(store, ticket, Event.FORCE_CLOSED, NOON)
	return ticket


def test_an_event_that_moves_a_ticket_is_recorded_with_who_and_why(store: MemoryStore) -> None:
	ticket = arrived(store)
	assert play(store, ticket, Event.PARKED, NOON + HOUR, actor="ann", reason="a bug") is Status.PARKED
	change = ticket.history[-1]
	assert (change.at, change.before, change.after) == (NOON + HOUR, Status.NEW, Status.PARKED)
	assert (change.cause, change.actor, change.reason) == ("parked", "ann", "a bug")


@pytest.mark.parametrize("event", [Event.CUSTOMER_REPLIED, Event.UNPARKED])
def test_an_event_that_is_kept_or_refused_leaves_no_trace(store: MemoryStore, event: Event) -> None:
	ticket = arrived(store)
	outcome = play(store, ticket, event, NOON)
	assert outcome is Status.NEW or isinstance(outcome, Refusal)
	assert (ticket.status, len(ticket.history)) == (Status.NEW, 1)


def test_a_reply_to_a_closed_ticket_makes_a_follow_up_with_its_facts(store: MemoryStore) -> None:
	ticket = closed(store, customer="ACME", contact="ann", tier="II", kind="fault", product="CRM")
	following = place_for(store, ticket, NOON + HOUR)
	assert (following.name, following.status) == ("T1~1", Status.NEW)
	assert (following.follow_up_of, ticket.follow_up) == (ticket, following)
	assert (following.customer, following.contact, following.tier, following.kind, following.product) == (
		"ACME", "ann", "II", "fault", "CRM",
	)  # fmt: skip
	assert [(change.at, change.cause) for change in following.history] == [(NOON + HOUR, "follow_up")]


def test_while_the_follow_up_is_not_closed_all_replies_join_it(store: MemoryStore) -> None:
	ticket = closed(store)
	following = place_for(store, ticket, NOON)
	assert place_for(store, ticket, NOON) is place_for(store, following, NOON) is following
	play(store, following, Event.MERGED, NOON)
	last = place_for(store, ticket, NOON)
	assert (last.name, end_of_thread(store, ticket), len(store.tickets)) == ("T1~2", last, 3)


@pytest.mark.parametrize("event", sorted(set(Event) - {Event.CUSTOMER_REPLIED, Event.REOPENED}))
def test_nothing_else_makes_a_follow_up(store: MemoryStore, event: Event) -> None:
	ticket = closed(store)
	assert place_for(store, ticket, NOON, event) is ticket
	assert ticket.follow_up is None


def test_playing_a_reply_on_a_closed_ticket_only_says_that_a_follow_up_is_needed(store: MemoryStore) -> None:
	ticket = closed(store)
	assert play(store, ticket, Event.CUSTOMER_REPLIED, NOON) is FollowUp.NEEDED
	assert len(store.tickets) == 1


def test_a_name_with_the_sign_of_a_chain_in_it_begins_a_chain_of_its_own(store: MemoryStore) -> None:
	assert place_for(store, closed(store, "A~x"), NOON).name == "A~x~1"
	assert place_for(store, closed(store, "B~1"), NOON).name == "B~1~1"


def test_the_clock_closes_what_is_resolved_and_leaves_the_rest_alone(store: MemoryStore) -> None:
	ticket = arrived(store)
	close(store, ticket, NOON)
	assert ticket.status is Status.NEW
	play(store, ticket, Event.RESOLVED, NOON)
	close(store, ticket, NOON + 48 * HOUR)
	close(store, ticket, NOON + 49 * HOUR)
	assert [change.cause for change in ticket.history] == ["created", "resolved", "timer"]


def test_a_contact_that_was_asked_is_not_asked_about_another_ticket(store: MemoryStore) -> None:
	tickets = [arrived(store, name, customer="ACME", contact="ann") for name in ("T1", "T2")]
	asked = [ask_satisfaction(store, ticket, NOON, NOON, Timing()) for ticket in tickets]
	assert asked == [True, False]
	assert [(ticket.surveyed_at, ticket.surveys) for ticket in tickets] == [(NOON, 1), (None, 0)]


def test_tickets_without_a_contact_are_asked_each(store: MemoryStore) -> None:
	tickets = [arrived(store, name, customer="ACME") for name in ("T1", "T2")]
	assert all(ask_satisfaction(store, ticket, NOON, NOON, Timing()) for ticket in tickets)


def test_who_waits_for_an_item_and_who_did(store: MemoryStore) -> None:
	later, ticket, other = arrived(store, "T9"), arrived(store, "T1"), arrived(store, "T2")
	for each in (other, ticket, later):
		play(store, each, Event.PARKED, NOON)
		store.park(each, NOON, Parked("P1"))
	assert store.parked_on("P1") == [later, ticket, other]
	store.park(ticket, NOON + HOUR, Parked("P2"))
	store.park(later, NOON + HOUR, Parked("P1"))  # it waits on
	play(store, other, Event.RESOLVED, NOON + 2 * HOUR)
	assert (store.parked_on("P1"), store.parked_on("P2"), store.parked_on("P3")) == ([later], [ticket], [])
	first, second = store.items["P1"], store.items["P2"]
	assert first.waiting == {later: NOON}
	assert first.waits == [HOUR, 2 * HOUR]
	assert (second.first_parked, second.waits) == (NOON + HOUR, [])
