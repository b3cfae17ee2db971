"""A ledger of as many entries as one likes, sealed as the app seals them and inserted at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from itertools import islice

import frappe

from crm_support_ext.constants import LEDGER_CHECK
from crm_support_ext.domain.chain import GENESIS, Sealed, seal
from crm_support_ext.domain.strippen import Account, Entry, Kind
from crm_support_ext.store import ledger_rows

CHUNK = 5000


def fill(contract: str, entries: int, first: date, last: date) -> None:
	"""An allotment of two strippen an entry, and uses of one each, a minute apart, on tickets that never were."""
	sealed = lines(contract, entries, first, last)
	end = None
	while some := list(islice(sealed, CHUNK)):
		ledger_rows.add(contract, some)
		end = some[-1]
	assert end
	frappe.db.delete(LEDGER_CHECK, {"name": contract})
	columns, row = ["name", "contract", "number", "hash"], (contract, contract, end.entry.number, end.hash)
	frappe.db.bulk_insert(LEDGER_CHECK, columns, [row])


def lines(contract: str, entries: int, first: date, last: date) -> Iterator[Sealed]:
	"""The sealed entries."""
	at = datetime(first.year, first.month, first.day, tzinfo=timezone.utc)
	account, previous, lot = Account(contract), GENESIS, f"{contract}-1"
	for number in range(1, entries + 1):
		if number == 1:
			entry = Entry(1, at, Kind.GRANT, lot, Decimal(2 * entries).quantize(Decimal("0.01")), first, last)
		else:
			at += timedelta(minutes=1)
			entry = Entry(number, at, Kind.USE, lot, Decimal("-1.00"), first, last, f"9{number:06}")
		sealed = seal(account, previous, [entry])
		account, previous = account.after(entry), sealed[0].hash
		yield from sealed
