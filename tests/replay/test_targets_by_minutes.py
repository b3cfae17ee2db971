"""Random logs, whose figures are found once more by a clock that steps through every minute."""

from __future__ import annotations

import io
import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_support_ext.domain.business_calendar import four_decimals, whole_seconds
from crm_support_ext.domain.receipts import receipt
from crm_support_ext.replay.answer import Result, write_json
from crm_support_ext.replay.policy import load_policy
from crm_support_ext.replay.simulation import replay
from tests.replay.minutes import Happened, Hours, Promise, answer, chain

DAYS = 150
WORKDAY = ((9, 17),)
SPRING, AUTUMN = (datetime(2026, month, day, tzinfo=timezone.utc) for month, day in ((3, 26), (10, 22)))
HOURS = (
	Hours("Europe/Amsterdam", [WORKDAY] * 5 + [(), ()], SPRING, DAYS),
	Hours("Europe/Amsterdam", [((9, 12), (13, 17))] * 4 + [((9, 15),), (), ((0, 5), (20, 24))], AUTUMN, DAYS),
	Hours("America/New_York", [((0, 24),)] * 7, datetime(2026, 3, 6, tzinfo=timezone.utc), DAYS),
	Hours("Asia/Kolkata", [((22, 24),), ((0, 6),), (), WORKDAY, (), ((8, 9), (10, 11)), ()], AUTUMN, DAYS),
)
PROMISES = {
	"I": (Promise(1, "hour"), Promise(4, "hour")),
	"II": (Promise(4, "hour"), Promise(2, "day")),
	"III": (Promise(1, "day"), Promise(5, "day")),
	"By agreement": (Promise(1, "day"), None),
}
TIERS = '[tiers.III]\ntarget = "5 working days"\n'
HEADER = "ticket,time,event,tier,date,party,chosen_by_customer\n"
EVENTS = (
	"taken_up", "replied", "asked", "customer_replied", "parked", "unparked", "resolved", "reopened", "confirmed",
	"merged", "force_closed", "tier_set", "agreed", "workaround_given", "workaround_failed", "escalated", "returned",
)  # fmt: skip
OFTEN = (
	"asked",
	"customer_replied",
	"resolved",
	"reopened",
	"workaround_given",
	"workaround_failed",
	"escalated",
)
GAPS = st.sampled_from([0, 0, 1, 29, 60, 95, 240, 480, 960, 1440, 2880]) | st.integers(0, 3000)


@st.composite
def rows_after(draw: st.DrawFn, hours: Hours) -> list[Happened]:
	at = hours.first + timedelta(minutes=draw(st.integers(2 * 1440, 7 * 1440)))
	rows = [Happened(at, "created", draw(st.sampled_from(["", *PROMISES])))]
	for event in draw(st.lists(st.sampled_from(EVENTS + OFTEN), max_size=14)):
		at += timedelta(minutes=draw(GAPS))
		day = (at.astimezone(hours.zone) + timedelta(days=draw(st.integers(-1, 5)))).date().isoformat()
		tier = draw(st.sampled_from([*PROMISES])) if event == "tier_set" else ""
		when = day + draw(st.sampled_from(["", "T10:15"])) if event == "agreed" else ""
		party = (
			draw(st.sampled_from(["", "hosting", "printer"])) if event in ("escalated", "returned") else ""
		)
		chosen = draw(st.sampled_from(["", "0", "1", "1"])) if event == "escalated" else ""
		rows.append(Happened(at, event, tier, when, party, chosen))
	return rows


def log_of(rows: list[Happened]) -> str:
	lines = [
		f"T1,{row.at.isoformat()},{row.event},{row.tier},{row.date},{row.party},{row.chosen},{item}\n"
		for row in rows
		for item in ("P1" if row.event == "parked" else "x",)
	]
	return HEADER.replace("\n", ",item,into\n") + "".join(line.replace("\n", ",T0\n") for line in lines)


def played(directory: Path, hours: Hours, rows: list[Happened], end: datetime) -> Result:
	(directory / "log.csv").write_text(log_of(rows))
	(directory / "policy.toml").write_text(hours.policy + TIERS)
	policy = load_policy(str(directory / "policy.toml"))
	return replay(str(directory / "log.csv"), policy, until=end.isoformat())


def told(result: Result, name: str) -> dict[str, Any]:
	out = io.StringIO()
	write_json(result, out)
	ticket = json.loads(out.getvalue())["tickets"][name]
	response, target, fix = ticket["response"], ticket["target"], ticket["fix"]
	return {
		"response_due": moment(response["due"]),
		"response_at": moment(response["at"]),
		"response_met": response["met"],
		"due": moment(target["due"]),
		"met": target["met"],
		"stopped_at": moment(target["stopped_at"]),
		"stopped_by": target["stopped_by"],
		"counted_seconds": target["counted_seconds"],
		"counted_days": target["counted_days"],
		"fix_at": moment(fix["stopped_at"]),
		"fix_seconds": fix["counted_seconds"],
	}


def moment(text: str | None) -> datetime | None:
	return datetime.fromisoformat(text) if text else None


@pytest.mark.parametrize("hours", HOURS, ids=["office", "four kinds of day", "always", "odd"])
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_figure_is_that_of_a_clock_that_steps_through_the_minutes(
	hours: Hours, data: st.DataObject, tmp_path: Path
) -> None:
	rows = data.draw(rows_after(hours))
	end = rows[-1].at + timedelta(minutes=data.draw(GAPS))
	result = played(tmp_path, hours, rows, end)
	links = chain(hours, rows, end)
	assert len(result.tickets) == len(links)
	for name, link in zip(result.tickets, links, strict=True):
		expected = answer(link, end, PROMISES)
		expected["counted_days"] = four_decimals(expected["counted_days"])
		assert told(result, name) == expected


@pytest.mark.parametrize("hours", HOURS, ids=["office", "four kinds of day", "always", "odd"])
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_receipt_has_no_gap_and_adds_up_to_what_was_counted(
	hours: Hours, data: st.DataObject, tmp_path: Path
) -> None:
	rows = data.draw(rows_after(hours))
	end = rows[-1].at + timedelta(minutes=data.draw(GAPS))
	result = played(tmp_path, hours, rows, end)
	for name, ticket in result.tickets.items():
		at = ticket.history[0].at
		lines = list(receipt(result.course(ticket), result.policy.calendar, end))
		for line in lines:
			assert line.start == at < line.end
			at = line.end
		figures = told(result, name)
		assert whole_seconds(sum((line.counted for line in lines), timedelta())) == figures["counted_seconds"]
		assert four_decimals(sum(line.days for line in lines)) == figures["counted_days"]
