"""Several people book at once: who is hindered by another waits and is done again, and never sees a deadlock.

A booking locks the contract's row before all else, so most wait their turn there. What the database undoes all the
same, for the sake of another, is done again from its beginning.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from random import random
from typing import TypeVar

import frappe
from frappe import _

TRIES = 6
_PAUSE = 0.05

T = TypeVar("T")


class Busy(frappe.ValidationError):
	"""Others were at it all the time."""

	http_status_code = 503


def patiently(do: Callable[[], T]) -> T:
	"""Do it, all that a request or a job changes; if the database undid that for the sake of another, do it again."""
	for turn in range(1, TRIES + 1):
		try:
			return do()
		except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
			frappe.db.rollback()
			frappe.clear_messages()
			time.sleep(_PAUSE * turn * random())
	frappe.throw(
		_("Others are booking on this contract all the time; nothing was saved. Please try again."),
		Busy,
		title=_("Not possible"),
	)
