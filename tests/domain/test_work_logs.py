"""What may be logged as work, and who may take it back."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest

from crm_support_ext.domain.contracts import Contract, Plan
from crm_support_ext.domain.work_logs import LONGEST, Logged, check, may_withdraw

NOW = datetime(2026, 3, 2, 9, tzinfo=timezone.utc)
SECOND = timedelta(seconds=1)
CONTRACT = Contract("C1", "ACME", Plan("standard"), date(2025, 6, 1), date(2027, 5, 31))


@pytest.mark.parametrize(
	("minutes", "start", "code"),
	[
		(0, NOW, None),
		(20, NOW - timedelta(days=400), None),
		(LONGEST, NOW, None),
		(LONGEST + 1, NOW, "too_long"),
		(-1, NOW, "too_long"),
		(20, NOW + SECOND, "not_begun_yet"),
	],
)
def test_work_has_the_minutes_of_a_day_at_most_and_has_begun(minutes, start, code):
	refusal = check(minutes, start, NOW)
	assert (refusal and refusal.code) == code


@pytest.mark.parametrize(
	("log", "today", "agents", "managers"),
	[
		(Logged("agnes", date(2025, 6, 1), CONTRACT), date(2026, 5, 31), None, None),
		(Logged("agnes", date(2026, 5, 31), CONTRACT), date(2026, 6, 1), "year_is_over", None),
		(Logged("agnes", date(2027, 5, 31), CONTRACT), date(2027, 6, 1), "year_is_over", None),
		(Logged("agnes", date(2026, 1, 1)), date(2026, 12, 31), None, None),
		(Logged("agnes", date(2026, 12, 31)), date(2027, 1, 1), "year_is_over", None),
		(Logged("bram", date(2026, 3, 1), CONTRACT), date(2026, 3, 2), "not_your_work", None),
		(
			Logged("agnes", date(2026, 3, 1), CONTRACT, is_withdrawn=True),
			date(2026, 3, 2),
			"withdrawn_already",
			"withdrawn_already",
		),
	],
)
def test_an_agent_takes_back_own_work_of_this_contract_year_and_a_manager_any(log, today, agents, managers):
	for is_manager, expected in ((False, agents), (True, managers)):
		refusal = may_withdraw(log, "agnes", today, is_manager=is_manager)
		assert (refusal and refusal.code) == expected
