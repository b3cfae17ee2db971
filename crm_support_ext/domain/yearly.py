"""The turn of a contract year: what lapses, what is carried over, and what the new year grants.

Rule: domain.md section 6; the exact lines are those of replay.md. At 00:00 of the desk's zone on the first day of each
contract year come, in this order, an Expiry for what is left of each lot that ended, one Carry-over of the sum, at most
what the plan says, if there is a next year, and the Grant of the year's allotment. An entry of 0 is not made.

Ours: a renewal may lengthen a year that the end of the contract had cut. Then the year goes on: on the day after the
old end all that was left is carried over, and the Grant is what the longer year has in addition.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal

from crm_support_ext.domain.booking import Draft, Lines
from crm_support_ext.domain.contracts import Contract, Year
from crm_support_ext.domain.strippen import NOTHING, Account, Entry, Kind, end_and_number, two_places

_DAY = timedelta(days=1)


def yearly(account: Account, contract: Contract, until: datetime, zone: tzinfo) -> Lines:
	"""The lines of the turns up to a moment that the account does not have yet, each at its own moment.

	A turn that is found when later entries are there already, as by a late renewal, is dated as the last of them: a
	ledger is in order of time.
	"""
	lines: list[Entry] = []
	for day in _turns(account, contract, until.astimezone(zone).date()):
		at = datetime.combine(day, time(), zone)
		draft = Draft(account, max(at, account.at) if account.at else at)
		_turn(draft, contract, day)
		account = draft.account
		lines += draft.lines
	return tuple(lines)


def _turns(account: Account, contract: Contract, today: date) -> list[date]:
	"""The days up to today on which a lot has ended, or an allotment is due."""
	days = {lot.last_day + _DAY for lot in account.lots if lot.last_day < today}
	if contract.end < today:
		days.add(contract.end + _DAY)
	for year in contract.years():
		if year.first > today:
			break
		days.add(_due(account, year) or year.first)
	return sorted(day for day in days if day <= today)


def _due(account: Account, year: Year) -> date | None:
	"""The day on which a year's allotment is due, or the rest of it if it was cut before; None: it had all."""
	if account.granted_to is None or account.granted_to < year.first:
		return year.first
	return account.granted_to + _DAY if account.granted_to < year.last else None


def _turn(draft: Draft, contract: Contract, day: date) -> None:
	before, year = draft.account, contract.year_of(day)
	for lot in sorted(before.lots, key=end_and_number):
		if lot.last_day < day:
			draft.add(Kind.EXPIRY, lot.name, -lot.left, (lot.first_day, lot.last_day))
	if year is None:
		return
	carried = _carried(before, contract, year, day)
	if carried:
		draft.open(Kind.CARRY_OVER, carried, (day, year.last))
	granted = contract.allotment(year) if _due(before, year) == day else NOTHING
	if granted and day > year.first:
		granted -= contract.allotment(replace(year, last=day - _DAY))
	if granted > NOTHING:
		draft.open(Kind.GRANT, granted, (day, year.last))


def _carried(before: Account, contract: Contract, year: Year, day: date) -> Decimal:
	"""What goes on: into a new year at most what the plan says, of a year that was lengthened all."""
	ended = [lot for lot in before.lots if lot.last_day < day]
	if day > year.first:  # what ended with the year that was cut, and nothing that was given for fewer days
		return sum((lot.left for lot in ended if lot.last_day == before.given_to), NOTHING)
	return min(sum((lot.left for lot in ended), NOTHING), two_places(contract.plan.carry_over))
