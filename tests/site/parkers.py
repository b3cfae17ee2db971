"""Processes of their own that park tickets, take them out, move and merge them, as agents at one moment do.

Each is ``python -m tests.site.parkers PLAN`` and answers with a line of JSON: what went wrong, by its kind.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from tests.harness.bench import ROOT, SITE

Step = tuple[str, str, dict[str, Any] | str]
"""``save`` with the ticket and its new values, ``merge`` with the source and the target, or ``press`` with the ticket
and what the button says."""


def at_once(plans: list[list[Step]], *, is_strict: bool = False) -> list[str]:
	"""Let each plan be done by a process, all beginning at the same moment; what went wrong in any of them.

	``is_strict`` is what MariaDB does from version 11.8 on: what another has changed since a transaction's first look is a
	conflict.
	"""
	path = f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
	pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
	started = [
		subprocess.Popen(
			[sys.executable, "-m", "tests.site.parkers", json.dumps(plan), str(int(is_strict))],
			env=os.environ | {"PYTHONPATH": path},
			text=True,
			**pipes,
		)
		for plan in plans
	]
	for process in started:
		assert process.stdout.readline() == "ready\n", process.communicate()[1][-2000:]
	for process in started:
		process.stdin.write("go\n")
		process.stdin.flush()
	wrong = []
	for process in started:
		output, errors = process.communicate(timeout=300)
		assert process.returncode == 0, errors[-2000:]
		wrong += json.loads(output.strip().splitlines()[-1])
	return wrong


def main() -> None:
	"""Do the steps of a plan, each in a transaction of its own."""
	import frappe
	import frappe.client

	frappe.init(SITE)
	frappe.connect()
	frappe.set_user("Administrator")
	if int(sys.argv[2]):
		frappe.db.sql("SET SESSION innodb_snapshot_isolation = ON")
	print("ready", flush=True)
	sys.stdin.readline()
	wrong = []
	for step in json.loads(sys.argv[1]):
		try:
			_do(*step)
			frappe.db.commit()
		except Exception as error:
			frappe.db.rollback()
			wrong.append(f"{step}: {type(error).__name__} {error}")
	print(json.dumps(wrong))


def _do(how: str, ticket: str, what: Any) -> None:
	import frappe
	from helpdesk.helpdesk.doctype.hd_ticket.api import merge_ticket

	from crm_support_ext.api.ticket import act

	if how == "merge":
		merge_ticket(ticket, what)
	elif how == "press":
		act(ticket, **what)
	else:
		frappe.client.set_value("HD Ticket", ticket, what)


if __name__ == "__main__":
	main()
