"""Shared by the tests of races: jobs in processes of their own, which may be killed in the middle of their work, and
people who press at the same moment."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

import frappe

from tests.harness.bench import SITE

_WORKER = f"""
import os, signal, sys, frappe
from importlib import import_module
frappe.init({SITE!r}); frappe.connect(); frappe.set_user("Administrator")
die_at, done, steps, jobs = int(sys.argv[1]), 0, sys.argv[2].split(), sys.argv[3].split()
def dying(do):
	def and_die(*args):
		global done
		do(*args)
		done += 1
		if done == die_at:
			os.kill(os.getpid(), signal.SIGKILL)
	return and_die
for step in steps:
	module, name = step.rsplit(".", 1)
	module = import_module("crm_support_ext." + module)
	setattr(module, name, dying(getattr(module, name)))
for job in jobs:
	import_module("crm_support_ext.tasks." + job).run()
"""


def start(steps: str, jobs: str, die_at: int = 0) -> subprocess.Popen:
	"""Run these jobs of ``tasks``, one after the other; 0 is no death, else SIGKILL after so many of these steps."""
	command = [sys.executable, "-c", _WORKER, str(die_at), steps, jobs]
	return subprocess.Popen(command, stderr=subprocess.PIPE)


def finish(worker: subprocess.Popen, code: int = 0, seconds: int = 300) -> None:
	"""Wait for a worker, so long at most, which ends with this code."""
	_, errors = worker.communicate(timeout=seconds)
	assert worker.returncode == code, errors.decode()[-2000:]


_PRESS = f"""
import json, sys, frappe
frappe.init({SITE!r}); frappe.connect()
user, method, values = sys.argv[1:]
frappe.set_user(user)
do = frappe.get_attr(method)
print("ready", flush=True)
sys.stdin.readline()
try:
	answer = do(**json.loads(values))
	frappe.db.commit()
	print("done", json.dumps(answer, default=str))
except (frappe.ValidationError, frappe.PermissionError) as refusal:
	print("refused", str(refusal).replace(chr(10), " "))
"""


def at_once(*presses: tuple[str, str, dict[str, Any]]) -> list[str]:
	"""Each of these users calls a method of the API, all at the same moment, each in a process of its own.

	What each is told: "done" and the answer, or "refused" and the sentence. Anything else is a failure.
	"""
	pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
	started = [
		subprocess.Popen([sys.executable, "-c", _PRESS, user, method, json.dumps(values)], text=True, **pipes)
		for user, method, values in presses
	]
	for process in started:
		assert process.stdout.readline() == "ready\n", process.communicate()[1][-2000:]
	for process in started:
		process.stdin.write("go\n")
		process.stdin.flush()
	told = []
	for process in started:
		output, errors = process.communicate(timeout=300)
		assert process.returncode == 0, errors[-2000:]
		told.append(output.strip().splitlines()[-1])
	return told


_STANDING = "SELECT id FROM information_schema.PROCESSLIST WHERE info LIKE %s AND time_ms > 200 AND id != CONNECTION_ID()"


def wait_for_waiter(statement: str, seconds: int = 60) -> None:
	"""Go on when a statement like this of another connection stands since a while: it waits for a lock."""
	until = time.monotonic() + seconds
	while not frappe.db.sql(_STANDING, statement):
		assert time.monotonic() < until, f"nobody waits in {statement}"
		time.sleep(0.05)
