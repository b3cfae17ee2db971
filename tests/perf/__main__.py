"""Measure, and write the table: `python -m tests.perf`."""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

import crm_support_ext
from tests.harness.bench import HOME, LENT_APPS, PYTHON, ROOT, SITES, Bench, HarnessError, find_bench
from tests.harness.services import find_program
from tests.harness.stage import staged
from tests.perf import Row

PAGE = ROOT / "docs" / "benchmarks.md"
WITHOUT_A_SITE = {"Replay": "bench_replay", "Working time": "bench_calendar"}
ON_A_SITE = {
	"Working time on a site": "bench_stock_calendar",
	"On a site": "bench_site",
	"Tickets under a contract": "bench_contracts",
	"Ledgers": "bench_ledger",
	"Parked items": "bench_parked",
}
INTRODUCTION = """# Benchmarks

Written by `make bench`. Figures of one machine: compare rows with each other, not with another machine's.
"""


def main() -> int:
	"""Measure everything that can be measured here and write the page."""
	if len(sys.argv) == 3:
		return hand_over(sys.argv[1], Path(sys.argv[2]))
	bench = find_bench()
	tables = {title: rows_of(f"tests.perf.{module}") for title, module in WITHOUT_A_SITE.items()}
	if bench:
		try:
			tables |= site_tables(bench)
		except HarnessError as problem:
			print(f"The site's rows cannot be measured: {problem}", file=sys.stderr)
			return 1
	else:
		print("No bench found: the rows on a site are left out.", file=sys.stderr)
	page = [INTRODUCTION, bullets(machine() | versions(bench))]
	page += [f"## {title}\n\n{table(rows)}" for title, rows in tables.items() if rows]
	PAGE.write_text("\n".join(page))
	print(PAGE.read_text())
	return 0


def rows_of(module: str) -> list[Row]:
	"""The rows of one module, if it is there."""
	if importlib.util.find_spec(module) is None:
		return []
	return [Row(*row) for row in importlib.import_module(module).measure()]


def hand_over(module: str, file: Path) -> int:
	"""In another Python: measure and leave the rows in a file."""
	file.write_text(json.dumps(rows_of(module)))
	return 0


def site_tables(bench: Bench) -> dict[str, list[Row]]:
	"""Measure on the test site, in its own Python."""
	file = HOME / "rows.json"
	tables = {}
	with staged(bench) as stage:
		for title, module in ON_A_SITE.items():
			command = [PYTHON, "-m", "tests.perf", f"tests.perf.{module}", file]
			if subprocess.run(command, cwd=SITES, env=stage.environ, stdin=subprocess.DEVNULL).returncode:
				raise HarnessError(f"{module} broke off")
			tables[title] = [Row(*row) for row in json.loads(file.read_text())]
	return tables


def machine() -> dict[str, str]:
	"""The kind of machine, without anything that tells which one."""
	information = Path("/proc/cpuinfo")
	models = (
		re.findall(r"^model name\s*:\s*(.+)$", information.read_text(), re.M) if information.exists() else []
	)
	memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
	return {
		"Processor": models[0] if models else platform.machine(),
		"Cores": str(os.cpu_count()),
		"Memory": f"{memory:.0f} GiB",
	}


def versions(bench: Bench | None) -> dict[str, str]:
	"""What was measured."""
	found = {"CRM Support Ext": crm_support_ext.__version__, "Python (replay)": platform.python_version()}
	if bench:
		found["Python (site)"] = bench.ask("import platform; print(platform.python_version())")
		for app in LENT_APPS:
			found[app.title()] = bench.ask(f"import {app}; print({app}.__version__)")
		answer = subprocess.run(
			[find_program("mariadbd", "mysqld"), "--version"], capture_output=True, text=True
		)
		found["MariaDB"] = "".join(re.findall(r"Ver (\d[\d.]*)", answer.stdout)[:1])
	return found


def bullets(facts: dict[str, str]) -> str:
	"""Facts as a list."""
	return "".join(f"- {name}: {value}\n" for name, value in facts.items())


def table(rows: list[Row]) -> str:
	"""Rows as a table; the stock helpdesk has a column if it does any of it."""
	columns = 3 if any(row.stock for row in rows) else 2
	head = ("What", "With the app", "Stock helpdesk")[:columns]
	lines = [head, ("---",) * columns, *(row[:columns] for row in rows)]
	return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
	sys.exit(main())
