"""The command that recomputes a statement of strippen: what it says, and of which line."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest

from crm_support_ext.domain.statement import as_csv
from crm_support_ext.replay.cli import main
from tests.harness.bench import ROOT
from tests.ledgers import Book, contract_of


@pytest.fixture
def book() -> Book:
	book = Book(contract_of(carry_over="3"))
	for number in range(30):
		book.use("0.25", "2026-03-02", ticket=f"T{number}", log=f"w{number}")
	book.buy("5", "2026-04-01", "=cmd|' /C calc'!A0")
	book.catch_up("2027-01-01")
	return book


@pytest.fixture
def file(tmp_path: Path, book: Book) -> Path:
	path = tmp_path / "statement.csv"
	path.write_bytes("".join(as_csv(book.statement())).encode())
	return path


def told(capsys: pytest.CaptureFixture[str], path: Path) -> list[str]:
	"""What the command says of a file in which something is wrong."""
	assert main(["verify", str(path)]) == 2
	said = capsys.readouterr()
	assert said.out == ""
	return [line.removeprefix(f"{path.parent}/") for line in said.err.splitlines()]


def test_a_statement_that_holds(file: Path, book: Book, capsys: pytest.CaptureFixture[str]) -> None:
	assert main(["verify", str(file)]) == 0
	assert capsys.readouterr().out == (
		f"C1: 36 entries, chain and balance hold.\nBalance 13.00, last hash {book.sealed[-1].hash}\n"
	)


def test_as_a_command_from_standard_input_and_packed(file: Path) -> None:
	command = [sys.executable, "-m", "crm_support_ext.replay.cli", "verify"]
	packed = file.with_name("statement.csv.gz")
	packed.write_bytes(gzip.compress(file.read_bytes()))
	done = subprocess.run([*command, "-"], input=file.read_bytes(), capture_output=True, cwd=ROOT)
	assert (done.returncode, done.stderr) == (0, b"")
	unpacked = subprocess.run([*command, str(packed)], capture_output=True, cwd=ROOT)
	assert unpacked.stdout == done.stdout


@pytest.mark.parametrize("change", [
	lambda text: text.removeprefix(b"\xef\xbb\xbf"),
	lambda text: text.replace(b"\r\n", b"\n"),
	lambda text: text.replace(b"\r\n", b"\r\n\r\n"),
	lambda text: text.removesuffix(b"\r\n"),
])  # fmt: skip
def test_the_same_statement_in_other_clothes(file: Path, change) -> None:
	file.write_bytes(change(file.read_bytes()))
	assert main(["verify", str(file)]) == 0


def test_a_changed_amount(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
	file.write_text(file.read_text().replace("Use,-0.25,9.50,T1", "Use,-0.50,9.50,T1"))
	first, second = told(capsys, file)
	assert first == "statement.csv:11: the balance is '9.50', expected '9.25'"
	assert second.startswith("statement.csv:11: the hash is '")
	assert "', which is not that of the line, expected " in second


def test_a_line_that_was_taken_out(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
	lines = file.read_text().splitlines(keepends=True)
	file.write_text("".join(lines[:15] + lines[16:]))
	faults = told(capsys, file)
	assert faults[0] == "statement.csv:16: the number is 9, expected 8"
	assert {fault.split(":")[1] for fault in faults} == {"16"}


def test_no_more_than_twenty_faults_are_told(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
	file.write_text(file.read_text().replace("Use,-0.25", "Use,-0.26"))
	assert len(told(capsys, file)) == 20


@pytest.mark.parametrize(
	("content", "fault"),
	[
		(b"", "1: the statement ends here, expected a closing at its end"),
		(b"a,b\n1,2\n", "1: the row is 'a,b', expected Statement of strippen,1"),
		(
			b'Statement of strippen,"1\n',
			"1: is no CSV (unexpected end of data), expected a statement as it was downloaded",
		),
		(
			b"Statement of strippen,1\ncontract,\xff\n",
			"2: is not in UTF-8, expected a statement as it was downloaded",
		),
	],
)
def test_what_is_no_statement(tmp_path: Path, content: bytes, fault: str, capsys) -> None:
	path = tmp_path / "statement.csv"
	path.write_bytes(content)
	assert told(capsys, path) == [f"statement.csv:{fault}"]


def test_a_file_that_is_not_there_or_is_half_a_file(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
	assert told(capsys, file.with_name("none.csv")) == [
		"none.csv:1: cannot be read (No such file or directory), expected a statement as it was downloaded"
	]
	packed = file.with_name("half.csv.gz")
	packed.write_bytes(gzip.compress(file.read_bytes())[:-20])
	assert "cannot be read on" in told(capsys, packed)[0]


def test_the_guide_shows_how_a_hash_is_made_without_us() -> None:
	"""The command in docs/ledger.md is run as it stands there."""
	guide = (ROOT / "docs" / "ledger.md").read_text()
	command, shown = re.search(r"^(printf .*sha256sum)\n(.*)$", guide, re.MULTILINE).groups()
	done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
	assert done.stdout.strip() == shown
	book = Book(contract_of(carry_over="3"))
	book.use("1.50", "2026-03-02T09:00", ticket="1042", log="a1b2c3")
	assert book.sealed[1].hash in shown
	assert ",".join(book.statement()[6]) in guide


def test_a_long_statement_is_verified_in_seconds(tmp_path: Path) -> None:
	book = Book(contract_of("20000"))
	for number in range(10_000):
		book.use("1", "2026-03-02", ticket=f"T{number}", log=f"w{number}")
	path = tmp_path / "long.csv"
	with path.open("w", encoding="utf-8", newline="") as stream:
		stream.writelines(as_csv(book.statement()))
	begun = time.process_time()
	assert main(["verify", str(path)]) == 0
	assert time.process_time() - begun < 5
	assert book.account.balance == Decimal(10_000)
