"""Several people book at once: who is hindered by another waits and is done again, and never sees a deadlock.

A booking locks the contract's row before all else that others lock, so most wait their turn there. What the database
undoes all the same, for the sake of another, is done again from its beginning. Then the locks that it wanted come first
of all: a database may take whatever another has changed since our first look at it for a conflict (MariaDB 11 does), and
who waits for the lock before the first look sees what is there now. What finds, once it holds its lock, that another has
changed what it was decided by begins anew, too, and holds none: it may need another lock now.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from random import random
from typing import Any, TypeVar

import frappe
from frappe import _

TRIES = 6
_PAUSE = 0.05

_CHANGED_SINCE = 1020
"""MariaDB's number for a row that another has changed since the transaction's first look."""

T = TypeVar("T")


class Overtaken(Exception):
	"""What was decided by is no longer so, now that its lock is held: decide again."""


class Busy(frappe.ValidationError):
	"""Others were at it all the time."""

	http_status_code = 503


def patiently(do: Callable[[], T]) -> T:
	"""Do it, all that a request or a job changes; if the database undid that for the sake of another, do it again."""
	frappe.local.cse_wanted_locks = wanted_locks = {}
	for turn in range(1, TRIES + 1):
		try:
			for lock, name in list(wanted_locks):
				lock(name)
			return do()
		except Exception as error:
			if not is_undone(error):
				raise
			if isinstance(error, Overtaken):
				wanted_locks.clear()  # what it decides for now wants its own
			frappe.db.rollback()
			frappe.clear_messages()
			time.sleep(_PAUSE * turn * random())
	frappe.throw(
		_("Others are changing the same all the time; nothing was saved. Please try again."),
		Busy,
		title=_("Not possible"),
	)


def is_undone(error: Exception) -> bool:
	"""Whether it was given up for the sake of another. Frappe 15 does not know the database's newest way of saying so."""
	undone = (Overtaken, frappe.QueryDeadlockError, frappe.QueryTimeoutError)
	return isinstance(error, undone) or error.args[:1] == (_CHANGED_SINCE,)


def wanted(lock: Callable[[str], Any], name: str) -> None:
	"""Remember a lock, for the case that it is all done again."""
	getattr(frappe.local, "cse_wanted_locks", {})[lock, name] = None
