"""How fast the replay is, and how much memory it takes.

The log is the public one if its path is in ``HELPDESK_LOG``, or else one of the same size and shape, made here.
``python -m tests.perf.bench_replay`` tells each figure with its limit, and ends with 1 if one is not kept.
"""

from __future__ import annotations

import csv
import gzip
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import NamedTuple

from crm_support_ext.replay.answer import write_json
from crm_support_ext.replay.contracts_of_log import write_contracts
from crm_support_ext.replay.files import write_all
from crm_support_ext.replay.mapping import load_map
from crm_support_ext.replay.policy import load_policy
from crm_support_ext.replay.simulation import replay
from tests.harness.bench import ROOT
from tests.perf import Row

REPLAY = ROOT / "crm_support_ext" / "replay"
MAP = REPLAY / "maps" / "italian_helpdesk.toml"
MAP_WITH_WORK = REPLAY / "maps" / "italian_helpdesk_with_work.toml"
PLANS = REPLAY / "policies" / "italian_helpdesk.toml"
HEADER = (
	"Case ID,Activity,Resource,Complete Timestamp,Variant,Variant index,Variant,seriousness,customer,product,"
	"responsible_section,seriousness_2,service_level,service_type,support_section,workgroup"
).split(",")
CASES = 4580
MILLION = 1_000_000
TIMES_DICT_READER = 20
MEGABYTES = 1024
TIMES_WITHOUT_CONTRACTS = 2.5
TIMES_PROPORTION = 1.5
"""A million events may take so much longer than in proportion to the log, for what a larger memory costs."""

FORM = "%Y/%m/%d %H:%M:%S.%f"
COURSE = ("Assign seriousness", "Take in charge ticket", "Resolve ticket", "Closed")


class Figure(NamedTuple):
	"""One thing that was measured, the limit that it must keep, and the unit of both."""

	what: str
	measured: float
	limit: float
	unit: str

	@property
	def is_ok(self) -> bool:
		"""Whether the limit is kept."""
		return self.measured <= self.limit


def measure() -> list[Row]:
	"""The rows of the table."""
	return [
		Row(f"{f.what} (limit {f.limit:,.4g} {f.unit})", f"{f.measured:,.3g} {f.unit}") for f in figures()
	]


def figures() -> list[Figure]:
	"""Measure everything."""
	with tempfile.TemporaryDirectory() as directory:
		log = Path(os.environ.get("HELPDESK_LOG") or made_log(Path(directory) / "log.csv.gz"))
		out = Path(directory) / "answer.json"
		reading = best(partial(read, log))
		playing = best(partial(play, log, out))
		policy = with_contracts(log, Path(directory) / "contracts.toml")
		booking = best(partial(play, log, out, MAP_WITH_WORK, policy))
		events = sum(1 for _ in rows_of(log))
		large, times = repeated(log, Path(directory) / "large.csv", events)
		seconds, megabytes = in_a_process(large, out)
	return [
		Figure("The log of a help desk, read, played and written, against csv.DictReader", playing / reading, TIMES_DICT_READER, "times"),
		Figure("The same with work and a contract for each customer, against without", booking / playing, TIMES_WITHOUT_CONTRACTS, "times"),
		Figure(f"{events * times:,} events, against {times} times the time of one log", seconds / playing / times, TIMES_PROPORTION, "times"),
		Figure(f"Memory for {events * times:,} events", megabytes, MEGABYTES, "MiB"),
	]  # fmt: skip


def best(run: Callable[[], object], times: int = 5) -> float:
	"""The shortest of a few runs, in seconds."""
	spent = []
	for _ in range(times):
		start = time.perf_counter()
		run()
		spent.append(time.perf_counter() - start)
	return min(spent)


def read(log: Path) -> int:
	"""Read the log as anybody would."""
	with gzip.open(log, "rt", encoding="utf-8", newline="") as file:
		return sum(1 for _ in csv.DictReader(file))


def play(log: Path, out: Path, log_map: Path = MAP, policy: Path | None = None) -> None:
	"""From the log to the written answer."""
	result = replay(str(log), load_policy(str(policy) if policy else None), load_map(str(log_map)))
	write_all({str(out): partial(write_json, result)})


def with_contracts(log: Path, policy: Path) -> Path:
	"""A policy in which each customer of the log has a contract, by its service level."""
	with policy.open("w", encoding="utf-8") as file:
		write_contracts(str(log), load_map(str(MAP_WITH_WORK)), str(PLANS), "service_level", file)
	return policy


def in_a_process(log: Path, out: Path) -> tuple[float, float]:
	"""The seconds and the mebibytes that the command takes for a log."""
	command = [sys.executable, "-m", "crm_support_ext.replay.cli", "replay", log, "--map", MAP, "--json", out]
	start = time.perf_counter()
	subprocess.run(command, check=True, cwd=ROOT)
	seconds = time.perf_counter() - start
	return seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def rows_of(log: Path) -> Iterator[list[str]]:
	"""The rows of a log without its header."""
	with gzip.open(log, "rt", encoding="utf-8", newline="") as file:
		rows = csv.reader(file)
		next(rows)
		yield from rows


def repeated(log: Path, large: Path, events: int) -> tuple[Path, int]:
	"""The log as often as it takes for a million events, each time under other names and four years later."""
	times = -(-MILLION // events)
	with large.open("w", encoding="utf-8", newline="") as file:
		table = csv.writer(file)
		table.writerow(HEADER)
		for number in range(times):
			for row in rows_of(log):
				table.writerow([f"{row[0]}-{number}", *row[1:3], later(row[3], 1461 * number), *row[4:]])
	return large, times


def later(moment: str, days: int) -> str:
	"""A time of the log so many days later."""
	year, month, rest = moment.split("/")
	day, time_of_day = rest.split(" ")
	return f"{date(int(year), int(month), int(day)) + timedelta(days):%Y/%m/%d} {time_of_day}"


def made_log(path: Path) -> Path:
	"""A log of the size and the shape of the public one."""
	random = Random(4580)
	with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
		table = csv.writer(file)
		table.writerow(HEADER)
		for case in range(CASES):
			table.writerows(made_case(random, case))
	return path


def made_case(random: Random, case: int) -> Iterator[list[str]]:
	"""The rows of one case: mostly the plain course, sometimes waiting and coming back."""
	at = datetime(2010, 1, 13) + timedelta(minutes=random.randrange(3 * 365 * 1440))
	course = list(COURSE)
	for _ in range(random.randrange(3)):
		course[2:2] = random.choice((["Wait"], ["Wait", "Take in charge ticket"], ["Require upgrade"], []))
	facts = [f"Value {random.randrange(1, most)}" for most in (2, 398, 22, 8, 5, 5, 5, 8, 5)]
	for activity in course:
		at += timedelta(minutes=random.randrange(2 * 1440))
		variant = f"Variant {len(course)}"
		when, who = at.strftime(FORM)[:-3], f"Value {random.randrange(1, 23)}"
		yield [f"Case {case}", activity, who, when, variant, str(len(course)), variant, *facts]


def main() -> int:
	"""Tell every figure; the answer is 1 if a limit is not kept."""
	measured = figures()
	for figure in measured:
		state = "ok" if figure.is_ok else "NOT KEPT"
		print(f"{figure.what}: {figure.measured:,.3g} {figure.unit}, limit {figure.limit:,.4g} ({state})")
	return 0 if all(figure.is_ok for figure in measured) else 1


if __name__ == "__main__":
	sys.exit(main())
