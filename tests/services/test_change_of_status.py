"""What a save says about a status, settled on the memory store: who may say what, and what a bare status stands for."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from crm_support_ext.domain.lifecycle import EXPRESSIBLE, MAY, NEEDS_REASON, Actor, Event, Status, decide
from crm_support_ext.domain.results import Refusal
from crm_support_ext.services.change_of_status import Saved, settle
from crm_support_ext.store.memory import MemoryStore, MemoryTicket

AT = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)


def saved_on(status: Status, saved: Saved):
	"""What the save was answered, and the status that the ticket has then."""
	store = MemoryStore()
	ticket = store.add(MemoryTicket("T1", status=status), AT)
	return settle(store, ticket, saved, AT), ticket.status


@pytest.mark.parametrize("actor", [Actor.CUSTOMER, Actor.AGENT, Actor.MANAGER])
@pytest.mark.parametrize("event", EXPRESSIBLE)
@pytest.mark.parametrize("status", Status)
def test_a_pressed_button_needs_the_right_hand_and_the_table(status, event, actor):
	answer, after = saved_on(status, Saved(status, actor, reason="so", event=event, item="P-1"))
	if event not in MAY[actor]:
		assert isinstance(answer, Refusal) and answer.code == "not_yours"
		assert after is status
	else:
		assert answer == decide(status, event)
		assert after is (answer if isinstance(answer, Status) else status)


@pytest.mark.parametrize("event", sorted(NEEDS_REASON))
@pytest.mark.parametrize("reason", ["", "  \n"])
def test_some_need_a_reason(event, reason):
	status = Status.PARKED if event is Event.UNPARKED else Status.OPEN
	answer, after = saved_on(status, Saved(status, Actor.MANAGER, reason=reason, event=event))
	assert answer == Refusal("reason_needed", {"event": event})
	assert after is status


@pytest.mark.parametrize("status", Status)
def test_the_same_status_says_nothing(status):
	answer, after = saved_on(status, Saved(status, Actor.CUSTOMER))
	assert answer is after is status


@pytest.mark.parametrize("status", [Status.NEW, Status.OPEN, Status.PENDING, Status.PARKED])
def test_the_portals_close_means_confirmed(status):
	answer, after = saved_on(status, Saved(Status.CLOSED, Actor.CUSTOMER))
	assert answer is after is Status.RESOLVED


@pytest.mark.parametrize("event", [Event.CUSTOMER_REPLIED, Event.MACHINE_REPLIED, Event.REPLIED])
@pytest.mark.parametrize("actor", Actor)
def test_a_message_that_was_let_in_needs_no_hand(event, actor):
	answer, _ = saved_on(Status.OPEN, Saved(Status.OPEN, actor, event=event))
	assert answer is Status.OPEN
