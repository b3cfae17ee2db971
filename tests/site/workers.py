"""Shared by the tests of races: a job in a process of its own, which may be killed in the middle of its work."""

from __future__ import annotations

import subprocess
import sys

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
