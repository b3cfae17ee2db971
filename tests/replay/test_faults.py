"""Bad input: exit code 2, one line per fault with its place, and nothing written."""

from __future__ import annotations

import gzip
import io
import re
import sys

import pytest

from crm_support_ext.replay.cli import main
from tests.replay.desk import UTC, Desk

GOOD = "T1,2026-03-02T09:00,created\n"
HEAD = "ticket,time,event\n"


@pytest.fixture
def faults(desk: Desk, capsys: pytest.CaptureFixture[str]):
	"""Run a log that is bad and answer the faults, each without the directory of its file."""

	def run(
		log: str | bytes, *more: str, policy: str = UTC, map: str = "", name: str = "log.csv"
	) -> list[str]:
		before = {path.name for path in desk.root.iterdir()}
		arguments = desk.arguments(log, policy, map, name)
		outputs = ["--json", str(desk.root / "answer.json"), "--html", str(desk.root / "answer.html")]
		assert main(["replay", *arguments, *outputs, *more]) == 2
		written = {path.name for path in desk.root.iterdir()} - before
		assert written <= {name, "policy.toml", "map.toml"}
		said = capsys.readouterr()
		assert said.out == ""
		lines = said.err.splitlines()
		assert all(re.fullmatch(r".+:\d+: .+, expected .+", line) for line in lines), lines
		return [line.replace(f"{desk.root}/", "") for line in lines]

	return run


@pytest.mark.parametrize(
	("log", "places"),
	[
		("", ["1: the first line is empty"]),
		("\n" + HEAD, ["1: the first line is empty"]),
		("ticket;time;event\n", ["1: the log has no column 'ticket'", "1: the log has no column 'time'", "1: the log has no column 'event'"]),
		("ticket,time\n", ["1: the log has no column 'event'"]),
		("ticket,time,event,event\n", ["1: the log has 2 columns 'event'"]),
		("ticket,time,event,tier,tier\n", ["1: the log has 2 columns 'tier'"]),
		(HEAD + GOOD + "T1,yesterday,created\n", ["3: the time is 'yesterday'"]),
		(HEAD + "T1,2026-02-30T09:00,created\n", ["2: the time is '2026-02-30T09:00'"]),
		(HEAD + "T1,2026-03-02T25:00,created\n", ["2: the time is '2026-03-02T25:00'"]),
		(HEAD + "T1,2026-03-02T09:00:00+25:00,created\n", ["2: the time is '2026-03-02T09:00:00+25:00'"]),
		(HEAD + "T1,02/03/2026 09:00,created\n", ["2: the time is '02/03/2026 09:00'"]),
		(HEAD + "T1,0001-01-01T00:00:00+14:00,created\n", ["2: the time is '0001-01-01T00:00:00+14:00'"]),
		(HEAD + "T1,,created\n", ["2: the time is ''"]),
		(HEAD + "T1,2026-03-02T09:00,solved\n", ["2: the event is 'solved'"]),
		(HEAD + "T1,2026-03-02T09:00,timer\n", ["2: the event is 'timer'"]),
		(HEAD + "T1,2026-03-02T09:00,machine_replied\n", ["2: the event is 'machine_replied'"]),
		(HEAD + "T1,2026-03-02T09:00,\n", ["2: the event is ''"]),
		(HEAD + ",2026-03-02T09:00,created\n", ["2: the ticket is empty"]),
		(HEAD + "T1,2026-03-02T09:00\n" + GOOD, ["2: the row has 2 fields"]),
		(HEAD + "T1,2026-03-02T09:00,created,more\n", ["2: the row has 4 fields"]),
		(HEAD + "T1,2026-03-02T09:00,tier_set\n", ["2: tier_set has no tier"]),
		(HEAD + "T1,2026-03-02T09:00,agreed\n", ["2: agreed has no date"]),
		(HEAD + "T1,2026-03-02T09:00,parked\n", ["2: parked has no item"]),
		(HEAD + "T1,2026-03-02T09:00,worked\n", ["2: worked has no minutes"]),
		(HEAD + "T1,2026-03-02T09:00,merged\n", ["2: merged has no into"]),
		(HEAD + "T1,2026-03-02T09:00,item_released\n", ["2: item_released has no item"]),
		(HEAD + "T1,2026-03-02T09:00,item_declined\n", ["2: item_declined has no item"]),
		(HEAD + 'T1,"2026-03-02\nT09:00",created\nT1,x,created\n', ["2: the time is '2026-03-02\\nT09:00'", "4: the time is 'x'"]),
		(HEAD + 'T1,2026-03-02T09:00,"created\nT2,2026-03-02T09:00,created\n', ["2: is no CSV"]),
	],
)  # fmt: skip
def test_a_fault_in_a_log_names_its_line(faults, log, places) -> None:
	found = faults(log)
	assert len(found) == len(places)
	for line, place in zip(found, places, strict=True):
		assert line.startswith(f"log.csv:{place}")


@pytest.mark.parametrize(
	("column", "event", "value"),
	[
		("tier", "created", "IV"),
		("tier", "tier_set", "2"),
		("kind", "created", "bug"),
		("kind", "replied", "bug"),
		("date", "agreed", "next week"),
		("date", "agreed", "2026-02-30"),
		("auto", "customer_replied", "yes"),
		("minutes", "worked", "-5"),
		("minutes", "worked", "7.5"),
		("minutes", "worked", "many"),
	],
)
def test_a_value_that_its_column_cannot_hold_is_a_fault(faults, column, event, value) -> None:
	(found,) = faults(f"ticket,time,event,{column}\nT1,2026-03-02T09:00,{event},{value}\n")
	assert found.startswith(f"log.csv:2: {column} is '{value}'")


@pytest.mark.parametrize(
	("event", "columns"),
	[
		("parked", {"item": "P1", "effort": "a week"}),
		("parked", {"item": "P1", "effort": "-1"}),
		("parked", {"item": "P1", "workaround": "some"}),
		("worked", {"minutes": "5", "role": "boss"}),
		("worked", {"minutes": "5", "place": "home"}),
		("escalated", {"party": "host", "chosen_by_customer": "maybe"}),
	],
)
def test_a_second_column_of_an_event_is_checked_too(faults, event, columns) -> None:
	log = f"ticket,time,event,{','.join(columns)}\nT1,2026-03-02T09:00,{event},{','.join(columns.values())}\n"
	(found,) = faults(log)
	assert found.startswith(f"log.csv:2: {list(columns)[-1]} is '{list(columns.values())[-1]}'")


def test_what_a_date_and_an_effort_may_be(desk: Desk) -> None:
	desk.play(
		"ticket,time,event,date,item,effort,minutes\n"
		"T1,2026-03-02T09:00,agreed,2026-03-10,,,\n"
		"T1,2026-03-02T09:00,agreed,2026-03-10T16:00+01:00,,,\n"
		"T1,2026-03-02T09:00,worked,,,,0\n"
		"T1,2026-03-02T09:00,parked,,P1,0.5,\n"
	)


def test_a_merge_into_itself_is_a_fault_and_into_a_ticket_unknown_to_the_log_is_none(faults, desk) -> None:
	log = "ticket,time,event,into\nT1,2026-03-02T09:00,merged,{}\n"
	assert faults(log.format("T1")) == [
		"log.csv:2: 'T1' is merged into itself, expected another ticket",
	]
	assert desk.play(log.format("T77"))["tickets"]["T1"]["status"] == "Closed"


def test_all_faults_are_told_but_no_more_than_twenty(faults) -> None:
	log = HEAD + "T1,2026-03-02T09:00\n" * 19 + "T1,then,solved\n" + "T1,2026-03-02T09:00\n" * 9
	found = faults(log)
	assert [line.split(":")[1] for line in found] == [str(line) for line in range(2, 22)]
	both = faults(HEAD + "T1,then,solved\n")
	assert ["event" in both[0], "time" in both[1], len(both)] == [True, True, 2]


def test_rows_after_until_are_checked(faults) -> None:
	(found,) = faults(HEAD + GOOD + "T1,2026-03-09T09:00,solved\n", "--until", "2026-03-03T09:00")
	assert found.startswith("log.csv:3: the event is 'solved'")


def test_a_log_that_is_not_in_utf_8_is_a_fault_of_that_line(faults) -> None:
	(found,) = faults(HEAD.encode() + GOOD.encode() + "Ä1,2026-03-02T09:00,created\n".encode("latin-1"))
	assert found == "log.csv:3: is not in UTF-8, expected a log in UTF-8"


def test_a_packed_log_that_is_broken_is_a_fault(faults) -> None:
	packed = gzip.compress((HEAD + GOOD * 50).encode())
	assert faults(packed[:-10], name="log.csv.gz")[0].startswith("log.csv.gz:")
	assert faults(b"no gzip", name="log.csv.gz")[0].startswith("log.csv.gz:1: ")


def test_a_log_that_is_not_there_is_a_fault(desk: Desk, capsys) -> None:
	assert main(["replay", str(desk.root / "none.csv")]) == 2
	assert capsys.readouterr().err.endswith(
		"none.csv:1: cannot be read (No such file or directory), expected a log\n"
	)


def test_a_bad_until_is_a_fault(faults) -> None:
	assert faults(HEAD + GOOD, "--until", "tomorrow")[0].startswith("--until:1: the time is 'tomorrow'")


def test_a_receipt_of_an_unknown_ticket_is_a_fault(faults) -> None:
	assert "no ticket 'T9'" in faults(HEAD + GOOD, "--receipt", "T9")[0]


def test_a_file_that_cannot_be_written_is_a_fault_and_the_other_is_not_written(desk: Desk, capsys) -> None:
	html = desk.root / "answer.html"
	arguments = [
		*desk.arguments(HEAD + GOOD),
		"--html",
		str(html),
		"--json",
		str(desk.root / "no" / "a.json"),
	]
	assert main(["replay", *arguments]) == 2
	assert "a.json:1: cannot be written" in capsys.readouterr().err
	assert not html.exists()


def test_a_bad_log_leaves_the_answer_of_before(desk: Desk, capsys) -> None:
	out = desk.root / "answer.json"
	desk.play(HEAD + GOOD)
	before = out.read_bytes()
	assert main(["replay", *desk.arguments(HEAD + "x\n"), "--json", str(out)]) == 2
	assert out.read_bytes() == before
	assert sorted(path.name for path in desk.root.iterdir()) == ["answer.json", "log.csv", "policy.toml"]


def test_standard_input_is_named_by_its_dash(capsys, monkeypatch) -> None:
	monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"ticket,time,event\nT1,x,created\n")))
	from crm_support_ext.replay.files import _standard_input

	_standard_input.cache_clear()
	assert main(["replay", "-"]) == 2
	assert capsys.readouterr().err.startswith("-:2: the time is 'x'")
