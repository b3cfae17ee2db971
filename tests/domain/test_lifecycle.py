"""The life cycle: every event in every status against a table written out here, and who may do what."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_support_ext.domain.lifecycle import (
	EXPRESSIBLE,
	MAY,
	NEEDS_REASON,
	WAITING_ON,
	Actor,
	Event,
	FollowUp,
	Status,
	Timing,
	allowed,
	decide,
	meant_by,
	permit,
)
from crm_support_ext.domain.results import Refusal

STATUSES = ["New", "Open", "Pending", "Parked", "Resolved", "Closed"]

# By status in the order above: the letter of the status afterwards (N, O, P, K for Parked, R, C),
# a full stop where nothing changes, x where it is refused, and + where a follow-up is needed.
EXPECTED = {
	"taken_up": "O.OxOx",
	"replied": "O....x",
	"asked": "PP.xxx",
	"customer_replied": "..O.O+",
	"machine_replied": "......",
	"parked": "KKK.xx",
	"unparked": "xxxOxx",
	"resolved": "RRRR.x",
	"reopened": "xxxxO+",
	"confirmed": "RRRR.x",
	"merged": "CCCCCx",
	"force_closed": "CCCCCx",
	"timer": "xxxxCx",
	"item_released": "xxxRxx",
	"item_declined": "xxxRxx",
	"tier_set": ".....x",
	"agreed": ".....x",
	"workaround_given": ".....x",
	"workaround_failed": ".....x",
	"escalated": ".....x",
	"returned": ".....x",
	"worked": "......",
}
LETTERS = dict(zip("NOPKRC", STATUSES, strict=True))
PAIRS = [
	(status, event, letter)
	for event, row in EXPECTED.items()
	for status, letter in zip(STATUSES, row, strict=True)
]

statuses, events, actors = st.sampled_from(Status), st.sampled_from(Event), st.sampled_from(Actor)


def test_the_names_are_those_of_the_contract() -> None:
	assert [status.value for status in Status] == STATUSES
	assert {event.value for event in Event} == EXPECTED.keys()


@pytest.mark.parametrize(("status", "event", "letter"), PAIRS)
def test_every_event_in_every_status(status: str, event: str, letter: str) -> None:
	outcome = decide(Status(status), Event(event))
	if letter == "x":
		assert isinstance(outcome, Refusal)
		assert outcome.code == ("closed_is_final" if status == "Closed" else "not_allowed")
		assert outcome.facts == {"status": Status(status), "event": Event(event)}
	elif letter == "+":
		assert outcome is FollowUp.NEEDED
	else:
		assert outcome is Status(LETTERS.get(letter, status))


def test_nothing_leads_out_of_closed_or_into_new() -> None:
	for status in Status:
		for event in Event:
			outcome = decide(status, event)
			assert status is not Status.CLOSED or not isinstance(outcome, Status) or outcome is Status.CLOSED
			assert status is Status.NEW or outcome is not Status.NEW


@pytest.mark.parametrize(
	("event", "actor", "yes"),
	[
		("resolved", "agent", True),
		("resolved", "customer", False),
		("confirmed", "customer", True),
		("confirmed", "agent", False),
		("reopened", "agent", True),
		("reopened", "customer", True),
		("force_closed", "agent", False),
		("force_closed", "manager", True),
		("force_closed", "customer", False),
		("timer", "manager", False),
		("timer", "system", True),
		("item_released", "agent", False),
		("customer_replied", "agent", False),
	],
)
def test_who_may_bring_about_what(event: str, actor: str, yes: bool) -> None:
	refusal = permit(Event(event), Actor(actor), "because", "P-1")
	assert (refusal is None) is yes
	if refusal:
		assert (refusal.code, refusal.facts) == ("not_yours", {"event": Event(event), "actor": Actor(actor)})


@pytest.mark.parametrize("event", ["parked", "unparked", "force_closed"])
@pytest.mark.parametrize("reason", ["", " \n"])
def test_what_needs_a_reason_is_refused_without(event: str, reason: str) -> None:
	refusal = permit(Event(event), Actor.MANAGER, reason)
	assert refusal == Refusal("reason_needed", {"event": Event(event)})
	assert permit(Event(event), Actor.MANAGER, "spam", "P-1") is None


@given(events, st.sampled_from([Actor.AGENT, Actor.MANAGER]))
def test_only_parking_needs_an_item(event: Event, actor: Actor) -> None:
	refused = Refusal("item_needed", {"event": event})
	assert (permit(event, actor, "because") == refused) is (event is Event.PARKED)
	assert permit(event, actor, "because", "P-1") != refused


@given(events, actors)
def test_only_what_needs_a_reason_asks_for_one(event: Event, actor: Actor) -> None:
	without, with_reason = permit(event, actor, "", "P-1"), permit(event, actor, "because", "P-1")
	assert without == with_reason or (event in NEEDS_REASON and with_reason is None)


@given(events)
def test_who_is_above_may_what_those_below_may(event: Event) -> None:
	assert event not in MAY[Actor.AGENT] or event in MAY[Actor.MANAGER]
	assert event in MAY[Actor.SYSTEM]


@given(statuses, actors)
def test_what_is_allowed_moves_the_ticket_and_is_the_actors(status: Status, actor: Actor) -> None:
	moves = list(allowed(status, actor))
	assert len(moves) == len(set(moves))
	for event in moves:
		assert event in MAY[actor]
		assert isinstance(decide(status, event), Status) and decide(status, event) is not status
	for event in set(EXPRESSIBLE) & MAY[actor] - set(moves):
		assert decide(status, event) is status or not isinstance(decide(status, event), Status)


@given(statuses, statuses, actors)
def test_what_a_bare_change_means_leads_there(before: Status, after: Status, actor: Actor) -> None:
	meant = meant_by(before, after, actor)
	if isinstance(meant, Refusal):
		assert meant.code == ("closed_is_final" if before is Status.CLOSED else "no_such_move")
		assert meant.facts == {"status": before, "to": after, "actor": actor}
		assert not any(decide(before, event) is after for event in set(EXPRESSIBLE) & MAY[actor])
	else:
		assert meant in MAY[actor] and decide(before, meant) is after


@pytest.mark.parametrize(
	("before", "after", "actor", "event"),
	[
		("New", "Open", "agent", "taken_up"),
		("Pending", "Open", "agent", "taken_up"),
		("Parked", "Open", "agent", "unparked"),
		("Resolved", "Open", "customer", "reopened"),
		("Open", "Resolved", "agent", "resolved"),
		("Open", "Resolved", "customer", "confirmed"),
		("Open", "Closed", "manager", "force_closed"),
		("Open", "Closed", "agent", None),
		("Open", "New", "manager", None),
		("Closed", "Open", "manager", None),
		("Resolved", "Parked", "agent", None),
	],
)
def test_what_a_bare_change_means(before: str, after: str, actor: str, event: str | None) -> None:
	meant = meant_by(Status(before), Status(after), Actor(actor))
	assert meant == Event(event) if event else isinstance(meant, Refusal)


def test_whose_move_it_is() -> None:
	said = [WAITING_ON[status].value if WAITING_ON[status] else None for status in Status]
	assert said == ["us", "us", "the customer", "the product", None, None]


NOON = datetime(2026, 3, 2, 12, tzinfo=timezone.utc)


def test_the_timers_are_due_24_and_48_hours_after_the_resolution() -> None:
	assert Timing().survey_due(NOON) == datetime(2026, 3, 3, 12, tzinfo=timezone.utc)
	assert Timing().close_due(NOON) == datetime(2026, 3, 4, 12, tzinfo=timezone.utc)
	assert Timing(1, 2).close_due(NOON) == datetime(2026, 3, 2, 14, tzinfo=timezone.utc)


@pytest.mark.parametrize(
	("since", "asks"),
	[(None, True), (timedelta(days=14), True), (timedelta(days=14, seconds=-1), False), (timedelta(), False)],
)
def test_a_contact_is_left_in_peace_for_fourteen_days(since: timedelta | None, asks: bool) -> None:
	assert Timing().asks_after("T1", NOON - since if since is not None else None, NOON) is asks


@given(st.text(), st.integers(0, 100))
def test_the_share_is_the_same_for_one_resolution_and_grows_with_the_number(
	resolution: str, share: int
) -> None:
	asks = Timing(survey_share=share).asks_after(resolution, None, NOON)
	assert asks == Timing(survey_share=share).asks_after(resolution, None, NOON + timedelta(days=1))
	assert not asks or Timing(survey_share=min(share + 1, 100)).asks_after(resolution, None, NOON)


@pytest.mark.parametrize("share", [0, 30, 100])
def test_the_share_is_about_that_share(share: int) -> None:
	asked = sum(Timing(survey_share=share).asks_after(f"T{number}", None, NOON) for number in range(2000))
	assert abs(asked / 20 - share) <= (4 if 0 < share < 100 else 0)
