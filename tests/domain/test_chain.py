"""The chain over a ledger: what is changed, taken out, added or put elsewhere is found, and at its place."""

from __future__ import annotations

import subprocess
from dataclasses import fields, replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_support_ext.domain.audit import audit
from crm_support_ext.domain.chain import (
	EVERY,
	GENESIS,
	Sealed,
	account_text,
	digest,
	moment_text,
	read_account,
	read_moment,
	resume,
	seal,
)
from crm_support_ext.domain.strippen import Account, BrokenLedger, Entry, Kind, account_after
from tests.ledgers import ZONE, Book, changed, contract_of, moment


@cache
def whole_ledger() -> tuple[Sealed, ...]:
	"""A ledger of two years with every kind of entry, and a checkpoint at 100 and 200."""
	book = Book(contract_of("150", carry_over="20"))
	for number in range(90):
		book.use("1.25", f"2026-{number // 10 + 1:02}-11", ticket=f"T{number}", log=f"w{number}")
	book.buy("10", "2026-10-01", "ordered by Ann")
	book.give_back("w3", "2026-10-02", "withdrawn")
	book.correct(7, "2026-10-03", "another customer's")
	for number in range(90, 200):
		book.use("0.50", "2027-02-01", ticket=f"T{number}", log=f"w{number}")
	book.give_back("w5", "2027-03-01", "withdrawn")
	assert {entry.kind for entry in book.entries} == set(Kind)
	return tuple(book.sealed)


def found(sealed: list[Sealed] | tuple[Sealed, ...]) -> list[int]:
	"""The numbers of the entries with which something is wrong."""
	return list(dict.fromkeys(finding.number for finding in audit("C1", sealed, ZONE)))


def resealed(entries: list[Entry]) -> list[Sealed]:
	"""The entries sealed as somebody would who owns the whole ledger."""
	return seal(Account("C1"), GENESIS, entries)


def test_a_ledger_as_it_was_written() -> None:
	assert found(whole_ledger()) == []
	assert [line.entry.number for line in whole_ledger() if line.checkpoint] == [EVERY, 2 * EVERY]
	entries = [line.entry for line in whole_ledger()]
	assert resealed(entries) == list(whole_ledger())


def test_the_hash_can_be_made_with_sha256sum_alone() -> None:
	entry = Entry(2, moment("2026-03-02T09:00"), Kind.USE, "C1-1", Decimal("-2.00"), date(2026, 1, 1), date(2026, 12, 31), 'é "2"', "w1")  # fmt: skip
	text = (
		f'["{"ab" * 32}","C1","2","2026-03-02T08:00:00.000000Z","Use","C1-1","2026-01-01","2026-12-31",'
		'"-2.00","é \\"2\\"","w1","","","lots 1, …"]'
	)
	done = subprocess.run(["sha256sum"], input=text.encode(), capture_output=True, check=True)
	assert done.stdout.decode().split()[0] == digest("ab" * 32, "C1", entry, "lots 1, …")


CHANGES: dict[str, object] = {
	"at": moment("2026-03-11T12:00:00.000001"),
	"kind": Kind.CARRY_OVER,
	"lot": "C1-2",
	"amount": Decimal("-1.24"),
	"first_day": date(2026, 1, 2),
	"last_day": date(2027, 1, 1),
	"ticket": "T28",
	"work_log": "w28",
	"reverses": 1,
	"reason": "paid",
	"number": 29,
	"checkpoint": "lots 1, granted to 2026-12-31, given 150.00 to 2026-12-31",
	"previous": "0" * 64,
	"hash": "0" * 64,
}


def test_there_is_a_change_of_every_field() -> None:
	assert set(CHANGES) == {field.name for kind in (Entry, Sealed) for field in fields(kind)} - {"entry"}


@pytest.mark.parametrize("field", CHANGES)
@pytest.mark.parametrize("number", [28, 100])
def test_a_changed_field_is_found_where_it_is(field: str, number: int) -> None:
	ledger = list(whole_ledger())
	ledger[number - 1] = changed(ledger[number - 1], **{field: CHANGES[field]})
	numbers = found(ledger)
	assert numbers and numbers[0] in (number, CHANGES["number"])
	assert set(numbers) <= {number, number + 1, CHANGES["number"]}
	with pytest.raises(BrokenLedger):
		resume("C1", ledger)


@given(st.data())
def test_any_changed_amount_is_found(data: st.DataObject) -> None:
	ledger = list(whole_ledger())
	at = data.draw(st.integers(0, len(ledger) - 1))
	amount = data.draw(st.decimals(-200, 200, places=2))
	if amount != ledger[at].entry.amount:
		ledger[at] = changed(ledger[at], amount=amount)
		assert found(ledger)[0] == at + 1


@pytest.mark.parametrize("number", [1, 2, 99, 100, 101, 150, 200])
def test_an_entry_that_was_taken_out_is_found(number: int) -> None:
	ledger = list(whole_ledger())
	del ledger[number - 1]
	assert found(ledger) == [number + 1]


@pytest.mark.parametrize("number", [1, 2, 99, 100, 150])
def test_entries_that_were_swapped_are_found(number: int) -> None:
	ledger = list(whole_ledger())
	ledger[number - 1], ledger[number] = ledger[number], ledger[number - 1]
	assert {number, number + 1} <= set(found(ledger))


@pytest.mark.parametrize("number", [2, 99, 100, 150])
def test_an_entry_that_was_put_in_is_found(number: int) -> None:
	ledger = list(whole_ledger())
	ledger.insert(number, ledger[number - 1])
	assert found(ledger)[0] == number
	before = account_after(Account("C1"), [line.entry for line in ledger[:number]])
	new = replace(
		ledger[number].entry, number=number + 1, amount=Decimal("-1.00"), kind=Kind.USE, reverses=None
	)
	ledger[number] = seal(before, ledger[number - 1].hash, [new])[0]
	assert found(ledger)[0] == number + 2 or found(ledger)[0] == number + 1


def test_what_was_made_good_by_new_hashes_up_to_a_point_is_found_at_that_point() -> None:
	ledger = list(whole_ledger())
	entries = [line.entry for line in ledger[:50]]
	entries[27] = replace(entries[27], ticket="T1")
	ledger[:50] = resealed(entries)
	assert found(ledger) == [51]


def test_a_ledger_whose_end_was_cut_off_is_whole_in_itself() -> None:
	"""Only who has seen its last hash can tell."""
	ledger = whole_ledger()[:-3]
	assert found(ledger) == []
	assert whole_ledger()[-1].hash not in {line.hash for line in ledger}


def test_after_a_changed_amount_a_checkpoint_proves_the_rest_again() -> None:
	ledger = list(whole_ledger())
	for at in (20, 150):
		ledger[at] = changed(ledger[at], amount=Decimal("-0.01"))
	assert found(ledger) == [21, 151]


@pytest.mark.parametrize("number", [100, 200])
def test_a_tail_is_read_from_a_checkpoint_and_proven(number: int) -> None:
	ledger = list(whole_ledger())
	whole = resume("C1", ledger)
	assert resume("C1", ledger[number - 1 :]) == whole
	for name, what in {
		"checkpoint": ledger[number - 1].checkpoint.replace("given 1", "given 2"),
		"hash": "f" * 64,
	}.items():
		tail = [replace(ledger[number - 1], **{name: what}), *ledger[number:]]
		with pytest.raises(BrokenLedger) as broken:
			resume("C1", tail)
		assert broken.value.number == number
	with pytest.raises(BrokenLedger):
		resume("C1", ledger[number:])
	with pytest.raises(BrokenLedger):
		resume("C2", ledger)


@pytest.mark.parametrize("checkpoint", ["", "lots", "lots 1, granted to -, given 0.0 to -"])
def test_a_checkpoint_that_is_none(checkpoint: str) -> None:
	ledger = list(whole_ledger())
	tail = [replace(ledger[99], checkpoint=checkpoint), *ledger[100:]]
	with pytest.raises(BrokenLedger):
		resume("C1", tail)
	assert found([*ledger[:99], *tail]) == [100]


def test_an_empty_ledger() -> None:
	assert (resume("C1", []), found([])) == ((Account("C1"), GENESIS), [])


# What nobody changed, but no rule allows: sealed as a server would that cheats.
USE = Entry(2, moment("2026-03-02"), Kind.USE, "C1-1", Decimal("-2.00"), date(2026, 1, 1), date(2026, 12, 31))
GRANT = replace(USE, number=1, at=moment("2026-01-01"), kind=Kind.GRANT, amount=Decimal("10.00"))
BACK = replace(USE, number=3, kind=Kind.RELEASE, amount=Decimal("2.00"), reverses=2)


@pytest.mark.parametrize(
	("entries", "wrong"),
	[
		([replace(USE, at=moment("2027-01-01T00:00"))], "it uses a lot on 2027-01-01"),
		([replace(USE, kind=Kind.EXPIRY, amount=Decimal("-10.00"))], "the lot lapses on 2026-03-02"),
		([USE, replace(BACK, amount=Decimal("1.00"))], "it gives 1.00 to C1-1 for entry 2"),
		([USE, replace(BACK, amount=Decimal("2.01"))], "it gives 2.01 to C1-1 for entry 2"),
		([USE, BACK, replace(BACK, number=4)], "it reverses entry 2, as 3 did"),
		([USE, replace(BACK, reverses=1)], "it reverses a Grant"),
		([USE, BACK, replace(BACK, number=4, kind=Kind.CORRECTION, reverses=3, amount=Decimal("-2.00"))], "it reverses a Release"),
		(
			[
				replace(USE, amount=Decimal("-10.00")),
				replace(BACK, amount=Decimal("10.00"), first_day=date(2026, 1, 2)),
			],
			"the lot runs from 2026-01-02 to 2026-12-31",
		),
	],
)  # fmt: skip
def test_what_the_rules_forbid_is_found_though_the_hashes_hold(entries: list[Entry], wrong: str) -> None:
	findings = list(audit("C1", resealed([GRANT, *entries]), ZONE))
	assert [finding.wrong.wrong for finding in findings] == [wrong]


@given(st.datetimes(datetime(2, 1, 1), datetime(9000, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_a_moment_is_one_text(naive: datetime, minutes: int) -> None:
	at = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
	assert read_moment(moment_text(at)) == at
	assert moment_text(read_moment(moment_text(at))) == moment_text(at)


@pytest.mark.parametrize(
	"text",
	[
		"",
		"2026-01-01",
		"2026-01-01T00:00:00.000000",
		"2026-01-01T00:00:00+00:00000Z",
		"2026-01-01 00:00:00.000000Z",
	],
)
def test_what_is_no_moment(text: str) -> None:
	with pytest.raises(ValueError, match=r"\A"):
		read_moment(text)


@pytest.mark.parametrize("number", [1, 50, 100, 150, 205])
def test_an_account_is_one_text(number: int) -> None:
	account = account_after(Account("C1"), [line.entry for line in whole_ledger()[:number]])
	assert read_account("C1", number, account_text(account), account.at) == account


@pytest.mark.parametrize(
	"text",
	[
		"",
		"lots 1",
		"lots 01, granted to -, given 0.00 to -",
		"lots 1, granted to 2026-02-30, given 0.00 to -",
		"lots 1, granted to -, given 0.00 to -; 1 has 1 from 2026-01-01 to 2026-12-31",
		"lots 1, granted to -, given 0.00 to -; 1 has 1.00 from 2026-01-01 to 2026-12-31;",
		"lots 1, granted to -, given 0.00 to -\n",
	],
)
def test_what_is_no_account(text: str) -> None:
	with pytest.raises(ValueError, match=r"\A"):
		read_account("C1", 1, text)
