"""What the product director decides, and where it leads."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_support_ext.domain.decisions import (
	RANKED,
	TAKES_TICKETS,
	Decision,
	Ranked,
	State,
	decide,
	heeds_rank,
	passed_over,
	possible,
)
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


DAYS = st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2026, 1, 9)))
RANKED_ITEMS = st.lists(st.builds(Ranked, st.text("ab", max_size=3), DAYS), max_size=5)


@pytest.mark.parametrize(
	("comes", "above", "below", "over"),
	[
		(date(2026, 3, 1), [], [], None),
		(date(2026, 3, 1), [Ranked("a")], [], "a"),
		(date(2026, 3, 1), [Ranked("a", date(2026, 3, 1))], [], None),
		(date(2026, 3, 1), [Ranked("a", date(2026, 4, 1))], [], "a"),
		(date(2026, 3, 1), [], [Ranked("b")], None),
		(date(2026, 3, 1), [], [Ranked("b", date(2026, 2, 1))], "b"),
		(None, [Ranked("a")], [Ranked("b")], None),
		(None, [], [Ranked("b"), Ranked("c", date(2026, 2, 1))], "c"),
	],
)
def test_what_a_decision_passes_over(comes, above, below, over) -> None:
	found = passed_over(comes, above, below)
	assert (found and found.name) == over


@given(DAYS, RANKED_ITEMS, RANKED_ITEMS)
def test_a_decision_is_against_the_rank_if_and_only_if_one_below_comes_before_one_above(
	comes, above, below
) -> None:
	def day(when: date | None) -> date:
		return when or date.max

	pairs = [(day(each.comes), day(comes)) for each in above] + [
		(day(comes), day(each.comes)) for each in below
	]
	assert bool(passed_over(comes, above, below)) is any(higher > lower for higher, lower in pairs)


@given(DAYS, RANKED_ITEMS, RANKED_ITEMS, RANKED_ITEMS)
def test_one_more_item_in_the_order_never_makes_a_reason_needless(comes, above, below, more) -> None:
	if passed_over(comes, above, below):
		assert passed_over(comes, above + more, below) and passed_over(comes, above, below + more)


def test_what_is_back_on_its_day_or_goes_out_is_not_against_the_rank() -> None:
	assert not heeds_rank(State.DEFERRED, Decision.TAKE_BACK)
	assert not heeds_rank(State.PLANNED, Decision.RELEASE)
	assert all(heeds_rank(State.PLANNED, each) for each in possible(State.PLANNED))
