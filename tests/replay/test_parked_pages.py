"""What a manager sees of parked items: tables for a terminal, the page, and two policies side by side."""

from __future__ import annotations

import json

import pytest

from crm_support_ext.replay.cli import main
from tests.replay.desk import UTC, Desk
from tests.replay.read_page import ReadPage
from tests.replay.test_parking import HEADER, RELEASES, created, parked, row

LOG = (
	HEADER
	+ created("T1", "ACME", "ann") + created("T2", "Bakker", "eva") + created("T3", "ACME", "bob") + created("T4", "Cato")
	+ parked("T1", "<Dark mode>", 3, effort="2.5") + parked("T2", "<Dark mode>", 5, effort="2.5")
	+ parked("T3", "Import", 4, effort="30", workaround="good") + parked("T4", "Import", 6, effort="30", workaround="good")
	+ row("T4", 8, "resolved") + parked("T4", "Gone", 9) + row("T1", 9, "asked")
)  # fmt: skip
OTHER = UTC + RELEASES + "[parking]\nworkaround = { none = 1, good = 100 }\n"


@pytest.fixture
def files(desk: Desk) -> list[str]:
	return [desk.write("log.csv", LOG), desk.write("a.toml", UTC + RELEASES), desk.write("b.toml", OTHER)]


def lines(text: str, table: str) -> list[list[str]]:
	"""The rows under the header of a table, each cell by itself."""
	block = text[text.index(table) :].split("\n\n")[0].splitlines()[2:]
	return [[cell for cell in line.split("  ") if cell] for line in block]


def test_the_terminal_shows_ranks_and_waits(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
	assert main(["replay", files[0], "--policy", files[1], "--until", "2026-03-10T09:00"]) == 0
	shown = capsys.readouterr().out
	assert [[cell.strip() for cell in line] for line in lines(shown, "parked item")] == [
		["<Dark mode>", "CRM", "1", "9.60", "2", "2", "2.5", "2", "9.2"],
		["Import", "CRM", "2", "0.13", "1", "1", "30", "1", "none planned"],
	]
	assert [[cell.strip() for cell in line] for line in lines(shown, "waited for")] == [
		["<Dark mode>", "CRM", "2", "2", "6 d", "7 d", "12 d"],
		["Import", "CRM", "2", "1", "4 d", "6 d", "8 d"],
	]


def test_the_page_shows_the_same(files: list[str], desk: Desk) -> None:
	page = desk.root / "page.html"
	assert (
		main(["replay", files[0], "--policy", files[1], "--until", "2026-03-10T09:00", "--html", str(page)])
		== 0
	)
	text = ReadPage(page.read_text("utf-8")).words
	assert (
		"1. <Dark mode> CRM, expected in 9.29.602 customers, 2 users, no workaround, 2.5 days of work" in text
	)
	assert (
		"2. Import CRM, in no planned release0.131 customer, 1 user, a good workaround, 30 days of work"
		in text
	)
	assert "<Dark mode> CRM6 d2 tickets, 2 of them still; the longest 7 d" in text
	assert "Import CRM4 d2 tickets, 1 of them still; the longest 6 d" in text


def test_a_log_without_parked_items_says_nothing_of_them(
	desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
	page = desk.root / "page.html"
	log = desk.write("log.csv", HEADER + created("T1"))
	assert main(["replay", log, "--html", str(page)]) == main(["replay", log]) == 0
	assert "parked item" not in capsys.readouterr().out
	assert "Parked items" not in page.read_text("utf-8")


def test_what_other_weights_would_change(
	files: list[str], desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
	out, page = desk.root / "out.json", desk.root / "page.html"
	assert (
		main(["compare", *files]) == main(["compare", *files, "--json", str(out), "--html", str(page)]) == 0
	)
	expected = [
		["<Dark mode>", "CRM", "1", "2", "9.60", "3.20", "9.2", "-"],
		["Import", "CRM", "2", "1", "0.13", "13.33", "-", "-"],
	]
	shown = [[cell.strip() for cell in line] for line in lines(capsys.readouterr().out, "parked item")]
	assert shown == expected
	assert json.loads(out.read_text("utf-8"))["parked"] == [
		{
			"item": "<Dark mode>", "product": "CRM",
			"rank": [1, 2], "score": ["9.60", "3.20"], "forecast": ["9.2", None],
		},
		{"item": "Import", "product": "CRM", "rank": [2, 1], "score": ["0.13", "13.33"]},
	]  # fmt: skip
	text = ReadPage(page.read_text("utf-8")).words
	for cells in expected:
		assert " ".join(cells[:2]) + "".join(cells[2:]) in text


def test_the_same_policy_changes_nothing(
	files: list[str], desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
	out, page = desk.root / "out.json", desk.root / "page.html"
	same = [files[0], files[1], files[1]]
	assert main(["compare", *same]) == main(["compare", *same, "--json", str(out), "--html", str(page)]) == 0
	assert "parked item" not in capsys.readouterr().out
	assert json.loads(out.read_text("utf-8"))["parked"] == []
	assert "stand differently" not in page.read_text("utf-8")


def test_an_item_that_only_one_policy_has(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
	"""By the one the ticket is closed before it is parked again."""
	log = desk.write(
		"log.csv",
		HEADER + created("T1") + row("T1", 3, "resolved") + row("T1", 9, "taken_up") + parked("T1", day=10),
	)
	a, b = desk.write("a.toml", UTC), desk.write("b.toml", UTC + "[lifecycle]\nclose_after_hours = 480\n")
	assert main(["compare", log, a, b]) == 0
	shown = [[cell.strip() for cell in line] for line in lines(capsys.readouterr().out, "parked item")]
	assert shown == [["P1", "CRM", "-", "1", "-", "12.00", "-", "-"]]


def test_the_terminal_says_how_many_items_it_leaves_out(
	desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
	log = HEADER + "".join(created(f"T{number}") + parked(f"T{number}", f"P{number}") for number in range(28))
	assert main(["replay", desk.write("log.csv", log)]) == 0
	assert capsys.readouterr().out.count("\nand 3 more parked items\n") == 2
	weights = [
		desk.write(name, UTC + f"[parking]\nper_user = {number}\n") for number, name in enumerate("ab")
	]
	assert main(["compare", desk.write("log.csv", log), *weights]) == 0
	assert "\nand 8 more parked items\n" in capsys.readouterr().out
