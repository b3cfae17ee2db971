"""Targets and clocks, each case worked out by hand from the contract. March 2026 begins on a Sunday."""

from __future__ import annotations

from typing import Any

import pytest

from crm_support_ext.replay.cli import main
from tests.replay.desk import Desk

OFFICE = 'timezone = "UTC"\n[calendar.holidays]\ncountry = ""\n'
HEADER = "ticket,time,event,tier,date,party,chosen_by_customer,item,into\n"


def log(*rows: str) -> str:
	"""Rows as "time event column=value ...", all of ticket T1 unless one begins with another."""
	lines = []
	for row in rows:
		time, event, *facts = row.split(" ", 2)
		given = dict(fact.split("=") for fact in facts[0].split("; ")) if facts else {}
		ticket = given.pop("ticket", "T1")
		columns = [given.get(name, "") for name in HEADER.strip().split(",")[3:]]
		lines.append(",".join([ticket, time, event, *columns]))
	return HEADER + "\n".join(lines) + "\n"


def played(desk: Desk, *rows: str, policy: str = OFFICE, until: str = "", ticket: str = "T1") -> Any:
	more = ("--until", until) if until else ()
	return desk.play(log(*rows), *more, policy=policy)["tickets"][ticket]


def target(ticket: Any) -> tuple[Any, ...]:
	"""Due, stopped at, by what, the seconds counted, and whether it was met; of March 2026, in UTC."""
	found = ticket["target"]
	return (
		short(found["due"]),
		short(found["stopped_at"]),
		found["stopped_by"],
		found["counted_seconds"],
		found["met"],
	)


def fix(ticket: Any) -> tuple[Any, ...]:
	return short(ticket["fix"]["stopped_at"]), ticket["fix"]["counted_seconds"]


def response(ticket: Any) -> tuple[Any, ...]:
	found = ticket["response"]
	return short(found["due"]), short(found["at"]), found["met"]


def short(moment: str | None) -> str | None:
	if moment is None:
		return None
	assert moment.startswith("2026-03-") and moment.endswith(":00+00:00"), moment
	return moment[8:16]


HOUR = 3600
DAY = 8 * HOUR


class TestWorkedExamples:
	"""Those of domain.md 2."""

	def test_two_working_days_from_friday_16_are_up_on_tuesday_16(self, desk: Desk) -> None:
		ticket = played(desk, "2026-03-06T16:00 created tier=II")
		assert target(ticket) == ("10T16:00", None, None, 0, None)

	def test_a_day_is_spent_when_its_own_time_is_spent(self, desk: Desk) -> None:
		# Friday 14:00 to 15:00 is a sixth of a day; Monday one; five sixths of Tuesday are 6 h 40 min
		policy = 'timezone = "UTC"\n[calendar]\nholidays = { country = "" }\n' + "".join(
			f'{day} = ["09:00-{closes}:00"]\n'
			for day, closes in (
				("monday", 17),
				("tuesday", 17),
				("wednesday", 17),
				("thursday", 17),
				("friday", 15),
			)
		)
		ticket = played(desk, "2026-03-06T14:00 created tier=II", "2026-03-10T15:40 resolved", policy=policy)
		assert target(ticket) == ("10T15:40", "10T15:40", "solution", HOUR + DAY + 24000, True)
		assert ticket["target"]["counted_days"] == "2.0000"

	def test_a_start_outside_working_time_counts_from_the_next_opening(self, desk: Desk) -> None:
		ticket = played(desk, "2026-03-07T12:00 created tier=I")
		assert target(ticket)[0] == "09T13:00"
		assert response(ticket)[0] == "09T10:00"


class TestTiers:
	@pytest.mark.parametrize(
		("tier", "response_due", "due"),
		[("I", "02T10:00", "02T13:00"), ("II", "02T13:00", "03T17:00"), ("III", "02T17:00", "27T17:00"),
		 ("By agreement", "02T17:00", None), ("", None, None)],
	)  # fmt: skip
	def test_the_default_targets_from_monday_9(
		self, desk: Desk, tier: str, response_due: str, due: str
	) -> None:
		ticket = played(desk, f"2026-03-02T09:00 created tier={tier}")
		assert (response(ticket)[0], target(ticket)[0], ticket["target"]["tier"]) == (
			response_due,
			due,
			tier or None,
		)

	def test_without_a_tier_the_clocks_run_and_nothing_is_met_or_missed(self, desk: Desk) -> None:
		ticket = played(desk, "2026-03-02T09:00 created", "2026-03-02T10:30 resolved")
		assert target(ticket) == (None, "02T10:30", "solution", 5400, None)
		assert response(ticket) == (None, "02T10:30", None)
		assert ticket["target"]["counted_days"] == "0.1875"

	def test_a_tier_counts_from_creation(self, desk: Desk) -> None:
		ticket = played(desk, "2026-03-02T09:00 created tier=III", "2026-03-02T14:00 tier_set tier=I")
		assert target(ticket) == ("02T13:00", None, None, 5 * HOUR, False)
		assert response(ticket) == ("02T10:00", None, False)

	def test_a_tier_set_after_the_answer_judges_it_anew_and_a_refused_one_does_not(self, desk: Desk) -> None:
		rows = ["2026-03-02T09:00 created tier=I", "2026-03-02T14:00 resolved"]
		assert target(played(desk, *rows)) == ("02T13:00", "02T14:00", "solution", 5 * HOUR, False)
		later = played(desk, *rows, "2026-03-02T15:00 tier_set tier=II")
		assert target(later) == ("03T17:00", "02T14:00", "solution", 5 * HOUR, True)
		closed = played(desk, *rows, "2026-03-04T14:00 tier_set tier=II")
		assert (target(closed)[0], closed["target"]["tier"]) == ("02T13:00", "I")

	def test_a_tier_of_which_a_policy_says_a_part_keeps_the_rest(self, desk: Desk) -> None:
		policy = OFFICE + '[tiers.I]\ntarget = "1 working day"\n[tiers.II]\nresponse = "none"\n'
		assert target(played(desk, "2026-03-02T10:00 created tier=I", policy=policy))[0] == "03T10:00"
		assert response(played(desk, "2026-03-02T10:00 created tier=I", policy=policy))[0] == "02T11:00"
		assert response(played(desk, "2026-03-02T10:00 created tier=II", policy=policy)) == (None, None, None)


class TestPauses:
	def test_the_clock_rests_while_the_ticket_is_pending(self, desk: Desk) -> None:
		ticket = played(
			desk, "2026-03-02T09:00 created tier=I", "2026-03-02T10:00 asked", "2026-03-03T12:00 customer_replied",
			"2026-03-03T14:00 resolved",
		)  # fmt: skip
		assert target(ticket) == ("03T15:00", "03T14:00", "solution", 3 * HOUR, True)
		assert fix(ticket) == ("03T14:00", 3 * HOUR)

	def test_due_of_a_resting_clock_is_as_if_it_went_on_at_the_end(self, desk: Desk) -> None:
		rows = ("2026-03-02T09:00 created tier=I", "2026-03-02T10:00 parked item=P1")
		assert target(played(desk, *rows, until="2026-03-02T10:00")) == ("02T13:00", None, None, HOUR, None)
		assert target(played(desk, *rows, until="2026-03-02T11:30")) == ("02T14:30", None, None, HOUR, None)
		assert target(played(desk, *rows, until="2026-03-06T20:00")) == ("09T12:00", None, None, HOUR, None)

	def test_a_late_ticket_stays_late_and_its_due_time_stays(self, desk: Desk) -> None:
		ticket = played(
			desk, "2026-03-02T09:00 created tier=I", "2026-03-02T14:00 asked", "2026-03-05T09:00 customer_replied",
			"2026-03-05T10:00 resolved",
		)  # fmt: skip
		assert target(ticket) == ("02T13:00", "05T10:00", "solution", 6 * HOUR, False)

	def test_it_rests_for_a_party_that_the_customer_chose_and_for_no_other(self, desk: Desk) -> None:
		rows = [
			"2026-03-02T09:00 created tier=I", "2026-03-02T10:00 escalated party=supplier; chosen_by_customer=0",
			"2026-03-02T11:00 escalated party=hosting; chosen_by_customer=1",
			"2026-03-02T14:00 returned party=supplier",
		]  # fmt: skip
		assert target(played(desk, *rows)) == ("02T16:00", None, None, 2 * HOUR, None)
		assert target(played(desk, *rows, "2026-03-02T15:00 returned party=hosting"))[0] == "02T17:00"

	@pytest.mark.parametrize(
		("returned", "counted"),
		[(["party=a"], 1), (["party=b"], 1), (["party=a", "party=b"], 4), (["party="], 5), (["party=c"], 1)],
	)
	def test_of_several_parties_all_must_return_unless_none_is_named(
		self, desk: Desk, returned: list[str], counted: int
	) -> None:
		times = ("2026-03-02T12:00", "2026-03-02T13:00")
		ticket = played(
			desk, "2026-03-02T09:00 created", "2026-03-02T10:00 escalated party=a; chosen_by_customer=1",
			"2026-03-02T11:00 escalated party=b; chosen_by_customer=1",
			"2026-03-02T11:30 escalated party=a; chosen_by_customer=1",
			*(f"{time} returned {fact}" for time, fact in zip(times, returned, strict=False)),
			until="2026-03-02T16:00",
		)  # fmt: skip
		assert ticket["target"]["counted_seconds"] == counted * HOUR

	def test_a_party_that_has_the_ticket_keeps_it_through_an_answer(self, desk: Desk) -> None:
		ticket = played(
			desk, "2026-03-02T09:00 created tier=II", "2026-03-02T10:00 escalated party=a; chosen_by_customer=1",
			"2026-03-02T11:00 resolved", "2026-03-02T12:00 reopened", "2026-03-02T13:00 returned party=a",
			until="2026-03-02T15:00",
		)  # fmt: skip
		assert target(ticket) == ("04T12:00", None, None, 3 * HOUR, None)

	def test_time_outside_hours_is_not_counted_and_a_pause_in_it_moves_nothing(self, desk: Desk) -> None:
		ticket = played(
			desk, "2026-03-02T15:00 created tier=I", "2026-03-02T18:00 asked", "2026-03-03T08:00 customer_replied",
			"2026-03-03T11:00 resolved",
		)  # fmt: skip
		assert target(ticket) == ("03T11:00", "03T11:00", "solution", 4 * HOUR, True)


class TestWorkarounds:
	GIVEN = ("2026-03-02T09:00 created tier=I", "2026-03-02T11:00 workaround_given")

	def test_a_workaround_stops_the_promise_and_not_the_fix(self, desk: Desk) -> None:
		ticket = played(desk, *self.GIVEN, "2026-03-04T11:00 resolved")
		assert target(ticket) == ("02T13:00", "02T11:00", "workaround", 2 * HOUR, True)
		assert fix(ticket) == ("04T11:00", 2 * DAY + 2 * HOUR)

	def test_one_that_failed_sets_the_clock_going_with_what_was_counted(self, desk: Desk) -> None:
		ticket = played(desk, *self.GIVEN, "2026-03-03T10:00 workaround_failed", until="2026-03-03T11:00")
		assert target(ticket) == ("03T12:00", None, None, 3 * HOUR, None)

	def test_one_that_failed_while_pending_leaves_the_clock_at_rest(self, desk: Desk) -> None:
		rows = (*self.GIVEN, "2026-03-02T12:00 asked", "2026-03-02T14:00 workaround_failed")
		ticket = played(desk, *rows, until="2026-03-02T15:00")
		assert target(ticket) == ("02T17:00", None, None, 2 * HOUR, None)
		answered = played(desk, *rows, "2026-03-02T15:00 resolved", until="2026-03-03T15:00")
		assert target(answered) == ("02T17:00", "02T15:00", "solution", 2 * HOUR, True)

	def test_one_that_failed_after_the_answer_makes_the_solution_the_stop(self, desk: Desk) -> None:
		rows = (*self.GIVEN, "2026-03-02T14:00 resolved", "2026-03-02T15:00 workaround_failed")
		ticket = played(desk, *rows)
		assert target(ticket) == ("02T13:00", "02T14:00", "solution", 2 * HOUR, True)
		reopened = played(desk, *rows, "2026-03-03T09:00 reopened", until="2026-03-03T10:00")
		assert target(reopened) == ("03T11:00", None, None, 3 * HOUR, None)

	def test_one_that_stands_keeps_the_clock_stopped_through_a_reopening(self, desk: Desk) -> None:
		ticket = played(
			desk,
			*self.GIVEN,
			"2026-03-02T14:00 resolved",
			"2026-03-02T15:00 reopened",
			until="2026-03-04T12:00",
		)
		assert target(ticket) == ("02T13:00", "02T11:00", "workaround", 2 * HOUR, True)
		assert fix(ticket) == (None, 5 * HOUR + 2 * HOUR + DAY + 3 * HOUR)

	def test_one_given_after_the_answer_holds_the_clock_after_a_reopening(self, desk: Desk) -> None:
		rows = (
			"2026-03-02T09:00 created tier=I",
			"2026-03-02T10:00 resolved",
			"2026-03-02T11:00 workaround_given",
		)
		assert target(played(desk, *rows)) == ("02T13:00", "02T10:00", "solution", HOUR, True)
		ticket = played(desk, *rows, "2026-03-02T12:00 reopened", until="2026-03-05T12:00")
		assert target(ticket) == ("02T13:00", "02T11:00", "workaround", HOUR, True)

	def test_a_second_one_is_no_second_stop(self, desk: Desk) -> None:
		ticket = played(desk, *self.GIVEN, "2026-03-02T16:00 workaround_given")
		assert target(ticket)[1:3] == ("02T11:00", "workaround")

	def test_of_one_moment_the_first_in_the_log_is_the_stop(self, desk: Desk) -> None:
		given, resolved = "2026-03-02T10:00 workaround_given", "2026-03-02T10:00 resolved"
		assert target(played(desk, "2026-03-02T09:00 created", given, resolved))[2] == "workaround"
		assert target(played(desk, "2026-03-02T09:00 created", resolved, given))[2] == "solution"

	def test_the_receipts_of_the_two_clocks_differ_by_the_workaround(self, desk: Desk) -> None:
		ticket = played(desk, *self.GIVEN, "2026-03-02T12:00 workaround_failed", "2026-03-02T13:00 resolved")
		assert (target(ticket)[3], fix(ticket)[1]) == (3 * HOUR, 4 * HOUR)


class TestAnswersAndEnds:
	def test_a_reopening_sets_the_clock_going_with_what_was_counted(self, desk: Desk) -> None:
		rows = ("2026-03-02T09:00 created tier=I", "2026-03-02T12:00 resolved", "2026-03-03T09:00 reopened")
		assert target(played(desk, *rows)) == ("03T10:00", None, None, 3 * HOUR, None)
		ticket = played(desk, *rows, "2026-03-03T10:01 resolved")
		assert target(ticket) == ("03T10:00", "03T10:01", "solution", 4 * HOUR + 60, False)

	def test_the_timer_that_closes_changes_nothing(self, desk: Desk) -> None:
		ticket = played(
			desk, "2026-03-02T09:00 created tier=I", "2026-03-02T12:00 confirmed", until="2026-03-20T12:00"
		)
		assert ticket["closed_at"] == "2026-03-04T12:00:00+00:00"
		assert target(ticket) == ("02T13:00", "02T12:00", "solution", 3 * HOUR, True)
		assert response(ticket) == ("02T10:00", None, False)  # the customer closed it, without words from us

	@pytest.mark.parametrize("event", ["force_closed", "merged into=T9"])
	def test_closing_without_a_solution_ends_all_clocks(self, desk: Desk, event: str) -> None:
		early = played(
			desk, "2026-03-02T09:00 created tier=I", f"2026-03-02T09:30 {event}", until="2026-03-20T12:00"
		)
		assert target(early) == ("02T13:00", None, None, 1800, None)
		assert (response(early), fix(early)) == (("02T10:00", None, None), (None, 1800))
		late = played(
			desk, "2026-03-02T09:00 created tier=I", f"2026-03-02T14:00 {event}", until="2026-03-20T12:00"
		)
		assert target(late) == ("02T13:00", None, None, 5 * HOUR, False)
		assert (response(late), fix(late)) == (("02T10:00", None, False), (None, 5 * HOUR))

	def test_closing_from_a_pause_leaves_the_due_time_as_it_then_was(self, desk: Desk) -> None:
		ticket = played(
			desk, "2026-03-02T09:00 created tier=I", "2026-03-02T10:00 asked", "2026-03-02T12:00 force_closed",
			until="2026-03-09T12:00",
		)  # fmt: skip
		assert target(ticket) == ("02T15:00", None, None, HOUR, None)

	def test_a_workaround_or_a_solution_before_it_stays_the_stop(self, desk: Desk) -> None:
		given = played(
			desk,
			"2026-03-02T09:00 created tier=I",
			"2026-03-02T10:00 workaround_given",
			"2026-03-02T11:00 force_closed",
		)
		assert target(given) == ("02T13:00", "02T10:00", "workaround", HOUR, True)
		assert fix(given) == (None, 2 * HOUR)
		solved = played(
			desk,
			"2026-03-02T09:00 created tier=I",
			"2026-03-02T10:00 resolved",
			"2026-03-02T11:00 merged into=T9",
		)
		assert (target(solved)[1:3], fix(solved)) == (("02T10:00", "solution"), ("02T10:00", HOUR))

	def test_exactly_as_much_as_the_target_allows_is_met_and_a_second_more_is_not(self, desk: Desk) -> None:
		created = "2026-03-02T09:00 created tier=I"
		assert target(played(desk, created, "2026-03-02T13:00 resolved"))[4] is True
		assert played(desk, created, "2026-03-02T13:00:00.5 resolved")["target"]["met"] is False
		assert target(played(desk, created, until="2026-03-02T13:00"))[4] is None
		assert played(desk, created, until="2026-03-02T13:00:01")["target"]["met"] is False

	def test_used_up_at_closing_time_is_met_until_the_desk_opens_again(self, desk: Desk) -> None:
		created = "2026-03-02T13:00 created tier=I"
		assert target(played(desk, created, "2026-03-02T23:00 resolved")) == (
			"02T17:00",
			"02T23:00",
			"solution",
			4 * HOUR,
			True,
		)

	def test_seconds_are_rounded_up_and_days_have_four_decimals(self, desk: Desk) -> None:
		ticket = played(desk, "2026-03-02T09:00:00.5 created tier=I", "2026-03-02T09:00:03.25 resolved")
		assert ticket["target"]["counted_seconds"] == ticket["fix"]["counted_seconds"] == 3
		assert ticket["target"]["due"] == "2026-03-02T13:00:01+00:00"
		assert ticket["target"]["stopped_at"] == ticket["response"]["at"] == "2026-03-02T09:00:04+00:00"
		assert ticket["target"]["counted_days"] == "0.0001"
		quarter = played(desk, "2026-03-02T09:00 created", until="2026-03-02T09:15")
		assert quarter["target"]["counted_days"] == "0.0312"  # 0.03125, to the even one


class TestFirstResponse:
	@pytest.mark.parametrize("event", ["replied", "asked", "resolved"])
	def test_words_to_the_customer_meet_it(self, desk: Desk, event: str) -> None:
		ticket = played(desk, "2026-03-02T09:00 created tier=I", f"2026-03-02T10:00 {event}")
		assert response(ticket) == ("02T10:00", "02T10:00", True)

	@pytest.mark.parametrize("event", ["taken_up", "parked item=P1", "confirmed", "workaround_given"])
	def test_nothing_else_does(self, desk: Desk, event: str) -> None:
		ticket = played(desk, "2026-03-02T09:00 created tier=I", f"2026-03-02T09:10 {event}")
		assert response(ticket) == ("02T10:00", None, None)

	def test_a_refused_event_does_not_and_one_that_is_kept_does(self, desk: Desk) -> None:
		refused = played(
			desk,
			"2026-03-02T09:00 created tier=I",
			"2026-03-02T09:10 parked item=P1",
			"2026-03-02T09:20 asked",
		)
		assert (len(refused["refused"]), response(refused)[1]) == (1, None)
		kept = played(
			desk, "2026-03-02T09:00 created tier=I", "2026-03-02T09:10 confirmed", "2026-03-02T09:20 resolved"
		)
		assert response(kept) == ("02T10:00", "02T09:20", True)

	def test_its_clock_never_rests(self, desk: Desk) -> None:
		ticket = played(
			desk,
			"2026-03-02T09:00 created tier=II",
			"2026-03-02T10:00 parked item=P1",
			"2026-03-02T15:00 replied",
		)
		assert response(ticket) == ("02T13:00", "02T15:00", False)

	def test_the_first_counts(self, desk: Desk) -> None:
		ticket = played(
			desk, "2026-03-02T09:00 created tier=I", "2026-03-02T09:30 replied", "2026-03-02T12:00 asked"
		)
		assert response(ticket) == ("02T10:00", "02T09:30", True)


class TestByAgreement:
	CREATED = "2026-03-02T09:00 created tier=By agreement"

	def test_until_there_is_a_date_there_is_no_target(self, desk: Desk) -> None:
		assert target(played(desk, self.CREATED, "2026-03-02T10:00 resolved")) == (
			None,
			"02T10:00",
			"solution",
			HOUR,
			None,
		)

	@pytest.mark.parametrize(
		("agreed", "due"),
		[("2026-03-05", "05T17:00"), ("2026-03-07", "09T17:00"), ("20260305", "05T17:00"), ("2026-03-05T12:00", "05T12:00"),
		 ("2026-03-07T12:00", "07T12:00"), ("2026-03-05T12:00+02:00", "05T10:00")],
	)  # fmt: skip
	def test_a_date_is_the_close_of_that_working_day_and_a_time_is_itself(
		self, desk: Desk, agreed: str, due: str
	) -> None:
		assert target(played(desk, self.CREATED, f"2026-03-02T10:00 agreed date={agreed}"))[0] == due

	def test_pauses_do_not_move_it(self, desk: Desk) -> None:
		rows = (self.CREATED, "2026-03-02T10:00 agreed date=2026-03-03", "2026-03-02T11:00 asked")
		assert target(played(desk, *rows, until="2026-03-03T17:00")) == (
			"03T17:00",
			None,
			None,
			2 * HOUR,
			None,
		)
		assert target(played(desk, *rows, until="2026-03-03T17:01")) == (
			"03T17:00",
			None,
			None,
			2 * HOUR,
			False,
		)
		assert target(played(desk, *rows, "2026-03-03T16:00 resolved"))[4] is True
		assert target(played(desk, *rows, "2026-03-04T09:00 resolved"))[4] is False

	def test_the_last_date_counts_also_one_agreed_before_the_tier_was_set(self, desk: Desk) -> None:
		rows = ("2026-03-02T09:00 created tier=I", "2026-03-02T10:00 agreed date=2026-03-03")
		assert target(played(desk, *rows))[0] == "02T13:00"
		rows = (*rows, "2026-03-02T11:00 tier_set tier=By agreement")
		assert target(played(desk, *rows))[0] == "03T17:00"
		assert target(played(desk, *rows, "2026-03-02T12:00 agreed date=2026-03-06"))[0] == "06T17:00"

	def test_a_date_comes_before_a_target_that_a_policy_gives_the_tier(self, desk: Desk) -> None:
		policy = OFFICE + '[tiers."By agreement"]\ntarget = "1 working day"\n'
		assert target(played(desk, self.CREATED, policy=policy))[0] == "02T17:00"
		agreed = played(desk, self.CREATED, "2026-03-02T10:00 agreed date=2026-03-05", policy=policy)
		assert target(agreed)[0] == "05T17:00"

	def test_a_time_without_an_offset_is_in_the_zone_of_the_log(self, desk: Desk) -> None:
		answer = desk.play(
			log(self.CREATED, "2026-03-02T10:00 agreed date=2026-03-05T12:00"),
			policy=OFFICE,
			map='[time]\nzone = "Europe/Rome"\n',
		)
		assert answer["tickets"]["T1"]["target"]["due"] == "2026-03-05T11:00:00+00:00"
		answer = desk.play(
			log(self.CREATED, "2026-03-02T10:00 agreed date=2026-03-05"),
			policy=OFFICE,
			map='[time]\nzone = "Europe/Rome"\n',
		)
		assert answer["tickets"]["T1"]["target"]["due"] == "2026-03-05T17:00:00+00:00"


class TestFollowUps:
	ROWS = (
		"2026-03-02T09:00 created tier=By agreement", "2026-03-02T09:10 agreed date=2026-03-02",
		"2026-03-02T09:20 workaround_given", "2026-03-02T09:30 escalated party=a; chosen_by_customer=1",
		"2026-03-02T10:00 force_closed", "2026-03-03T09:00 customer_replied",
	)  # fmt: skip

	def test_a_follow_up_starts_its_own_clocks_with_the_tier_and_nothing_else(self, desk: Desk) -> None:
		ticket = played(desk, *self.ROWS, until="2026-03-03T12:00", ticket="T1~1")
		assert ticket["target"]["tier"] == "By agreement"
		assert target(ticket) == (None, None, None, 3 * HOUR, None)
		assert (response(ticket), fix(ticket)) == (("03T17:00", None, None), (None, 3 * HOUR))

	def test_what_happens_later_happens_to_it(self, desk: Desk) -> None:
		rows = (*self.ROWS, "2026-03-03T09:30 agreed date=2026-03-03", "2026-03-03T10:00 replied")
		ticket = played(desk, *rows, ticket="T1~1")
		assert (target(ticket)[0], response(ticket)[1]) == ("03T17:00", "03T10:00")
		assert target(played(desk, *rows)) == ("02T17:00", "02T09:20", "workaround", 1200, True)


class TestCalendars:
	def test_lunch_is_not_counted(self, desk: Desk) -> None:
		policy = 'timezone = "UTC"\n[calendar]\nmonday = ["13:00-17:00", "09:00-12:30"]\nholidays = { country = "" }\n'
		ticket = played(desk, "2026-03-02T09:00 created tier=I", until="2026-03-02T17:00", policy=policy)
		assert target(ticket) == ("02T13:30", None, None, 7 * HOUR + 1800, False)
		assert ticket["target"]["counted_days"] == "1.0000"
		assert target(played(desk, "2026-03-02T12:30 created tier=II", policy=policy))[0] == "16T12:30"

	def test_a_day_may_last_until_midnight(self, desk: Desk) -> None:
		policy = 'timezone = "UTC"\n[calendar]\nmonday = ["20:00-24:00"]\ntuesday = ["00:00-04:00"]\n'
		ticket = played(desk, "2026-03-02T23:00 created tier=I", "2026-03-03T03:00 resolved", policy=policy)
		assert target(ticket) == ("03T03:00", "03T03:00", "solution", 4 * HOUR, True)

	def test_the_default_is_the_netherlands_and_extra_days_and_exceptions_count(self, desk: Desk) -> None:
		def due(holidays: str) -> str:
			policy = f'timezone = "UTC"\n[calendar]\nholidays = {{ {holidays} }}\n'
			friday = played(desk, "2026-04-24T09:00 created tier=II", policy=policy)
			return str(friday["target"]["due"])[5:16]

		assert due("") == "04-28T17:00"  # Monday the 27th is King's Day
		assert due('country = "NO"') == due('country = ""') == due("not = [2026-04-27]") == "04-27T17:00"
		assert due("extra = [2026-04-28]") == "04-29T17:00"

	def test_a_weekend_in_which_clocks_change(self, desk: Desk) -> None:
		policy = 'timezone = "Europe/Amsterdam"\n'
		spring = played(desk, "2026-03-27T16:00 created tier=I", "2026-03-30T12:00 resolved", policy=policy)
		assert (spring["target"]["due"], spring["target"]["counted_seconds"]) == (
			"2026-03-30T12:00:00+02:00",
			4 * HOUR,
		)
		always = policy + "[calendar]\nholidays = { country = '' }\nsunday = ['00:00-24:00']\n"
		night = played(desk, "2026-03-29T00:00 created tier=I", "2026-03-29T12:00 resolved", policy=always)
		assert night["target"]["due"] == "2026-03-29T05:00:00+02:00"
		assert (night["target"]["counted_seconds"], night["target"]["counted_days"]) == (
			11 * HOUR,
			"0.4783",
		)  # of 23 h
		autumn = played(desk, "2026-10-25T00:00 created tier=I", "2026-10-25T12:00 resolved", policy=always)
		assert autumn["target"]["due"] == "2026-10-25T03:00:00+01:00"
		assert (autumn["target"]["counted_seconds"], autumn["target"]["counted_days"]) == (
			13 * HOUR,
			"0.5200",
		)  # of 25 h


class TestTheDesk:
	ROWS = (
		"2026-03-02T09:00 created ticket=A; tier=I", "2026-03-02T12:00 resolved ticket=A",  # met
		"2026-03-02T09:00 created ticket=B; tier=I", "2026-03-02T14:00 resolved ticket=B",  # missed, by an hour
		"2026-03-02T09:00 created ticket=C; tier=II",  # open
		"2026-03-02T09:00 created ticket=D",  # no tier
		"2026-03-02T09:00 created ticket=E; tier=I",  # open, but late
	)  # fmt: skip

	def test_the_summary_counts_met_and_decided_for_each_tier(self, desk: Desk) -> None:
		summary = desk.play(log(*self.ROWS), policy=OFFICE)["summary"]
		assert summary["targets_met"] == {"I": [1, 3], "II": [0, 0], "III": [0, 0], "By agreement": [0, 0]}

	def test_the_terminal_tells_how_targets_were_kept(self, desk: Desk, capsys: Any) -> None:
		assert main(["replay", *desk.arguments(log(*self.ROWS), OFFICE)]) == 0
		lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
		assert "I 4 working hours 1 of 3 33.3% 4 working hours 1 working hour" in lines
		assert "II 2 working days (16 working hours) 0 of 0 - - -" in lines
		assert "I 1 working hour 0 of 3 0.0%" in lines
		assert "II 4 working hours 0 of 1 0.0%" in lines

	def test_days_of_several_lengths_have_no_number_of_hours(self, desk: Desk, capsys: Any) -> None:
		policy = 'timezone = "UTC"\n[calendar]\nmonday = ["09:00-17:00"]\nfriday = ["09:00-15:00"]\n'
		assert main(["replay", *desk.arguments(log(*self.ROWS), policy)]) == 0
		assert "(16 working hours)" not in capsys.readouterr().out

	def test_the_receipt_tells_what_was_counted_and_why_not(self, desk: Desk, capsys: Any) -> None:
		rows = (
			"2026-03-02T16:00 created tier=I", "2026-03-03T10:00:00.25 asked", "2026-03-03T11:00 customer_replied",
			"2026-03-03T11:30 workaround_given", "2026-03-03T12:00 resolved",
		)  # fmt: skip
		assert main(["replay", *desk.arguments(log(*rows), OFFICE), "--receipt", "T1"]) == 0
		lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
		told = [line.split("+00:00 ")[-1] for line in lines[-8:-2]]
		assert told == [
			"counted 3,600 3,600 0.1250",
			"outside working hours 0 3,600 0.1250",
			"counted 3,600.25 7,200.25 0.2500",
			"waiting for the customer 0 7,200.25 0.2500",
			"counted 1,800 9,000.25 0.3125",
			"a workaround stands 0 9,000.25 0.3125",
		]
		promise = "due 2026-03-03T13:00:00+00:00, stopped 2026-03-03T11:30:00+00:00 by workaround, kept"
		assert f"tier I, target 4 working hours: {promise}" in lines
		assert (
			"total: 9,000.25 seconds, 0.3125 working days; counted_seconds 9001, counted_days 0.3125"
			== lines[-1]
		)

	def test_an_empty_log_has_nothing_met(self, desk: Desk) -> None:
		assert desk.play(HEADER)["summary"]["targets_met"]["I"] == [0, 0]
