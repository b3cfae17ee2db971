"""The command line: ``crm-support replay`` and ``crm-support compare`` (replay.md)."""

from __future__ import annotations

import argparse
import sys
from functools import partial

from crm_support_ext.replay.answer import write_json
from crm_support_ext.replay.faults import BadInput
from crm_support_ext.replay.files import write_all
from crm_support_ext.replay.mapping import OURS, load_map
from crm_support_ext.replay.policy import load_policy
from crm_support_ext.replay.simulation import replay


def main(argv: list[str] | None = None) -> int:
	p = argparse.ArgumentParser("crm-support")
	sub = p.add_subparsers(dest="c", required=True)
	r = sub.add_parser("replay")
	r.add_argument("log")
	r.add_argument("--policy")
	r.add_argument("--map")
	r.add_argument("--until")
	r.add_argument("--json")
	args = p.parse_args(argv)
	try:
		policy = load_policy(args.policy)
		result = replay(args.log, policy, load_map(args.map) if args.map else OURS, args.until)
		if args.json:
			write_all({args.json: partial(write_json, result)})
	except BadInput as error:
		print(error, file=sys.stderr)
		return 2
	return 0


if __name__ == "__main__":
	sys.exit(main())
