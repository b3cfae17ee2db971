"""A policy with a contract for each customer of a log: what would have been, had each had one.

The plan is the one that is called as what most of the customer's rows hold in a column of the log, such as its
service level. A contract begins on the day of the customer's first row, and all its years are whole.
"""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import TextIOWrapper
from itertools import count
from typing import TextIO
from zoneinfo import ZoneInfo

from crm_support_ext.domain.contracts import anniversary
from crm_support_ext.replay.documents import load
from crm_support_ext.replay.faults import BadInput, Fault, shown
from crm_support_ext.replay.files import open_input
from crm_support_ext.replay.log import read_log
from crm_support_ext.replay.mapping import LogMap
from crm_support_ext.replay.moments import reader
from crm_support_ext.replay.policy import load_policy


@dataclass
class _Customer:
	"""A customer's first day, and in how many of its rows the column holds what."""

	first: date = date.max
	held: Counter[str] = field(default_factory=Counter)

	@property
	def plan(self) -> str:
		"""What most rows hold; of equals the first that came."""
		return self.held.most_common(1)[0][0]


def write_contracts(log: str, log_map: LogMap, policy: str, column: str, out: TextIO) -> None:
	"""Write the policy and after it the contracts. ``column`` is the column of the log that names the plan.

	What is wrong with log or policy, or with the two together, is raised as ``BadInput``.
	"""
	zone = load_policy(policy).zone
	rows = read_log(log, zone, log_map)  # tells what is wrong with it
	document = load(policy)
	if document.content.get("contracts"):
		line = document.line(("contracts",))
		raise BadInput([Fault(policy, line, "it has contracts already", "a policy without contracts")])
	customers = _customers(log, log_map, zone, column) if rows else {}
	plans = document.content.get("plans")
	missing = {each.plan for each in customers.values()} - (
		plans.keys() if isinstance(plans, dict) else set()
	)
	if missing:
		wrong = f"there is no plan {', '.join(map(shown, sorted(missing)))}"
		raise BadInput(
			[Fault(policy, 1, wrong, f"a plan for each {column} that most rows of a customer have")]
		)
	out.write(f"{document.text.rstrip()}\n")
	out.writelines(_tables(customers, rows[-1].at.astimezone(zone).date() if rows else date.min))


def _customers(log: str, log_map: LogMap, zone: ZoneInfo, column: str) -> Mapping[str, _Customer]:
	"""The customers of a log that is known to be sound, in the order of their first rows in the file."""
	found: defaultdict[str, _Customer] = defaultdict(_Customer)
	read_time = reader(log_map.zone or zone, log_map.time_format)
	theirs = {"time": "time", "customer": "customer", **(log_map.columns or {})}
	with open_input(log) as stream:
		table = csv.reader(TextIOWrapper(stream, "utf-8-sig", newline=""))
		header = next(table)
		places = [_place(log, header, name) for name in (theirs["time"], theirs["customer"], column)]
		for values in filter(None, table):
			time, name, plan = (values[place] for place in places)
			if name:
				customer = found[name]
				customer.first = min(customer.first, read_time(time).astimezone(zone).date())
				customer.held[plan] += 1
	return found


def _place(log: str, header: list[str], name: str) -> int:
	if name not in header:
		raise BadInput([Fault(log, 1, f"there is no column {shown(name)}", f"one of {', '.join(header)}")])
	return header.index(name)


def _tables(customers: Mapping[str, _Customer], last: date) -> Iterator[str]:
	for name, customer in customers.items():
		ends = (anniversary(customer.first, years) - timedelta(days=1) for years in count(1))
		end = next(end for end in ends if end >= last)
		called, plan = (json.dumps(text, ensure_ascii=False) for text in (name, customer.plan))
		yield f"\n[contracts.{called}]\ncustomer = {called}\nplan = {plan}\nstart = {customer.first}\nend = {end}\n"
