"""Processes of their own that log work on a ticket, as an agent's presses do; each may be killed at any statement.

``python -m tests.site.bookers PLAN`` forks them, lets all begin at the same moment, and writes a line of JSON into the
plan's file for each press: what became of it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from tests.harness.bench import ROOT, SITE

GONE = -signal.SIGKILL


class Press(NamedTuple):
	"""What became of one press: the work log it made, or the words of the refusal and their kind."""

	work_log: str = ""
	refusal: str = ""
	kind: str = ""


def begin(
	file: Path,
	ticket: str,
	processes: int,
	presses: int,
	deaths: list[int] | None = None,
	key: str = "",
	is_strict: bool = False,
) -> subprocess.Popen:
	"""Let so many processes press so often; the nth dies at statement ``deaths[n]``, or never if that is 0.

	With a ``key`` all of them are one press that is repeated. ``is_strict`` is what MariaDB does from version 11.8 on: what
	another has changed since a transaction's first look is a conflict.
	"""
	plan = {
		"file": str(file),
		"ticket": ticket,
		"processes": processes,
		"presses": presses,
		"deaths": deaths or [],
		"key": key,
		"is_strict": is_strict,
	}
	command = [sys.executable, "-m", "tests.site.bookers", json.dumps(plan)]
	path = f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
	return subprocess.Popen(command, stderr=subprocess.PIPE, env=os.environ | {"PYTHONPATH": path})


def finish(bookers: subprocess.Popen, file: Path) -> tuple[list[Press], list[int]]:
	"""What became of the presses, and how the processes ended."""
	_, errors = bookers.communicate(timeout=500)
	assert bookers.returncode == 0, errors.decode()[-3000:]
	lines = [json.loads(line) for line in file.read_text().splitlines()]
	return [Press(*line) for line in lines if isinstance(line, list)], [
		line for line in lines if isinstance(line, int)
	]


def main() -> None:
	"""Fork, let them go, and note how each ended."""
	plan = json.loads(sys.argv[1])
	_warm_up(plan)
	waiting, go = os.pipe()
	children = []
	for number in range(plan["processes"]):
		child = os.fork()
		if not child:
			os.close(go)
			_press(plan, (plan["deaths"] + [0] * plan["processes"])[number], waiting)
			os._exit(0)
		children.append(child)
	os.close(waiting)
	os.close(go)  # now they begin
	ends = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
	for end in ends:
		_note(plan, end)


def _warm_up(plan: dict[str, Any]) -> None:
	"""Book once and undo it: what every process would have to import is there before they are forked."""
	import frappe

	frappe.init(SITE)
	frappe.connect()
	with suppress(frappe.ValidationError):
		_book(plan["ticket"], frappe.generate_hash())
	frappe.db.rollback()
	frappe.destroy()


def _book(ticket: str, key: str) -> dict[str, Any]:
	import frappe

	from crm_support_ext.api.ticket import act

	frappe.set_user("agnes@desk.example")
	values = {"minutes": "15", "role": "helpdesk", "place": "remote", "key": key}
	return act(ticket, "work", "Explained it.", values)


def _press(plan: dict[str, Any], dies_at: int, waiting: int) -> None:
	import frappe

	frappe.init(SITE)
	frappe.connect()
	if plan["is_strict"]:
		frappe.db.sql("SET SESSION innodb_snapshot_isolation = ON")
	os.read(waiting, 1)
	_die(dies_at)
	for _ in range(plan["presses"]):
		try:
			made = _book(plan["ticket"], plan["key"] or frappe.generate_hash())
			frappe.db.commit()
			_note(plan, Press(made["work_log"]))
		except Exception as refusal:
			frappe.db.rollback()
			_note(plan, Press("", str(refusal), type(refusal).__name__))


def _die(at: int) -> None:
	"""Let this process be killed before its nth statement; a commit is one too."""
	import frappe

	send, sent = frappe.db.sql, 0

	def dying(query: Any, *args: Any, **kwargs: Any) -> Any:
		nonlocal sent
		sent += 1
		if sent == at:
			os.kill(os.getpid(), signal.SIGKILL)
		return send(query, *args, **kwargs)

	frappe.db.sql = dying


def _note(plan: dict[str, Any], what: Any) -> None:
	with open(plan["file"], "a") as file:
		file.write(json.dumps(what) + "\n")


if __name__ == "__main__":
	main()
