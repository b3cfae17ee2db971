"""What the product director decides, and where it leads."""

from __future__ import annotations

import pytest

from crm_support_ext.domain.decisions import RANKED, TAKES_TICKETS, Decision, State, decide, possible
from crm_support_ext.domain.results import Refusal


@pytest.mark.parametrize(
	("state", "decision", "after"),
	[
		(State.PARKED, Decision.PLAN, State.PLANNED),
		(State.DEFERRED, Decision.PLAN, State.PLANNED),
		(State.PLANNED, Decision.DEFER, State.DEFERRED),
		(State.PLANNED, Decision.TAKE_BACK, State.PARKED),
		(State.PLANNED, Decision.RELEASE, State.RELEASED),
		(State.RELEASED, Decision.CAME_BACK, State.PARKED),
	],
)
def test_a_decision_leads_to_a_state(state: State, decision: Decision, after: State) -> None:
	assert decide(state, decision) is after


@pytest.mark.parametrize("decision", Decision)
def test_declined_is_final(decision: Decision) -> None:
	assert decide(State.DECLINED, decision, "they want it") == Refusal(
		"item_decided", {"state": State.DECLINED, "decision": decision}
	)
	assert not possible(State.DECLINED)


@pytest.mark.parametrize("state", set(State) - {State.PLANNED})
def test_only_what_was_planned_goes_out(state: State) -> None:
	assert isinstance(decide(state, Decision.RELEASE), Refusal)


@pytest.mark.parametrize("reason", ["", "  "])
def test_declining_and_what_is_against_the_rank_need_a_reason(reason: str) -> None:
	for decision, against in ((Decision.DECLINE, False), (Decision.PLAN, True), (Decision.DEFER, True)):
		refused = Refusal("decision_reason_needed", {"decision": decision, "against_rank": against})
		assert decide(State.PARKED, decision, reason, against_rank=against) == refused
		assert isinstance(decide(State.PARKED, decision, "the law asks for it", against_rank=against), State)


def test_what_has_a_place_in_the_order_takes_tickets() -> None:
	assert RANKED < TAKES_TICKETS
	assert possible(State.PARKED) == [Decision.PLAN, Decision.DEFER, Decision.DECLINE]
