"""Work and strippen as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from zoneinfo import ZoneInfo

from crm_support_ext.domain.strippen import NOTHING, Kind
from crm_support_ext.replay.usage import AllWork, ContractYear, Usage
from crm_support_ext.replay.words import columns, count, hours

MOST_ROWS = 20
"""So many contracts, and so many of their years, the terminal shows; the JSON has all entries."""

_KINDS = (Kind.GRANT, Kind.PURCHASE, Kind.CARRY_OVER, Kind.USE, Kind.EXPIRY)


def work_tables(work: AllWork, zone: ZoneInfo) -> Iterator[str]:
	"""How work was settled, what the contracts used, and when their strippen ran out; nothing where there is none."""
	if any(each.pieces for each in work.sums.values()):
		yield _settled(work)
	if work.usages:
		yield _contracts(work.by_use)
	if work.years_out:
		yield _out(work.years_out, zone)


def _settled(work: AllWork) -> str:
	return columns(
		("work", "pieces", "time", "strippen"),
		[
			(name, f"{each.pieces:,}", hours(each.minutes), amount(each.strippen))
			for name, each in work.sums.items()
		],
	)


def _contracts(usages: list[Usage]) -> str:
	"""Those that used most first, and the sum of all."""
	rows = [
		(
			each.contract.name,
			each.contract.customer,
			each.contract.plan.name,
			*(amount(abs(each.sums[kind])) for kind in _KINDS),
			amount(each.left),
		)
		for each in usages[:MOST_ROWS]
	]
	sums = (amount(abs(sum((each.sums[kind] for each in usages), NOTHING))) for kind in _KINDS)
	left = amount(sum((each.left for each in usages), NOTHING))
	rows.append((f"all {len(usages):,}", "", "", *sums, left))
	header = ("contract", "customer", "plan", "granted", "bought", "carried over", "used", "expired", "left")
	return columns(header, rows)


def _out(years: list[ContractYear], zone: ZoneInfo) -> str:
	rows = [
		(
			each.contract.name,
			each.contract.customer,
			str(each.year.first),
			str(each.year.last),
			amount(each.given),
			amount(each.used),
			out_in_words(each, zone),
			f"{each.short:,}",
		)
		for each in years[:MOST_ROWS]
	]
	header = ("contract", "customer", "year from", "to", "there were", "used", "ran out", "too few for")
	table = columns(header, rows)
	more = len(years) - len(rows)
	return f"{table}\nand {count(more, 'contract year', 'contract years')} before" if more else table


def out_in_words(year: ContractYear, zone: ZoneInfo) -> str:
	"""When a contract year ran out, or will."""
	if year.out_at:
		return year.out_at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
	return f"at this pace {year.pace}" if year.pace else "lasts"


def amount(of: Decimal) -> str:
	"""An amount of strippen, with two places."""
	return f"{of:,.2f}"
