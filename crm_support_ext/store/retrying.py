"""Doing something once more when the database was in its own way: no deadlock and no wait too long reaches a user.

For what a request does as a whole and nothing before it: a deadlock has undone all that its transaction did.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

import frappe

T = TypeVar("T")

TRIES = 8
_WAIT = 0.05


def retried(do: Callable[[], T]) -> T:
	"""What it answers in the end; the error itself if it never comes through."""
	for tried in range(1, TRIES):
		try:
			return do()
		except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
			frappe.db.rollback()
			time.sleep(random.uniform(0, _WAIT * tried))
	return do()
