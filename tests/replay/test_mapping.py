"""Maps: a foreign log in our words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crm_support_ext.replay.cli import main
from crm_support_ext.replay.mapping import load_map
from tests.harness.bench import ROOT
from tests.replay.desk import UTC, Desk, history

MAPS = ROOT / "crm_support_ext" / "replay" / "maps"
COLUMNS = '[columns]\nticket = "Case"\ntime = "When"\nevent = "What"\n'
HEAD = "Case,When,What,level,product,note,note\n"


def test_the_map_of_the_contract(desk: Desk) -> None:
	"""The example of replay.md, word for word but for its remarks."""
	answer = desk.play(
		"Case ID,Activity,Complete Timestamp,customer,seriousness_2,product\n"
		"C1,Assign seriousness,2012/10/09 14:50:17.000,V1,Value 1,P7\n"
		"C1,Assign seriousness,2012/10/09 14:51:17.500,V1,Value 1,P7\n"
		"C1,Require upgrade,2012/10/10 09:00:00.000,V1,Value 1,P7\n"
		"C1,Closed,2012/10/11 09:00:00.000,V1,any value,P7\n"
		"C2,Take in charge ticket,2012/10/09 10:00:00.000,V1,Value 1,P7\n"
		"C2,Wait,2012/10/09 11:00:00.000,V1,Value 1,P7\n"
		"C2,Closed,2012/10/08 09:00:00.000,V1,Value 1,P7\n"
		"C2,Assign seriousness,2012/10/09 12:00:00.000,V1,Value 1,P7\n",
		map="""
[columns]
ticket = "Case ID"
time = "Complete Timestamp"
event = "Activity"
customer = "customer"
tier = "seriousness_2"
[time]
format = "%Y/%m/%d %H:%M:%S.%f"
zone = "Europe/Rome"
[events]
"Closed" = "drop"
"Wait" = "asked"
"Assign seriousness" = { first = "created", later = "tier_set" }
"Take in charge ticket" = { event = "taken_up", in_resolved = "reopened", in_closed = "reopened" }
"Require upgrade" = { event = "parked", with = { item = "upgrade of {product}", workaround = "none", effort = "5" } }
[values.tier]
"Value 1" = "II"
""",
	)
	assert history(answer["tickets"]["C1"]) == [
		("2012-10-09T12:50:17+00:00", "New", "created"),
		("2012-10-10T07:00:00+00:00", "Parked", "parked"),
	]
	assert history(answer["tickets"]["C2"]) == [
		("2012-10-09T08:00:00+00:00", "New", "created"),
		("2012-10-09T08:00:00+00:00", "Open", "taken_up"),
		("2012-10-09T09:00:00+00:00", "Pending", "asked"),
	]
	assert answer["tickets"]["C1"]["target"]["tier"] == "II"
	assert [ticket["refused"] for ticket in answer["tickets"].values()] == [[], []]


def test_what_a_row_means_in_a_status(desk: Desk) -> None:
	tickets = desk.play(
		"ticket,time,event\n"
		"T1,2026-03-02T09:00,start\nT1,2026-03-02T10:00,done\nT1,2026-03-02T11:00,start\n"
		"T1,2026-03-02T12:00,done\nT1,2026-03-04T12:00,start\nT1,2026-03-05T12:00,start\n"
		"T2,2026-03-02T09:00,start\nT2,2026-03-02T10:00,start\n",
		map='[events]\ndone = "resolved"\n'
		'start = { event = "taken_up", in_resolved = "reopened", in_closed = "reopened", in_open = "drop" }\n',
	)["tickets"]
	assert [cause for _, _, cause in history(tickets["T1"])] == [
		"created", "taken_up", "resolved", "reopened", "resolved", "timer",
	]  # fmt: skip
	assert [cause for _, _, cause in history(tickets["T1~1"])] == ["follow_up", "taken_up"]
	assert (tickets["T2"]["status"], tickets["T2"]["refused"]) == ("Open", [])


def test_first_is_in_time_and_dropped_rows_do_not_count(desk: Desk) -> None:
	tickets = desk.play(
		"ticket,time,event,tier\n"
		"T1,2026-03-02T10:00,set,II\nT1,2026-03-02T09:00,set,I\nT1,2026-03-02T08:00,noise,\n"
		"T2,2026-03-02T09:00,open,\nT2,2026-03-02T10:00,set,III\nT2,2026-03-02T11:00,open,\n",
		map='[events]\nnoise = "drop"\nset = { first = "created", later = "tier_set" }\n'
		'open = { first = "created", later = "drop" }\n',
	)["tickets"]
	assert history(tickets["T1"]) == [("2026-03-02T09:00:00+00:00", "New", "created")]
	assert [tickets[name]["target"]["tier"] for name in ("T1", "T2")] == ["II", "III"]
	assert [ticket["refused"] for ticket in tickets.values()] == [[], []]


def test_the_end_of_a_log_is_its_last_row_that_is_not_dropped(desk: Desk) -> None:
	log = "ticket,time,event\nT1,2026-03-02T09:00,resolved\nT1,2026-03-09T09:00,noise\n"
	tickets = desk.play(log, map='[events]\nresolved = "resolved"\nnoise = "drop"\n')["tickets"]
	assert tickets["T1"]["status"] == "Resolved"


def test_the_zone_of_the_log_is_not_that_of_the_policy(desk: Desk) -> None:
	log = "ticket,time,event\nT1,2026-03-02T09:00,created\nT2,2026-03-02T09:00Z,created\n"
	tickets = desk.play(log, map='[time]\nzone = "Asia/Tokyo"\n')["tickets"]
	assert tickets["T1"]["history"][0]["at"] == "2026-03-02T00:00:00+00:00"
	assert tickets["T2"]["history"][0]["at"] == "2026-03-02T09:00:00+00:00"


@pytest.mark.parametrize(
	("form", "text"),
	[
		("%d/%m/%Y %H:%M", "2/3/2026 9:05"),
		("%Y%m%d%H%M", "202603020905"),
		("%d %b %Y, %I.%M %p", "02 Mar 2026, 09.05 AM"),
		("%Y-%m-%dT%H:%M:%S%z", "2026-03-02T10:05:00+0100"),
	],
)
def test_forms_of_time(desk: Desk, form: str, text: str) -> None:
	log = f'ticket,time,event\nT1,"{text}",created\n'
	ticket = desk.play(log, map=f'[time]\nformat = "{form}"\n')["tickets"]["T1"]
	assert ticket["history"][0]["at"] == "2026-03-02T09:05:00+00:00"


@pytest.mark.parametrize(
	("map", "line", "wrong"),
	[
		(COLUMNS + 'tier = "Level"\n', 5, "the log has no column 'Level'"),
		(COLUMNS + 'tier = "note"\n', 5, "the log has 2 columns 'note'"),
		(COLUMNS + 'colour = "level"\n', 5, "unknown key columns.colour"),
		(COLUMNS + "tier = 3\n", 5, "columns.tier is 3"),
		("colour = 1\n" + COLUMNS, 1, "unknown key colour"),
		(COLUMNS + '[time]\nformat = "%Q"\n', 6, "time.format is '%Q'"),
		(COLUMNS + '[time]\nformat = "ISO"\n', 6, "time.format is 'ISO'"),
		(COLUMNS + '[time]\nzone = "Mars"\n', 6, "time.zone is 'Mars'"),
		(COLUMNS + '[events]\na = "resolved"\nb = "solved"\n', 7, "events.b is 'solved'"),
		(COLUMNS + "[events]\na = 3\n", 6, "events.a is 3"),
		(COLUMNS + '[events]\n"a b" = { first = "created" }\n', 6, 'events."a b" has no later'),
		(COLUMNS + '[events]\na = { in_closed = "reopened" }\n', 6, "events.a has no event"),
		(COLUMNS + '[events]\na = { event = "resolved", in_shut = "drop" }\n', 6, "unknown key events.a.in_shut"),
		(COLUMNS + '[events]\na = { event = "resolved", first = "created", later = "drop" }\n', 6, "unknown key events.a.event"),
		(COLUMNS + '[events]\na = { event = "parked", with = { thing = "x" } }\n', 6, "unknown key events.a.with.thing"),
		(COLUMNS + '[events]\na = { event = "parked", with = { item = "{colour}" } }\n', 6, "the log has no column 'colour'"),
		(COLUMNS + '[events]\na = { event = "parked", with = { item = "{note}" } }\n', 6, "the log has 2 columns 'note'"),
		(COLUMNS + '[events]\na = { event = "parked", with = { item = "x", effort = "much" } }\n', 6, "effort is 'much'"),
		(COLUMNS + '[events.a]\nevent = "parked"\n[events.a.with]\nitem = "x"\nworkaround = "bad"\n', 9, "workaround is 'bad'"),
		(COLUMNS + '[events]\na = { event = "resolved", worked = { minutes = "many" } }\n', 6, "minutes is 'many'"),
		(COLUMNS + '[events]\na = { event = "resolved", worked = { activity = "talk" } }\n', 6, "events.a.worked has no minutes"),
		(COLUMNS + '[events]\na = { event = "resolved", worked = { minutes = "5", actor = "x" } }\n', 6, "unknown key events.a.worked.actor"),
		(COLUMNS + '[events]\na = { event = "resolved", worked = { minutes = "{colour}" } }\n', 6, "the log has no column 'colour'"),
		(COLUMNS + '[values.tier]\n"1" = "I"\n"2" = "urgent"\n', 7, "tier is 'urgent'"),
		(COLUMNS + '[values.colour]\n"1" = "I"\n', 5, "unknown key values.colour"),
		(COLUMNS + 'tier = "level"\ntier = "level"\n', 6, "is no TOML"),
	],
)  # fmt: skip
def test_a_fault_in_a_map_names_its_own_line(desk: Desk, capsys, map: str, line: int, wrong: str) -> None:
	assert main(["replay", *desk.arguments(HEAD + "C1,2026-03-02T09:00,a,1,P,,\n", UTC, map)]) == 2
	said = capsys.readouterr().err.splitlines()
	assert said[0].replace(f"{desk.root}/", "").startswith(f"map.toml:{line}: {wrong}"), said


@pytest.mark.parametrize(
	("row", "wrong"),
	[
		("C1,2026-03-02T09:00,b,1,P,,", "the event is 'b'"),
		("C1,2026-03-02T09:00,a,9,P,,", "the map lists no tier '9'"),
		("C1,2026-03-02T09:00,first,,P,,\nC1,2026-03-02T10:00,first,,P,,", None),
		("C1,2026-03-02T09:00,merge,1,C1,,", "'C1' is merged into itself"),
		("C1,2026-03-02T09:00,work,1,ten,,", "minutes is 'ten'"),
		("C1,02-03-2026,a,1,P,,", "the time is '02-03-2026'"),
	],
)
def test_what_a_map_does_not_list_is_a_fault_of_the_log(
	desk: Desk, capsys, row: str, wrong: str | None
) -> None:
	map = COLUMNS + (
		'tier = "level"\n[values.tier]\n"1" = "I"\n[events]\na = "created"\n'
		'first = { first = "created", later = "tier_set" }\n'
		'merge = { event = "merged", with = { into = "{product}" } }\n'
		'work = { event = "worked", with = { minutes = "{product}" } }\n'
	)
	assert main(["replay", *desk.arguments(HEAD + row + "\n", UTC, map)]) == 2
	said = capsys.readouterr().err.replace(f"{desk.root}/", "")
	assert said.startswith(f"log.csv:2: {wrong}" if wrong else "log.csv:3: tier_set has no tier")


def test_a_header_that_comes_twice_is_no_fault_if_it_is_not_used(desk: Desk) -> None:
	answer = desk.play(
		HEAD + "C1,2026-03-02T09:00,a,no tier,P,,\n", map=COLUMNS + '[events]\na = "created"\n'
	)
	assert answer["tickets"]["C1"]["target"]["tier"] is None


def test_a_map_can_assume_work_that_goes_with_a_row(desk: Desk) -> None:
	map = COLUMNS + (
		'customer = "product"\n[events]\n'
		'a = { event = "created", worked = { minutes = "{level}", role = "programmer" } }\n'
		'b = { event = "drop", worked = { minutes = "5", activity = "call", place = "on site" } }\n'
		'c = { event = "taken_up", in_open = "drop", worked = { minutes = "15" } }\n'
		'd = { event = "force_closed" }\n'
		'e = { event = "reopened", worked = { minutes = "7" } }\n'
	)
	rows = [("a", "40"), ("c", ""), ("c", ""), ("b", ""), ("d", ""), ("b", ""), ("e", "")]
	log = HEAD + "".join(
		f"C1,2026-03-02T09:0{minute},{event},{level},P,,\n" for minute, (event, level) in enumerate(rows)
	)
	tickets = desk.play(log, map=map)["tickets"]
	done = [[(work["at"][11:16], work["minutes"]) for work in each["work"]] for each in tickets.values()]
	assert done == [
		[("09:00", 40), ("09:01", 15), ("09:02", 15), ("09:03", 5), ("09:05", 5)],
		[("09:06", 7)],
	]
	assert list(tickets) == ["C1", "C1~1"]
	assert not any(each["refused"] for each in tickets.values())


def test_what_is_wrong_with_assumed_work_is_a_fault_of_its_row(desk: Desk, capsys) -> None:
	map = COLUMNS + '[events]\na = { event = "created", worked = { minutes = "{level}" } }\n'
	log = HEAD + "C1,2026-03-02T09:00,a,5,P,,\nC1,2026-03-02T09:00,a,five,P,,\n"
	assert main(["replay", *desk.arguments(log, UTC, map)]) == 2
	(said,) = capsys.readouterr().err.splitlines()
	assert said.replace(f"{desk.root}/", "").startswith("log.csv:3: minutes is 'five'")


def test_the_map_that_assumes_work_differs_in_nothing_else() -> None:
	plain, working = load_map("italian_helpdesk"), load_map("italian_helpdesk_with_work")
	assert (working.columns, working.values) == (plain.columns, plain.values)
	assert (working.time_format, working.zone) == (plain.time_format, plain.zone)
	assert {name: replace(rule, worked={}) for name, rule in working.events.items()} == plain.events
	assert any(rule.worked for rule in working.events.values())


def test_the_map_of_the_public_log_names_each_of_its_activities() -> None:
	events = load_map("italian_helpdesk").events
	assert events == load_map(str(MAPS / "italian_helpdesk.toml")).events
	assert events.keys() == {
		"Insert ticket", "Assign seriousness", "Take in charge ticket", "Wait", "Require upgrade",
		"Create SW anomaly", "Schedule intervention", "Resolve ticket", "Resolve SW anomaly", "RESOLVED",
		"VERIFIED", "INVALID", "DUPLICATE", "Closed",
	}  # fmt: skip
