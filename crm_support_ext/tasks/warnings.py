"""Every minute: notice which targets run out, and tell who must know (domain.md section 2, Warnings).

Each piece of work is claimed by a row and done in a transaction of its own, its mail among it; so any number of
workers may run, and be killed, and nobody is told twice or forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import frappe

from crm_support_ext.constants import TARGET, TARGET_WARNING, TICKET
from crm_support_ext.store import warnings
from crm_support_ext.store.frappe import now, site_time
from crm_support_ext.tasks.pieces import each


def run() -> None:
	"""Notice; tell at once, or in a digest; tell the managers what nobody acknowledged."""
	at = now()
	_each(warnings.to_notice(at), lambda name: _ticket(name, at) and warnings.notice(name, at))
	_each(warnings.waiting_at_once(at), lambda name: _waiting([name]) and warnings.tell_at_once(name, at))
	due = warnings.digests_due(at)
	_each(due, lambda user: _user(user) and warnings.tell_in_digest(user, _waiting(due[user]), at))
	_each(warnings.to_tell_manager(at), lambda name: _unseen(name) and warnings.tell_manager(name, at))


def _each(names: Iterable[str], do: Callable[[str], Any]) -> None:
	each(names, do, lambda name, error: warnings.set_aside(name, error, now()))


def _ticket(name: str, at: datetime) -> Any:
	"""Claim a ticket that has something to be noticed; in the order in which a save of the ticket locks, ticket first."""
	tickets, targets = frappe.qb.DocType(TICKET), frappe.qb.DocType(TARGET)
	ticket = frappe.qb.from_(tickets).select(tickets.name).where(tickets.name == name)
	is_due = (targets.name == name) & (targets.next_warning_at <= site_time(at))
	target = frappe.qb.from_(targets).select(targets.name).where(is_due)
	return ticket.for_update(skip_locked=True).run() and target.for_update(skip_locked=True).run()


def _waiting(names: list[str]) -> list[str]:
	"""Claim those of the warnings that still wait and that no other worker has; one by one, to lock no others."""
	rows, mine = frappe.qb.DocType(TARGET_WARNING), []
	for name in names:
		query = frappe.qb.from_(rows).select(rows.name)
		query = query.where((rows.name == name) & (rows.state == warnings.WAITING))
		mine += query.for_update(skip_locked=True).run(pluck=True)
	return mine


def _user(name: str) -> Any:
	"""Claim a user: two digests at once would be one too many."""
	users = frappe.qb.DocType("User")
	query = frappe.qb.from_(users).select(users.name).where(users.name == name)
	return query.for_update(skip_locked=True).run()


def _unseen(name: str) -> Any:
	"""Claim a warning that nobody has acknowledged and no manager was told of."""
	rows = frappe.qb.DocType(TARGET_WARNING)
	mine = (rows.name == name) & rows.acknowledged_at.isnull() & rows.manager_due_at.isnotnull()
	return frappe.qb.from_(rows).select(rows.name).where(mine).for_update(skip_locked=True).run()
