"""The statement of a contract's strippen over a period, for people: opening, every entry with its ticket, closing.

A ticket is a link, with its work in words, for whoever may read that ticket; to others it is its number. The
figures are those of the ledger, whose hashes are proven while they are read (store/ledger.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import urlencode

import frappe
from frappe import _
from frappe.utils import getdate

from crm_support_ext.constants import CONTRACT, WORK_LOG
from crm_support_ext.domain.chain import Sealed
from crm_support_ext.domain.strippen import OPENING, REVERSING, Account, Entry, Kind, end_and_number, walk
from crm_support_ext.services.ports import Head
from crm_support_ext.store import ledger
from crm_support_ext.store.amounts import (
	hours,
	long_date,
	plain,
	short_date,
	signed,
	strippen,
)
from crm_support_ext.store.contract_sheets import year_with
from crm_support_ext.store.contracts import as_rule
from crm_support_ext.store.frames import tickets_seen, tickets_url
from crm_support_ext.store.frappe import site_time

LONG = 1000
"""A statement with more entries is no page, but a file made in the background."""

_DAY = timedelta(days=1)


class Period(NamedTuple):
	"""The days of a statement, both included, and which entries of the ledger lie in them."""

	contract: str
	first: date
	last: date
	before: int
	until: int

	@property
	def count(self) -> int:
		"""How many entries there are."""
		return self.until - self.before

	def opening(self) -> Head:
		"""Where the ledger stood when the period began."""
		return ledger.head_at(self.contract, self.before)

	def closing(self) -> Head:
		"""Where it stood when the period ended."""
		return ledger.head_at(self.contract, self.until)

	def sealed(self) -> Iterator[Sealed]:
		"""What was booked in between, in order, each with its hash."""
		return ledger.entries(self.contract, self.before, self.until)


def period_of(contract: str, first: date, last: date) -> Period:
	"""The entries that were booked on these days, by the clocks of the desk."""
	first, last = min(first, last), max(first, last)
	before = ledger.number_before(contract, _midnight(first))
	return Period(contract, first, last, before, ledger.number_before(contract, _midnight(last + _DAY)))


def _midnight(day: date) -> datetime:
	return datetime.combine(day, time(), ledger.desk_zone())


def this_year(contract: str) -> tuple[date, date]:
	"""The contract year that runs; before the term the first one, after it the last."""
	rule = as_rule(frappe.get_cached_doc(CONTRACT, contract))
	return year_with(rule, getdate())


def address_of(contract: str, first: date | None = None, last: date | None = None, **more: str) -> str:
	"""Where the page of a statement is; without days that of the contract year."""
	days = {"from": first, "to": last} if first and last else {}
	return "/support/statement?" + urlencode({"contract": contract, **days, **more})


def choice_of(contract: str, first: date, last: date) -> dict[str, Any]:
	"""The periods to choose from: this contract year, the one before, all of them, or days of one's own."""
	rule = as_rule(frappe.get_cached_doc(CONTRACT, contract))
	this = year_with(rule, getdate())
	offered = [(_("This contract year"), this)]
	if this[0] > rule.start:
		offered.append((_("Last contract year"), year_with(rule, this[0] - _DAY)))
		offered.append((_("The whole term"), (rule.start, rule.end)))
	return {
		"contract": contract,
		"first": first.isoformat(),
		"last": last.isoformat(),
		"url": address_of(contract, first, last),
		"periods": [
			{"label": label, "url": address_of(contract, *days), "is_here": days == (first, last)}
			for label, days in offered
		],
	}


def rows_of(period: Period, start: Account) -> Iterator[dict[str, str]]:
	"""The entries of a period as people read them, each with the balance after it."""
	lines = walk(start, (sealed.entry for sealed in period.sealed()))
	last: Entry | None = None
	while chunk := list(islice(lines, ledger.CHUNK)):
		facts = _Facts([entry for entry, _after in chunk])
		for entry, after in chunk:
			yield facts.row(entry, after, is_first=not _is_of_same_work(entry, last))
			last = entry


def _is_of_same_work(entry: Entry, last: Entry | None) -> bool:
	"""Work that is paid from several lots has a line for each; its hours stand on the first."""
	return bool(
		last
		and entry.work_log
		and (entry.work_log, entry.kind, entry.at) == (last.work_log, last.kind, last.at)
	)


class _Facts:
	"""What stands beside some entries: which of their tickets the reader may see, and the work that was done."""

	def __init__(self, entries: Iterable[Entry]) -> None:
		tickets = {entry.ticket for entry in entries if entry.ticket}
		logs = {entry.work_log for entry in entries if entry.work_log}
		self.seen = tickets_seen(tickets)
		filters, fields = {"name": ("in", sorted(logs))}, ["name", "minutes", "text"]
		found = frappe.get_all(WORK_LOG, filters=filters, fields=fields) if logs else []
		self.work = {log.name: log for log in found}

	def row(self, entry: Entry, after: Account, *, is_first: bool) -> dict[str, str]:
		"""One entry."""
		log = self.work.get(entry.work_log) if entry.kind is Kind.USE and is_first else None
		may_read = entry.ticket in self.seen
		return {
			"day": short_date(site_time(entry.at)),
			"time": f"{site_time(entry.at):%H:%M}",
			"number": str(entry.number),
			"what": _(entry.kind.value),
			"ticket": entry.ticket,
			"ticket_url": tickets_url(entry.ticket) if may_read else "",
			"text": _about(entry) or (log.text or "" if log and may_read else ""),
			"hours": hours(log.minutes) if log else "",
			"amount": signed(entry.amount),
			"balance": plain(after.balance),
		}


def _about(entry: Entry) -> str:
	"""What is said of an entry that is no work."""
	if entry.kind in OPENING:
		words = _("good from {0} to {1}").format(short_date(entry.first_day), short_date(entry.last_day))
	elif entry.kind in REVERSING:
		words = _("takes back entry {0}").format(entry.reverses)
	elif entry.kind is Kind.EXPIRY:
		words = _("was good until {0}").format(short_date(entry.last_day))
	else:
		return entry.reason
	return _("{0}: {1}").format(words, entry.reason) if entry.reason else words


def lots_in_words(account: Account) -> str:
	"""What is left, lot by lot."""
	lots = sorted(account.lots, key=end_and_number)
	return "; ".join(
		_("{0}, good until {1}").format(strippen(lot.left), long_date(lot.last_day)) for lot in lots
	)
