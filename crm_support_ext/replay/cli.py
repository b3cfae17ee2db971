"""The command line: ``crm-support replay``, ``compare`` and ``contracts`` (replay.md), ``verify`` (ledger.md).

Exit code 0: done. 1: the site cannot be reached. 2: bad input, told in one line per fault, and nothing written.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
from collections.abc import Callable
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from crm_support_ext.replay.answer import Result, write_json
from crm_support_ext.replay.compare import comparison, write_differences
from crm_support_ext.replay.contracts_of_log import write_contracts
from crm_support_ext.replay.faults import BadInput, Fault, shown
from crm_support_ext.replay.files import STANDARD, write_all
from crm_support_ext.replay.log import read_log
from crm_support_ext.replay.mapping import OURS, LogMap, load_map
from crm_support_ext.replay.policy import load_policy
from crm_support_ext.replay.simulation import end_of, replay
from crm_support_ext.replay.terminal import receipt, tables


def main(argv: list[str] | None = None) -> int:
	"""Run a command; the answer is the exit code."""
	parser = _parser()
	arguments = parser.parse_args(argv)
	for stream in (sys.stdout, sys.stderr):
		if isinstance(stream, TextIOWrapper):
			stream.reconfigure(encoding="utf-8", errors="backslashreplace")
	try:
		code: int = arguments.run(arguments, parser)
		sys.stdout.flush()
	except BadInput as error:
		print(error, file=sys.stderr)
		return 2
	except KeyboardInterrupt:
		print("Stopped. Nothing is half done; start the same command again to go on.", file=sys.stderr)
		return 130
	except BrokenPipeError:  # the reader has seen enough
		os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
		return 0
	return code


def _parser() -> argparse.ArgumentParser:
	parser = argparse.ArgumentParser(
		"crm-support", description="The rules of the support desk on a log, without a site."
	)
	commands = parser.add_subparsers(required=True, metavar="COMMAND")
	_describe_replay(commands.add_parser("replay", help="play a log and say what the rules make of it"))
	_describe_compare(commands.add_parser("compare", help="play a log by two policies and say what differs"))
	_describe_contracts(
		commands.add_parser("contracts", help="write a policy in which each customer of a log has a contract")
	)
	check = commands.add_parser(
		"verify", help="recompute the chain and the balances of a statement of strippen"
	)
	check.set_defaults(run=_verify)
	check.add_argument("statement", metavar="STATEMENT.csv", help="a statement as it was downloaded")
	return parser


def _describe_replay(play: argparse.ArgumentParser) -> None:
	play.set_defaults(run=_replay)
	_add_log(play)
	play.add_argument("--policy", metavar="POLICY.toml", help="the numbers of the desk, if not the default")
	_add_reading(play)
	play.add_argument("--json", metavar="FILE", help="write the answer as JSON; - is standard output")
	play.add_argument("--html", metavar="FILE", help="write the answer as a page")
	play.add_argument(
		"--receipt", metavar="TICKET", help="show the intervals that a ticket spent in each status"
	)
	play.add_argument("--to", metavar="URL", help="play the log into this site instead")
	play.add_argument("--key", help="the API key of a System Manager of the site")
	play.add_argument("--secret", help="the API secret that goes with it")
	play.add_argument("--limit", type=_positive, metavar="N", help="only the first N tickets, into the site")


def _describe_compare(two: argparse.ArgumentParser) -> None:
	two.set_defaults(run=_compare)
	_add_log(two)
	two.add_argument("policies", nargs=2, metavar="POLICY.toml", help="the policies A and B")
	_add_reading(two)
	two.add_argument("--json", metavar="FILE", help="write every difference as JSON; - is standard output")
	two.add_argument("--html", metavar="FILE", help="write a page that shows both beside each other")


def _describe_contracts(make: argparse.ArgumentParser) -> None:
	make.set_defaults(run=_contracts)
	_add_log(make)
	make.add_argument(
		"--policy", metavar="PLANS.toml", required=True, help="a policy with plans, no contracts"
	)
	make.add_argument(
		"--by", metavar="COLUMN", required=True, help="the column of the log that names the plan"
	)
	make.add_argument("--map", metavar="MAP.toml", help="how a foreign log is to be read")
	make.add_argument("--out", metavar="FILE", default=STANDARD, help="where to; - is standard output")


def _add_log(parser: argparse.ArgumentParser) -> None:
	parser.add_argument("log", metavar="LOG", help="CSV, also packed as .gz; - is standard input")


def _add_reading(parser: argparse.ArgumentParser) -> None:
	parser.add_argument(
		"--map", metavar="MAP.toml", help="how a foreign log is to be read; italian_helpdesk comes along"
	)
	parser.add_argument("--until", metavar="TIME", help="when the log ends, if not at its last event")


def _positive(text: str) -> int:
	number = int(text)
	if number < 1:
		raise ValueError(text)
	return number


def _map(arguments: argparse.Namespace) -> LogMap:
	return load_map(arguments.map) if arguments.map else OURS


def _replay(arguments: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
	if arguments.to:
		if not (arguments.key and arguments.secret):
			parser.error("--to needs --key and --secret")
		if arguments.json or arguments.html or arguments.receipt:
			parser.error("--to plays into a site; --json, --html and --receipt are for a replay here")
		return _upload(arguments)
	if arguments.key or arguments.secret or arguments.limit:
		parser.error("--key, --secret and --limit go with --to")
	outputs = [path for path in (arguments.json, arguments.html) if path]
	if len(set(outputs)) < len(outputs) or (STANDARD in outputs and arguments.receipt):
		parser.error("two outputs to one place")
	policy, log_map = load_policy(arguments.policy), _map(arguments)
	result = replay(arguments.log, policy, log_map, arguments.until)
	said = _receipt(arguments, result) if arguments.receipt else None
	writers: dict[str, Callable[[TextIO], None]] = {}
	if arguments.json:
		writers[arguments.json] = partial(write_json, result)
	if arguments.html:
		from crm_support_ext.replay.page import write_page

		writers[arguments.html] = partial(write_page, result, _title(arguments.log))
	write_all(writers)
	if said or not writers:
		print(said or tables(result))
	return 0


def _receipt(arguments: argparse.Namespace, result: Result) -> str:
	ticket = result.tickets.get(arguments.receipt)
	if ticket is None:
		wrong = f"there is no ticket {shown(arguments.receipt)}"
		raise BadInput([Fault(arguments.log, 1, wrong, "the name of a ticket of the log, or of a follow-up")])
	return receipt(result, ticket)


def _title(log: str) -> str:
	return "Standard input" if log == STANDARD else Path(log).name


def _compare(arguments: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
	if arguments.json and arguments.json == arguments.html:
		parser.error("two outputs to one place")
	policies = [load_policy(path) for path in arguments.policies]
	log_map = _map(arguments)
	a, b = (replay(arguments.log, policy, log_map, arguments.until) for policy in policies)
	writers: dict[str, Callable[[TextIO], None]] = {}
	if arguments.json:
		writers[arguments.json] = partial(write_differences, a, b)
	if arguments.html:
		from crm_support_ext.replay.compare_page import write_comparison

		names = (Path(arguments.policies[0]).name, Path(arguments.policies[1]).name)
		writers[arguments.html] = partial(write_comparison, a, b, _title(arguments.log), names)
	write_all(writers)
	if not writers:
		print(comparison(a, b))
	return 0


def _verify(arguments: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
	from crm_support_ext.replay.verify import in_words, verify

	print(in_words(verify(arguments.statement)))
	return 0


def _contracts(arguments: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
	writer = partial(write_contracts, arguments.log, _map(arguments), arguments.policy, arguments.by)
	write_all({arguments.out: writer})
	return 0


def _upload(arguments: argparse.Namespace) -> int:
	from crm_support_ext.replay.upload import NoConnection, Site, SiteError, first_tickets, upload

	policy, log_map = load_policy(arguments.policy), _map(arguments)
	digest = hashlib.sha256()
	log = read_log(arguments.log, policy.zone, log_map, digest.update)
	rows, end = first_tickets(log, arguments.limit), end_of(log, arguments.until, policy)
	if end is None:
		print("The log is empty.")
		return 0
	site = Site(arguments.to, arguments.key, arguments.secret)
	try:
		zone = log_map.zone or policy.zone
		tally = upload(site, digest.hexdigest()[:16], rows, end, policy.timing, _tell, zone)
	except SiteError as error:
		print(error, file=sys.stderr)
		return 2
	except NoConnection as error:
		print(error, file=sys.stderr)
		return 1
	if sys.stderr.isatty():
		print(file=sys.stderr)
	print(f"{tally.played:,} rows played, {tally.skipped:,} there already, {len(tally.refused):,} refused.")
	return 0


def _tell(sent: int) -> None:
	if sys.stderr.isatty():
		print(f"\r{sent:,} rows sent", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
	sys.exit(main())
