"""Work, on the agent's ticket page: a stopwatch, how the work will be settled, and logging and withdrawing it.

Nothing else makes or changes a work log: how it is settled is decided here, whoever asks and whatever they send.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import frappe
from frappe import _

from crm_support_ext.api.buttons import Button, Field, answers
from crm_support_ext.constants import BOOKED, RULES, TICKET, WORK_LOG
from crm_support_ext.domain.lifecycle import Actor
from crm_support_ext.domain.results import Refusal
from crm_support_ext.domain.settlement import Place, Role
from crm_support_ext.messages import refuse, sentence
from crm_support_ext.permissions import actor
from crm_support_ext.store import rule_changes, settlement_words, work_logs, work_sums, work_timers
from crm_support_ext.store.amounts import hours, short_time
from crm_support_ext.store.contention import patiently
from crm_support_ext.store.contracts import rules_of, tariff
from crm_support_ext.store.frappe import now, site_time
from crm_support_ext.store.work_logs import Worked

LISTED = 50
"""So many work logs are offered for withdrawal, the latest."""


def _is_ours(doc: Any) -> bool:
	return actor() is not Actor.CUSTOMER


def _asked(doc: Any) -> list[Field]:
	agent, activities = frappe.session.user, sorted(tariff())
	kind, timer = work_logs.kind_of(doc), work_timers.timer_of(str(doc.name), agent)
	kinds = {"": _("any other"), **{name: name for name in activities}}
	roles = {role.value: _(role.value) for role in Role}
	places = {place.value: _(place.value) for place in Place}
	role, began = work_logs.last_role(agent).value, timer.began and timer.began.isoformat()
	return [
		Field("minutes", _("Minutes"), "number", required=True),
		Field("activity", _("Activity"), "select", kinds, default=kind if kind in activities else ""),
		Field("role", _("Worked as"), "select", roles, default=role, required=True),
		Field("place", _("Where"), "select", places, default=Place.REMOTE.value, required=True),
		Field("start", _("Began at (empty: it ended just now)"), "datetime", default=began or ""),
		Field("key", "", "key"),
	]


def _more(doc: Any) -> dict[str, Any]:
	"""What the dialog shows besides its fields (form_scripts/work.js)."""
	timer, sums = work_timers.timer_of(str(doc.name), frappe.session.user), work_sums.hours_of(str(doc.name))
	return {
		"shown": _shown(timer, sums),
		"does": _("Log"),
		"timer": _timer(timer),
		"words": {
			"hours": work_sums.in_words(sums) or _("No work was booked on this ticket yet."),
			"timer": _("Timer"),
			"start": _("Start"),
			"pause": _("Pause"),
			"go_on": _("Go on"),
			"drop": _("Set to zero"),
		},
	}


def _shown(timer: work_timers.Timer, sums: work_sums.Hours) -> str:
	"""The button on the page: with the hours so far, and with the timer if there is one."""
	label = f"{_('Work')} {hours(sums.minutes)}" if sums.minutes else _("Work")
	if timer.runs_since:
		since = site_time(timer.runs_since - timer.taken)
		return _("{0}, timer since {1}").format(label, f"{since:%H:%M}")
	taken = int(timer.taken.total_seconds()) // 60
	return _("{0}, timer at {1}").format(label, hours(taken)) if timer.began else label


def _timer(timer: work_timers.Timer) -> dict[str, Any]:
	return {"seconds": int(timer.shows(now()).total_seconds()), "runs": timer.runs_since is not None}


def _log(doc: Any, words: str, values: Mapping[str, Any]) -> dict[str, str]:
	agent, worked = frappe.session.user, _worked(words, values)

	def book() -> str | Refusal:
		return work_logs.book(doc, worked, agent, now())

	try:
		made = patiently(book)
	except frappe.UniqueValidationError:  # the same press came twice at once; the other was first
		frappe.db.rollback()
		frappe.clear_messages()
		made = patiently(book)
	if isinstance(made, Refusal):
		refuse(made, str(doc.name))
	return {"work_log": made, "said": frappe.db.get_value(WORK_LOG, made, "reason")}


def _worked(words: str, values: Mapping[str, Any]) -> Worked:
	minutes: int = values["minutes"]
	start: datetime = values["start"] or now() - timedelta(minutes=minutes)
	role, place = Role(values["role"]), Place(values["place"])
	return Worked(start, minutes, values["activity"] or "", role, place, words, values["key"] or "")


def _may_withdraw_some(doc: Any) -> bool:
	return _is_ours(doc) and bool(frappe.has_permission(WORK_LOG, "read")) and bool(_withdrawable(doc))


def _withdrawable(doc: Any) -> list[Any]:
	"""The latest work logs of the ticket that the present user sees and that still stand."""
	filters: dict[str, Any] = {
		"ticket": str(doc.name),
		"state": BOOKED,
		"part_of": ("is", "not set"),
	}
	fields = ["name", "start", "minutes", "reason"]
	return frappe.get_list(WORK_LOG, filters, fields, order_by="start desc, creation desc", limit=LISTED)


def _asked_of_withdrawal(doc: Any) -> list[Field]:
	logs = {
		row.name: f"{short_time(row.start)}, {hours(row.minutes)}, {row.reason}" for row in _withdrawable(doc)
	}
	return [Field("log", _("Work"), "select", logs, default=next(iter(logs), ""), required=True)]


def _withdraw(doc: Any, words: str, values: Mapping[str, Any]) -> None:
	withdraw(values["log"], words)


BUTTONS = (
	Button(
		event="work",
		label=lambda: _("Work"),
		prompt=lambda: _("What was done? The customer reads this."),
		is_offered=_is_ours,
		press=_log,
		fields=_asked,
		more=_more,
	),
	Button(
		event="withdraw_work",
		label=lambda: _("Withdraw work"),
		prompt=lambda: _("Why is it withdrawn?"),
		needs_text=True,
		is_offered=_may_withdraw_some,
		press=_withdraw,
		fields=_asked_of_withdrawal,
		is_seldom=True,
	),
)


@frappe.whitelist()
def preview(ticket: str, values: dict | str) -> dict[str, str]:
	"""How work with these values of the dialog would be settled, and why, in a sentence; nothing is saved.

	Answers ``words`` and how they look: ``good``, ``warn``, ``bad`` if it would be refused, or empty.
	"""
	doc = _ticket(ticket)
	fields = [replace(field, required=field.required and field.name != "minutes") for field in _asked(doc)]
	given = answers(fields, values)
	begins = given["minutes"] is None  # then how it begins is shown, so that nobody works before being warned
	said = {**given, "minutes": 1} if begins else given
	seen = work_logs.preview(doc, _worked("", said), now())
	if isinstance(seen, Refusal):
		return {"words": sentence(seen, str(doc.name)), "look": "bad"}
	words = settlement_words.shown(seen.job, seen.settled, seen.left)
	words = _("The first quarter of an hour: {0}").format(words) if begins else words
	return {"words": words, "look": work_logs.look(seen)}


@frappe.whitelist(methods=["POST"])
def timer(ticket: str, move: str) -> dict[str, Any]:
	"""Let the user's timer of a ticket ``start`` or go on, ``pause``, or ``drop`` to zero.

	Answers the ``seconds`` that it shows, whether it ``runs``, and ``paused``: what is said of timers of other tickets.
	"""
	name, agent = str(_ticket(ticket).name), frappe.session.user
	moves = {"start": work_timers.start, "pause": work_timers.pause, "drop": work_timers.drop}
	if move not in moves:
		frappe.throw(_("{0} is no move of a timer. Use one of: {1}.").format(move, ", ".join(moves)))
	others = patiently(lambda: moves[move](name, agent, now()))
	said = _("The timer of {0} stands still now.").format(", ".join(f"#{other}" for other in others or []))
	return {**_timer(work_timers.timer_of(name, agent)), "paused": said if others else ""}


@frappe.whitelist()
def may_withdraw(log: str) -> bool:
	"""Whether the present user may withdraw this work log today."""
	doc = frappe.get_doc(WORK_LOG, log)
	doc.check_permission("read")
	user, is_manager = frappe.session.user, actor() is Actor.MANAGER
	return work_logs.refusal_of(doc, user, now(), is_manager=is_manager) is None


@frappe.whitelist(methods=["POST"])
def withdraw(log: str, reason: str) -> None:
	"""Withdraw a work log, with the other part if it was split; the strippen that it took are given back."""
	frappe.get_doc(WORK_LOG, log).check_permission("read")
	if not reason.strip():
		frappe.throw(_("Write why the work is withdrawn; nothing was changed."))
	user, is_manager = frappe.session.user, actor() is Actor.MANAGER
	refusal = patiently(lambda: work_logs.withdraw(log, reason.strip(), user, now(), is_manager=is_manager))
	if refusal:
		refuse(refusal)


@frappe.whitelist()
def what_would_change(doc: dict | str) -> dict[str, Any]:
	"""What these Settlement Rules would make of the last year's work logs; nothing is saved (store/rule_changes.py)."""
	frappe.has_permission(RULES, "write", throw=True)
	changed = frappe.get_doc(frappe.parse_json(doc))
	if changed.doctype != RULES:
		frappe.throw(_("Only {0} have this preview.").format(_(RULES)))
	changed.run_method("validate")
	return rule_changes.what_would_change(rules_of(changed))


def _ticket(name: str) -> Any:
	"""A ticket that one of us may work on."""
	doc = frappe.get_doc(TICKET, name)
	doc.check_permission("write")
	if not _is_ours(doc):
		raise frappe.PermissionError
	return doc
