"""A policy with a contract for each customer of a log: what would have been, had each had one.

The plan is the one that is called as what most of the customer's rows hold in a column of the log, such as its
service level. A contract begins on the day of the customer's first row, and all its years are whole.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import TextIO
from zoneinfo import ZoneInfo

from crm_support_ext.domain.contracts import anniversary
from crm_support_ext.replay.documents import load
from crm_support_ext.replay.faults import BadInput, Fault, shown
from crm_support_ext.replay.files import rows_of
from crm_support_ext.replay.log import Row, read_log
from crm_support_ext.replay.mapping import LogMap
from crm_support_ext.replay.policy import load_policy


@dataclass
class _Customer:
	"""A customer's first day, and in how many of its rows the column holds what."""

	first: date
	held: Counter[str] = field(default_factory=Counter)

	@property
	def plan(self) -> str:
		"""What most rows hold; of equals the first that came."""
		return self.held.most_common(1)[0][0]


def write_contracts(log: str, log_map: LogMap, policy: str, column: str, out: TextIO) -> None:
	"""Write the policy and after it the contracts. ``column`` is the column of the log that names the plan.

	What is wrong with log or policy, or with the two together, is raised as ``BadInput``.
	"""
	known, document = load_policy(policy), load(policy)
	rows = read_log(log, known.zone, log_map)
	if known.terms.contracts:
		line = document.line(("contracts",))
		raise BadInput([Fault(policy, line, "it has contracts already", "a policy without contracts")])
	customers = _customers(rows, _held(log, column), known.zone)
	missing = {each.plan for each in customers.values()} - known.settings.get("plans", {}).keys()
	if missing:
		wrong = f"there is no plan {', '.join(map(shown, sorted(missing)))}"
		expected = f"a plan for each {column} that most rows of a customer have"
		raise BadInput([Fault(policy, 1, wrong, expected)])
	out.write(f"{document.text.rstrip()}\n")
	out.writelines(_tables(customers, rows[-1].at.astimezone(known.zone).date() if rows else date.min))


def _held(log: str, column: str) -> dict[int, str]:
	"""What a column of a log that is known to be sound holds, by line."""
	rows = rows_of(log)
	_, header = next(rows)
	if column not in header:
		expected = f"one of {', '.join(header)}"
		raise BadInput([Fault(log, 1, f"there is no column {shown(column)}", expected)])
	place = header.index(column)
	return {line: values[place] for line, values in rows}


def _customers(rows: Iterable[Row], held: Mapping[int, str], zone: ZoneInfo) -> Mapping[str, _Customer]:
	"""The customers in the order of their first rows."""
	found: dict[str, _Customer] = {}
	for line, row in {row.line: row for row in rows}.items():
		name = row.step.facts.customer
		if name:
			customer = found.setdefault(name, _Customer(row.at.astimezone(zone).date()))
			customer.held[held[line]] += 1
	return found


def _tables(customers: Mapping[str, _Customer], last: date) -> Iterator[str]:
	for name, customer in customers.items():
		ends = (anniversary(customer.first, years) - timedelta(days=1) for years in count(1))
		end = next(end for end in ends if end >= last)
		called, plan = (json.dumps(text, ensure_ascii=False) for text in (name, customer.plan))
		yield f"\n[contracts.{called}]\ncustomer = {called}\nplan = {plan}\nstart = {customer.first}\nend = {end}\n"
