"""Every night: put new tickets into groups of those that are alike, and offer the groups that grow (domain.md section 7).

Each piece is a transaction of its own, under one lock, and looks again at what is there; so any number of workers may run,
and be killed, and no ticket is in two groups.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import frappe
from frappe import _
from frappe.utils import getdate

from crm_support_ext.domain.signals import Bounds
from crm_support_ext.store import signals
from crm_support_ext.tasks.pieces import each

PIECE = 200


def run() -> None:
	"""Look at the recent tickets that are in no group, then at the groups that move."""
	today, by = getdate(), signals.bounds()
	if by:
		_in_pieces(signals.unassigned(today, by), lambda names: _assign(names, today, by))
		_in_pieces(signals.moving(), lambda names: _refresh(names, today, by))


def _in_pieces(names: list[str], do: Callable[[list[str]], None]) -> None:
	pieces = {names[at]: names[at : at + PIECE] for at in range(0, len(names), PIECE)}
	failed: list[str] = []
	each(pieces, lambda first: do(pieces[first]), lambda first, _: failed.extend(pieces[first]))
	each(failed, lambda name: do([name]), _report)  # one that cannot be dealt with hinders no other


def _assign(names: list[str], today: date, by: Bounds) -> None:
	signals.alone()
	signals.assign(names, today, by)


def _refresh(names: list[str], today: date, by: Bounds) -> None:
	signals.alone()
	signals.refresh(names, today, by)


def _report(name: str, error: Exception) -> None:
	frappe.log_error(title=_("Signals: {0} cannot be dealt with").format(name))
