"""What another table would have made of booked work: the sums agree with settling it anew, piece by piece."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from crm_support_ext.domain.escalation import Kind
from crm_support_ext.domain.payment import Part
from crm_support_ext.domain.quotations import Offer, SettlesIn
from crm_support_ext.domain.settlement import RULES, Choice, Place, Role, Rule, Settlement, Work, settle
from crm_support_ext.domain.settlement_changes import Booked, what_if
from crm_support_ext.domain.tariff import Price, cost

TARIFF = {"installing": Price(fixed=Decimal("2.50"))}
FIXED = Offer("SQ-1", SettlesIn.FIXED_PRICE, Decimal(600))

works = st.builds(
	Work,
	st.sampled_from(["", *(kind.value for kind in Kind)]),
	st.sampled_from(["", "installing"]),
	st.sampled_from(Role),
	st.sampled_from(Place),
	st.integers(0, 90),
	st.booleans(),
)


def booked(work, offer=None, rules=RULES):
	settlement = settle(work, rules, offer).settlement
	strippen = (
		cost(TARIFF, work.activity, work.minutes) if settlement is Settlement.STRIPPEN else Decimal("0.00")
	)
	return Booked("W", work, settlement, (Part(settlement, work.minutes, strippen),), offer)


@given(st.lists(st.tuples(works, st.sampled_from([None, FIXED]))))
def test_the_table_by_which_it_was_booked_changes_nothing(works):
	answer = what_if([booked(*work) for work in works], RULES, TARIFF)
	assert answer.changes == [] and answer.now == answer.then


@given(st.lists(works))
def test_the_sums_are_those_of_settling_anew(works):
	free_wishes = (Rule(Choice.FREE, "wish"), Rule(Choice.STRIPPEN, "fault"), *RULES)
	answer = what_if([booked(work) for work in works], free_wishes, TARIFF)
	anew = [booked(work, rules=free_wishes).paid[0] for work in works]
	for way in Settlement:
		mine = [paid for paid in anew if paid.settlement is way]
		assert answer.then[way].minutes == sum(paid.minutes for paid in mine)
		assert answer.then[way].strippen == sum(paid.strippen for paid in mine)
		assert answer.then[way].pieces == len(mine)
	differs = [work for work in works if booked(work).decided is not booked(work, rules=free_wishes).decided]
	assert [change.booked.work for change in answer.changes] == differs


def test_what_a_low_balance_split_stays_as_it_was_booked():
	work = Work("wish", "", Role.HELPDESK, Place.REMOTE, 60, True)
	paid = (Part(Settlement.STRIPPEN, 30, Decimal("2.00")), Part(Settlement.TIME_AND_MATERIAL, 30))
	split = Booked("W", work, Settlement.STRIPPEN, paid)
	assert what_if([split], RULES, TARIFF).changes == []
	(change,) = what_if([split], [Rule(Choice.FREE)], TARIFF).changes
	assert change.paid == Part(Settlement.FREE, 60)
