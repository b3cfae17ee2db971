"""A statement: what it holds, that a spreadsheet can open it, and that nothing in it can be changed unseen."""

from __future__ import annotations

import csv
import io
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_support_ext.domain.statement import COLUMNS, HEAD, TITLE, as_csv, guarded, unguarded
from tests.ledgers import Book, checked, contract_of

FIRST_LINE = len(HEAD) + 4
"""The line of the first entry: after title, head, heading and opening."""


@cache
def whole() -> tuple[tuple[str, ...], ...]:
	"""A statement of a whole ledger with every kind of entry."""
	return tuple(tuple(row) for row in _book().statement())


@cache
def second_year() -> tuple[tuple[str, ...], ...]:
	return tuple(tuple(row) for row in _book().statement("2027-01-01", "2027-12-31"))


@cache
def quiet_month() -> tuple[tuple[str, ...], ...]:
	return tuple(tuple(row) for row in _book().statement("2027-05-01", "2027-05-31"))


@cache
def _book() -> Book:
	book = Book(contract_of(carry_over="3"))
	book.use("4", "2026-03-02T09:05:07.123456", ticket="=1+1", log="w1")
	book.buy("5", "2026-04-01", "@ordered by Ann, “5”\nplease")
	book.use("8", "2026-05-01", ticket="T2", log="w2")
	book.give_back("w1", "2026-06-01", "withdrawn")
	book.correct(2, "2026-06-02")
	book.correct(5, "2026-06-02", "-not theirs")
	book.use("1", "2027-02-01", ticket="T3", log="w3")
	book.give_back("w2", "2027-03-01", "withdrawn")
	return book


STATEMENTS = {"whole": whole, "second_year": second_year, "quiet_month": quiet_month}


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_as_it_was_written(name: str) -> None:
	result, findings = checked([list(row) for row in STATEMENTS[name]()])
	assert result is not None and findings == []
	assert (result.contract, str(result.balance)) == ("C1", "12.00")


def test_what_stands_in_a_statement() -> None:
	rows = [dict(zip(COLUMNS, row, strict=True)) for row in second_year()[len(HEAD) + 2 :]]
	told = [
		f"{row['date']} {row['kind']} {row['amount']} {row['balance']} {row['ticket']}".rstrip()
		for row in rows
	]
	assert told == [
		"2027-01-01 Opening  9.00",
		"2027-01-01 Expiry -4.00 5.00",
		"2027-01-01 Expiry -5.00 0.00",
		"2027-01-01 Carry-over 3.00 3.00",
		"2027-01-01 Grant 10.00 13.00",
		"2027-02-01 Use -1.00 12.00 T3",
		"2027-03-01 Release 6.00 18.00 T2",
		"2027-03-01 Expiry -6.00 12.00 T2",
		"2027-12-31 Closing  12.00",
	]  # fmt: skip


def every_cell(name: str) -> list[tuple[str, int, int]]:
	return [(name, at, column) for at, row in enumerate(STATEMENTS[name]()) for column in range(len(row))]


def others(cell: str) -> set[str]:
	"""What somebody might put into a cell in its place."""
	changes = {
		"",
		"x",
		f"{cell}0",
		f" {cell}",
		f"'{cell}",
		cell[:-1],
		cell.replace("1", "2"),
		cell.replace("-", ""),
	}
	return {change for change in changes if change != cell}


@pytest.mark.parametrize("name", STATEMENTS)
def test_whatever_is_changed_in_a_cell_is_found(name: str) -> None:
	for _, at, column in every_cell(name):
		for other in others(STATEMENTS[name]()[at][column]):
			rows = [list(row) for row in STATEMENTS[name]()]
			rows[at][column] = other
			_, findings = checked(rows)
			assert findings, (at, column, other)


def test_a_changed_line_is_told_of_that_line_alone() -> None:
	for at in range(FIRST_LINE - 1, len(whole()) - 1):
		for column, name in enumerate(COLUMNS):
			rows = [list(row) for row in whole()]
			for other in others(whole()[at][column]):
				rows[at][column] = other
				lines = {finding.line for finding in checked(rows)[1]}
				assert at + 1 in lines, (at, name, other)
				if name not in NAMED_LATER:
					assert lines - {len(whole())} == {at + 1}, (at, name, other)


NAMED_LATER = frozenset({"number", "kind", "amount", "lot", "lot from", "lot to", "reverses", "hash"})
"""By what later lines name a line, so that they seem wrong too."""


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_row_that_was_taken_out_put_in_or_swapped_is_found(name: str) -> None:
	rows = [list(row) for row in STATEMENTS[name]()]
	for at in range(len(rows)):
		without = rows[:at] + rows[at + 1 :]
		twice = [*rows[: at + 1], *rows[at:]]
		assert checked(without)[1] and checked(twice)[1], at
		if at + 1 < len(rows):
			swapped = [*rows[:at], rows[at + 1], rows[at], *rows[at + 2 :]]
			assert checked(swapped)[1], at


@given(st.data())
def test_whatever_is_changed_in_the_bytes_is_found_or_says_the_same(data: st.DataObject) -> None:
	text = "".join(as_csv(whole()))
	at = data.draw(st.integers(1, len(text) - 1))
	sign = data.draw(st.characters(codec="utf-8", exclude_characters="\r\n"))
	other = text[:at] + sign + text[at + data.draw(st.integers(0, 1)) :]
	read = list(csv.reader(io.StringIO(other[1:], newline="")))
	rows = [row for row in read if row]
	if rows != [list(row) for row in whole()]:
		try:
			assert checked(rows)[1]
		except csv.Error:
			pass


@pytest.mark.parametrize(
	("keep", "line", "wrong"),
	[
		(0, 1, "ends here"),
		(3, 4, "ends here"),
		(FIRST_LINE - 2, FIRST_LINE - 1, "ends here"),
		(-1, 21, "ends here"),
	],
)
def test_a_statement_that_ends_too_early(keep: int, line: int, wrong: str) -> None:
	result, findings = checked([list(row) for row in whole()[:keep]])
	assert (result, findings[-1].line) == (None, len(whole()) if keep < 0 else line)
	assert wrong in findings[-1].wrong.wrong


@pytest.mark.parametrize(
	("row", "cells", "wrong"),
	[
		(0, ["Statement of strippen", "2"], "the row is"),
		(1, ["contract"], "the row is"),
		(3, ["zone", "Mars/Olympus"], "the zone is 'Mars/Olympus'"),
		(3, ["zone", "../../etc/passwd"], "the zone is"),
		(4, ["from", "1 January"], "the from is '1 January'"),
		(4, ["from", "20260101"], "the from is '20260101'"),
		(5, ["to", "2019-01-01"], "the period ends on 2019-01-01"),
		(6, ["number", "date"], "the row is"),
		(7, ["0", "2020-01-01"], "the row has 2 cells"),
	],
)
def test_what_is_no_statement(row: int, cells: list[str], wrong: str) -> None:
	rows = [list(each) for each in whole()]
	rows[row] = cells
	result, findings = checked(rows)
	assert (result, findings[0].line) == (None, row + 1)
	assert findings[0].wrong.wrong.startswith(wrong)


@pytest.mark.parametrize(
	("column", "cell", "expected"),
	[
		("amount", "-4", "'-4.00'"),
		("amount", "-4,00", "an amount with two places such as -2.00"),
		("amount", "1E+2", "'100.00'"),
		("moment", "2026-03-02 08:05", "a moment such as 2026-03-02T08:00:00.000000Z"),
		("kind", "Gift", "one of Grant, Purchase, Use, Release, Expiry, Carry-over, Correction"),
		("lot from", "1-1-2026", "a date such as 2026-03-02"),
		("reverses", "one", "a whole number"),
		("number", "02", "a whole number"),
		("ticket", "=1+1", '"\'=1+1"'),
	],
)
def test_what_a_spreadsheet_may_have_made_of_a_cell(column: str, cell: str, expected: str) -> None:
	rows = [list(row) for row in whole()]
	rows[FIRST_LINE][COLUMNS.index(column)] = cell
	_, findings = checked(rows)
	assert findings[0].line == FIRST_LINE + 1
	assert cell in findings[0].wrong.wrong or column == "amount"
	assert findings[0].wrong.expected == expected or column == "amount"


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1d1+1"]


@pytest.mark.parametrize("text", [*FORMULAS, "'=1", "''", "'"])
def test_no_text_begins_like_a_formula(text: str) -> None:
	assert guarded(text) == f"'{text}"
	assert unguarded(guarded(text)) == text


@given(st.text())
def test_a_guarded_text_is_the_text_again(text: str) -> None:
	assert unguarded(guarded(text)) == text
	assert guarded(text)[:1] not in ("=", "+", "-", "@", "\t", "\r", "\n")


def test_no_cell_of_a_statement_is_a_formula() -> None:
	cells = [
		(name, cell)
		for row in whole()[len(HEAD) + 2 :]
		for name, cell in zip(COLUMNS, row, strict=True)
		if cell[:1] in ("=", "+", "-", "@")
	]
	assert {name for name, _ in cells} == {"amount"}
	assert "'=1+1" in whole()[FIRST_LINE]


def test_the_file_is_one_that_a_spreadsheet_opens() -> None:
	text = "".join(as_csv(whole()))
	assert text.startswith("\ufeff" + ",".join(TITLE) + "\r\n")
	assert text.count("\n") == text.count("\r\n") == len(whole())
