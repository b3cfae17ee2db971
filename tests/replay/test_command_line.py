"""The command as one calls it: what goes in by which way, and what comes out where."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from crm_support_ext.replay.cli import main
from tests.harness.bench import ROOT
from tests.replay.desk import UTC, Desk
from tests.replay.read_page import ReadPage

LOG = (
	"ticket,time,event,customer\n"
	"T1,2026-03-02T09:00,created,<b>ACME</b> & co\n"
	"T1,2026-03-02T10:00,resolved,\n"
	"T1,2026-03-05T10:00,customer_replied,\n"
	"T1,2026-03-05T11:00,unparked,\n"
)


def run(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
	command = [sys.executable, "-m", "crm_support_ext.replay.cli", *arguments]
	return subprocess.run(command, input=stdin, capture_output=True, cwd=ROOT)


def test_as_a_command_from_standard_input_to_standard_output(desk: Desk) -> None:
	done = run("replay", "-", "--json", "-", "--policy", desk.write("p.toml", UTC), stdin=LOG.encode())
	assert (done.returncode, done.stderr) == (0, b"")
	assert json.loads(done.stdout) == desk.play(LOG)


def test_as_a_command_with_bad_input(desk: Desk) -> None:
	out = desk.root / "answer.json"
	done = run("replay", "-", "--json", str(out), stdin=b"ticket,time,event\nT1,x,created\nT1,y,created\n")
	assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, b"", 2)
	assert not out.exists()


def test_as_a_command_with_wrong_arguments() -> None:
	assert run("replay").returncode == 2
	assert run("replay", "x.csv", "--to", "https://desk.example").returncode == 2
	assert run("replay", "x.csv", "--limit", "3").returncode == 2


@pytest.mark.parametrize("change", [
	lambda text: b"\xef\xbb\xbf" + text,
	lambda text: text.replace(b"\n", b"\r\n"),
	lambda text: text.replace(b"\n", b"\n\n"),
	lambda text: text[:-1],
	lambda text: text.replace(b",", b'","').replace(b"\n", b'"\n"').join((b'"', b""))[:-1],
])  # fmt: skip
def test_the_same_log_in_other_clothes(desk: Desk, change) -> None:
	assert desk.play(change(LOG.encode())) == desk.play(LOG)


def test_a_packed_log(desk: Desk) -> None:
	assert desk.play(gzip.compress(LOG.encode()), name="log.csv.gz") == desk.play(LOG)


def test_a_packed_log_of_several_parts(desk: Desk) -> None:
	packed = gzip.compress(LOG[:50].encode()) + gzip.compress(LOG[50:].encode())
	assert desk.play(packed, name="log.csv.gz") == desk.play(LOG)


def test_columns_in_any_order_and_unknown_ones(desk: Desk) -> None:
	log = "colour,event,time,colour,ticket\nred,created,2026-03-02T09:00,blue,T1\n"
	assert list(desk.play(log)["tickets"]) == ["T1"]


def test_without_a_file_to_write_a_table_goes_to_the_terminal(desk: Desk, capsys) -> None:
	assert main(["replay", *desk.arguments(LOG)]) == 0
	said = capsys.readouterr().out
	assert said.startswith("2 tickets up to 2026-03-05T11:00:00+00:00\n")
	assert "Closed          1  50.0%\n" in said
	assert "came back after it closed      1\n" in said
	assert "unparked  New      1  not possible in that status\n" in said


def test_a_ticket_that_came_back_twice_is_one_that_came_back(desk: Desk, capsys) -> None:
	log = LOG + "T1,2026-03-06T10:00,force_closed,\nT1,2026-03-06T10:00,customer_replied,\n"
	assert main(["replay", *desk.arguments(log)]) == 0
	rows = [line.split("  ") for line in capsys.readouterr().out.splitlines()]
	told = {row[0]: row[-1].strip() for row in rows}
	assert (told["came back after it closed"], told["follow-ups made"]) == ("1", "2")


def test_an_empty_log_on_the_terminal(desk: Desk, capsys) -> None:
	assert main(["replay", *desk.arguments("ticket,time,event\n")]) == 0
	assert capsys.readouterr().out == "There is no ticket in the log.\n"


def test_a_receipt_adds_up_to_the_seconds_shown(desk: Desk, capsys) -> None:
	log = LOG + "T1,2026-03-05T12:00:00.25,taken_up,\nT1,2026-03-05T13:00,asked,\n"
	assert main(["replay", *desk.arguments(log), "--receipt", "T1~1"]) == 0
	lines = [line.split() for line in capsys.readouterr().out.splitlines()]
	intervals = [
		(line[2], float(line[3].replace(",", ""))) for line in lines if len(line) == 5 and line[0][0] == "2"
	]
	assert intervals == [("New", 7200.25), ("Open", 3599.75), ("Pending", 0)]
	spent = desk.play(log)["tickets"]["T1~1"]["seconds_in"]
	assert (spent["New"], spent["Open"], spent["Pending"]) == (7201, 3600, 0)
	assert ["New", "7,200.25", "7,201"] in lines


def test_a_comparison_says_what_differs(desk: Desk, capsys) -> None:
	a, b = desk.write("a.toml", UTC), desk.write("b.toml", UTC + "[lifecycle]\nclose_after_hours = 96\n")
	log = desk.write("log.csv", LOG)
	assert main(["compare", log, a, b]) == 0
	said = capsys.readouterr().out
	rows = {line.split("  ")[0]: line.split()[-3:] for line in said.splitlines() if line}
	assert rows["follow-ups"] == ["1", "0", "-1"]
	assert rows["reopened before it closed"] == ["0", "1", "+1"]
	assert rows["ending Closed"] == ["1", "0", "-1"]
	assert "2 of 2 tickets come out differently." in said
	assert main(["compare", log, a, b, "--json", "-"]) == 0
	answer = json.loads(capsys.readouterr().out)
	assert answer["tickets"]["T1"]["status"] == ["Closed", "Open"]
	assert [summary["follow_ups"] for summary in answer["summary"]] == [1, 0]
	assert main(["compare", log, a, a]) == 0
	assert "No ticket comes out differently." in capsys.readouterr().out


def test_a_comparison_reads_standard_input_for_both(desk: Desk) -> None:
	policy = desk.write("a.toml", UTC)
	done = run("compare", "-", policy, policy, stdin=LOG.encode())
	assert done.returncode == 0
	assert b"tickets 2 2 +0" in [b" ".join(line.split()) for line in done.stdout.splitlines()]


COMPARED = (
	"ticket,time,event,customer,tier,minutes\n"
	"T1,2026-03-02T09:00,created,ACME,II,\n"  # II: two days by A, one by B
	"T1,2026-03-03T12:00,resolved,,,\n"  # 11 working hours
	"T2,2026-03-02T09:00,created,ACME,II,\n"
	"T2,2026-03-02T10:00,resolved,,,\n"
)


def test_a_comparison_says_which_targets_turn(desk: Desk, capsys) -> None:
	a, b = desk.write("a.toml", UTC), desk.write("b.toml", UTC + '[tiers.II]\ntarget = "1 working day"\n')
	log, page, out = desk.write("log.csv", COMPARED), desk.root / "page.html", desk.root / "out.json"
	assert main(["compare", log, a, b]) == 0
	told = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
	assert "targets kept, II 2 of 2, 100.0% 1 of 2, 50.0% -50.0 points" in told
	assert "kept by A, missed by B 1" in told and "due at another time 2" in told
	assert "T1 target_met kept missed" in told
	assert main(["compare", log, a, b, "--html", str(page), "--json", str(out)]) == 0
	answer = json.loads(out.read_text("utf-8"))
	assert [summary["targets_met"]["II"] for summary in answer["summary"]] == [[2, 2], [1, 2]]
	assert answer["tickets"]["T1"] == {
		"target_met": [True, False],
		"target_due": ["2026-03-03T17:00:00+00:00", "2026-03-02T17:00:00+00:00"],
	}
	assert answer["tickets"]["T2"].keys() == {"target_due"}
	read = ReadPage(page.read_text("utf-8").replace("</t", " </t"))
	words = " ".join(read.text.split())
	assert (read.open, read.addresses) == ([], [])
	assert "2 tickets of 2 come out differently, 1 of them with" in words
	assert "tiers, II, target as by default 1 working day" in words
	assert (
		"A 2 working days (16 working hours) 100.0% 2 of 2 B 1 working day (8 working hours) 50.0% 1 of 2"
		in words
	)
	assert "T1 ACME II kept 2026-03-03 17:00 missed 2026-03-02 17:00" in words


def test_the_page_of_a_comparison_of_nothing(desk: Desk) -> None:
	policy, page = desk.write("a.toml", UTC), desk.root / "page.html"
	log = desk.write("log.csv", "ticket,time,event\n")
	assert main(["compare", log, policy, policy, "--html", str(page)]) == 0
	assert "No ticket comes out differently." in ReadPage(page.read_text("utf-8")).text


def test_the_page_needs_nothing_else_and_shows_values_as_they_are(desk: Desk) -> None:
	page = desk.root / "page.html"
	desk.play(LOG, "--html", str(page), name="<i>log.csv")
	html = page.read_text("utf-8")
	read = ReadPage(html)
	assert (read.open, read.addresses) == ([], [])
	assert "http" not in html and "url(" not in html and "@import" not in html
	assert "<b>ACME</b> & co" in read.text and "<b>ACME" not in html
	assert "<i>log.csv" in read.text
	assert "1 ticket arrived" in read.text and "became 1 follow-up." in " ".join(read.text.split())


@pytest.mark.parametrize(
	"rows", ["", "T1,2026-03-02T09:00,created,\n", ",2026-03-01T09:00,item_released,P1\n"]
)
def test_the_page_of_a_log_without_a_ticket(desk: Desk, rows: str) -> None:
	page = desk.root / "page.html"
	desk.play(f"ticket,time,event,item\n{rows}", "--html", str(page), "--until", "2026-03-02T08:59:59")
	assert "There is no ticket in it." in ReadPage(page.read_text("utf-8")).text


def test_a_file_is_written_as_any_other_of_the_user(desk: Desk) -> None:
	desk.play(LOG)
	out, other = desk.root / "answer.json", desk.root / "other"
	other.write_text("")
	assert out.stat().st_mode == other.stat().st_mode


def test_a_link_stays_a_link_and_a_device_a_device(desk: Desk) -> None:
	target, link = desk.root / "target.json", desk.root / "link.json"
	link.symlink_to(target)
	assert main(["replay", *desk.arguments(LOG), "--json", str(link)]) == 0
	assert link.is_symlink() and json.loads(target.read_text())
	assert main(["replay", *desk.arguments(LOG), "--json", os.devnull]) == 0
	assert not Path(os.devnull).is_file()
