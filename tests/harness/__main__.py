"""`python -m tests.harness up|down|env|serve|frappe`: see the package's docstring."""

from __future__ import annotations

import argparse
import os
import signal
import sys

from tests.harness import services, site, stage
from tests.harness.bench import HOME, SITE, SITES, Bench, HarnessError, environ, find_bench, make_environment


def main() -> int:
	"""Run one command; 2 if the harness cannot do it."""
	parser = argparse.ArgumentParser(prog="python -m tests.harness")
	parser.add_argument("command", choices=("up", "down", "env", "serve", "frappe"))
	parser.add_argument("--fresh", action="store_true", help="make the site anew")
	parser.add_argument("--schedule", action="store_true", help="serve: start the scheduler as well")
	options, rest = parser.parse_known_args()
	signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
	bench = find_bench()
	if bench is None:
		print("no bench here: set BENCH to the directory of one", file=sys.stderr)
		return 2
	try:
		return run(options, rest, bench)
	except HarnessError as problem:
		print(problem, file=sys.stderr)
		return 2


def run(options: argparse.Namespace, rest: list[str], bench: Bench) -> int:
	"""Do what was asked."""
	if options.command == "up":
		HOME.mkdir(parents=True, exist_ok=True)
		with stage.alone():
			make_environment(bench)
			stage.prepare(bench, services.keep_core_running(), fresh=options.fresh)
	elif options.command == "down":
		services.stop_core(services.find_core()[0])
	elif options.command == "env":
		print(site.shell_lines())
	elif options.command == "frappe":
		if not services.find_core()[0]:
			raise HarnessError("the services are not up: python -m tests.harness up")
		os.chdir(SITES)
		os.execve(site.FRAPPE[0], [str(part) for part in (*site.FRAPPE, "--site", SITE, *rest)], environ())
	else:
		serve(options, bench)
	return 0


def serve(options: argparse.Namespace, bench: Bench) -> None:
	"""The whole site until Ctrl-C; mail goes nowhere and waits in the Email Queue."""
	with stage.staged(bench, fresh=options.fresh) as place:
		with services.running(place.processes() + [services.scheduler()] * options.schedule):
			print(f"{place.url}  Administrator / {site.ADMIN_PASSWORD}  (Ctrl-C ends it)", flush=True)
			signal.pause()


if __name__ == "__main__":
	try:
		sys.exit(main())
	except KeyboardInterrupt:
		sys.exit(130)
