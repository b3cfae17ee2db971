"""What is said of a table of settlement: checked against the settlement itself, on every work that there can be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crm_support_ext.domain.escalation import Kind
from crm_support_ext.domain.settlement import RULES, Choice, Law, Place, Role, Rule, Settlement, settle
from crm_support_ext.domain.settlement_table import Flaw, every_work, findings

rules = st.builds(
	Rule,
	st.sampled_from(Choice),
	st.sampled_from(["", *(kind.value for kind in Kind)]),
	st.sampled_from(["", "installing", "training"]),
	st.sampled_from([None, *Role]),
	st.sampled_from([None, *Place]),
	st.sampled_from([None, True, False]),
)


def test_the_default_table_has_no_flaw():
	assert findings(RULES) == []


def test_a_row_that_no_law_would_let_be_is_told_apart_from_one_that_is_overruled_in_part():
	table = [
		Rule(Choice.STRIPPEN, "wish", role=Role.PROGRAMMER),
		Rule(Choice.STRIPPEN, place=Place.ON_SITE),
		Rule(Choice.STRIPPEN, has_contract=False),
		Rule(Choice.STRIPPEN, "question", role=Role.HELPDESK, place=Place.REMOTE, has_contract=True),
		Rule(Choice.STRIPPEN, "user support", place=Place.REMOTE),
	]
	found = {finding.row: (finding.flaw, finding.laws) for finding in findings(table)}
	assert found == {
		1: (Flaw.AGAINST_A_LAW, (Law.PROGRAMMER,)),
		2: (Flaw.AGAINST_A_LAW, (Law.PROGRAMMER, Law.ON_SITE)),
		3: (Flaw.AGAINST_A_LAW, (Law.NO_CONTRACT, Law.PROGRAMMER, Law.ON_SITE)),
		5: (Flaw.OVERRULED, (Law.PROGRAMMER,)),
	}


def test_a_row_behind_rows_that_take_all_its_work_never_decides():
	table = [
		Rule(Choice.FREE, "fault", place=Place.REMOTE),
		Rule(Choice.BILLED, place=Place.ON_SITE),
		Rule(Choice.BILLED, "fault"),
		Rule(Choice.BILLED),
		Rule(Choice.FREE, "question"),
	]
	found = {finding.row: (finding.flaw, finding.earlier) for finding in findings(table)}
	assert found == {3: (Flaw.NEVER_DECIDES, (1, 2)), 5: (Flaw.NEVER_DECIDES, (2, 4))}


@given(st.lists(rules, max_size=6))
def test_what_is_said_of_a_table_is_what_settlement_makes_of_it(table):
	said = {finding.row: finding.flaw for finding in findings(table)}
	decisions = [(work, settle(work, table)) for work in every_work(table)]
	for row, rule in enumerate(table, start=1):
		mine = [decision for work, decision in decisions if _first(table, work) == row]
		assert (said.get(row) is Flaw.NEVER_DECIDES) <= (not mine)
		assert (not mine) <= (said.get(row) in (Flaw.NEVER_DECIDES, Flaw.AGAINST_A_LAW))
		overruled = [decision for decision in mine if decision.overruled_by]
		assert bool(overruled) <= (said.get(row) in (Flaw.OVERRULED, Flaw.AGAINST_A_LAW))
		if said.get(row) is Flaw.AGAINST_A_LAW:
			assert rule.settlement is Choice.STRIPPEN
			assert all(decision.settlement is not Settlement.STRIPPEN for decision in mine)
		if said.get(row) is Flaw.OVERRULED:
			assert overruled


def _first(table, work):
	return next((row for row, rule in enumerate(table, start=1) if rule.fits(work)), None)
