"""Run all tests of this checkout: `make test`, and what CI calls.

	python -m tests.run                        everything; needs nothing but .venv, uses a bench if there is one
	python -m tests.run --only site -k timer   one part (pure, site, e2e); what follows goes to pytest
	python -m tests.run --fresh                make the test site anew first

A whole run writes build/test-report.json. The last line says how many tests passed, failed and were skipped, and the exit
code is 1 if any failed. Without a bench the tests that need a site are left out, loudly.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from pathlib import Path

from tests.harness import services
from tests.harness.bench import LOGS, PYTHON, ROOT, SITES, Bench, HarnessError, find_bench
from tests.harness.stage import Stage, staged

PURE = ("domain", "services", "replay", "contract")
NOTHING_COLLECTED = 5


@dataclass
class Count:
	"""How many tests ended how."""

	passed: int = 0
	failed: int = 0
	skipped: int = 0

	def __add__(self, other: Count) -> Count:
		return Count(*(mine + its for mine, its in zip(astuple(self), astuple(other), strict=True)))

	def __str__(self) -> str:
		return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def main() -> int:
	"""Run what was asked for and say how it went."""
	parser = argparse.ArgumentParser(prog="python -m tests.run", description="Other options go to pytest.")
	parser.add_argument("--only", choices=("pure", "site", "e2e"), help="run one part")
	parser.add_argument("--fresh", action="store_true", help="make the test site anew")
	options, extra = parser.parse_known_args()
	for sign in (signal.SIGTERM, signal.SIGHUP):
		signal.signal(sign, lambda number, _: sys.exit(128 + number))
	bench, count = find_bench(), Count()
	if options.only in (None, "pure"):
		count += pytest("pure", [f"tests/{part}" for part in PURE], sys.executable, ROOT, os.environ, extra)
	if options.only != "pure":
		count += on_a_site(bench, options, extra) if bench else without_a_site(options.only)
	if not options.only and not extra:
		write_report(count, site=bool(bench))
	print(count)
	return 1 if count.failed else 0


def on_a_site(bench: Bench, options: argparse.Namespace, extra: list[str]) -> Count:
	"""The tests on a site, then those through a web server. If the site does not come up, that is a failure."""
	count = Count()
	try:
		with staged(bench, fresh=options.fresh) as stage:
			if options.only in (None, "site"):
				count += pytest("site", ["tests/site"], PYTHON, SITES, stage.environ, extra)
			if options.only in (None, "e2e"):
				count += end_to_end(stage, extra)
	except HarnessError as problem:
		shout(f"FAILED: a bench was found at {bench.path}, but the test site cannot be used:", str(problem))
		count += Count(failed=1)
	return count


def end_to_end(stage: Stage, extra: list[str]) -> Count:
	"""The tests through a web server, with a worker for the jobs they cause."""
	with services.running(stage.processes()):
		return pytest("e2e", ["tests/e2e"], PYTHON, SITES, stage.environ, extra)


def without_a_site(only: str | None) -> Count:
	"""No bench on this machine: fine for a whole run, not if exactly these tests were asked for."""
	shout(
		"NO BENCH FOUND: tests/site and tests/e2e WERE NOT RUN.",
		"Only the tests that need no framework ran. Set BENCH to the directory of a bench",
		"with Frappe, Telephony and Helpdesk in it (default: ~/frappe-bench) to run them all.",
	)
	return Count(failed=1 if only else 0)


def pytest(
	name: str,
	paths: list[str],
	python: str | Path,
	cwd: Path,
	environ: Mapping[str, str],
	extra: list[str],
) -> Count:
	"""One pytest run over those of the paths that exist; a run that breaks counts as a failure."""
	there = [str(ROOT / path) for path in paths if (ROOT / path).is_dir()]
	result = ROOT / "build" / f"junit-{name}.xml"
	result.parent.mkdir(parents=True, exist_ok=True)
	result.unlink(missing_ok=True)
	print(f"\n== {name} tests", flush=True)
	command = [python, "-m", "pytest", "-c", ROOT / "pyproject.toml", "--rootdir", ROOT, "-q"]
	done = subprocess.run(
		[*command, f"--junitxml={result}", *there, *extra],
		cwd=cwd,
		env={**environ, "PYTHONUNBUFFERED": "1"},
		stdin=subprocess.DEVNULL,
	)
	count = read_result(result)
	if done.returncode not in (0, NOTHING_COLLECTED) and not count.failed:
		shout(
			f"FAILED: the {name} tests broke off with exit code {done.returncode}; service logs are in {LOGS}"
		)
		count += Count(failed=1)
	return count


def read_result(result: Path) -> Count:
	"""The numbers in a JUnit file; errors are failures."""
	if not result.exists():
		return Count()
	count = Count()
	for suite in ElementTree.parse(result).getroot().iter("testsuite"):
		tests, failures, errors, skipped = (
			int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")
		)
		failed = failures + errors
		count += Count(max(tests - failed - skipped, 0), failed, skipped)
	return count


def write_report(count: Count, *, site: bool) -> None:
	"""What was tested and how it went, for machines."""
	report = {
		"commit": git("rev-parse", "HEAD").strip(),
		"dirty": bool(git("status", "--porcelain").strip()),
		"passed": count.passed,
		"failed": count.failed,
		"skipped": count.skipped,
		"site": site,
	}
	(ROOT / "build" / "test-report.json").write_text(json.dumps(report, indent="\t") + "\n")


def git(*arguments: str) -> str:
	"""What git says; nothing where there is no git."""
	try:
		return subprocess.run(["git", "-C", ROOT, *arguments], capture_output=True, text=True).stdout
	except FileNotFoundError:
		return ""


def shout(*lines: str) -> None:
	"""Say something that nobody can overlook."""
	print("", "=" * 100, *lines, "=" * 100, "", sep="\n", flush=True)


if __name__ == "__main__":
	try:
		sys.exit(main())
	except KeyboardInterrupt:
		sys.exit(130)
