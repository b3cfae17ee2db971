"""A release goes out: its items are released, and everybody who waits for them is answered in the background.

Who is answered how is judged ticket by ticket (store/answers.py); here is what is done with a release as a whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

import frappe
from frappe.query_builder.functions import Count

from crm_support_ext.constants import INSTALLATION, PARKED_ITEM, PARKING, RELEASE
from crm_support_ext.domain.decisions import Decision, State
from crm_support_ext.domain.releases import Judgement, Release, Stage, Step, Verdict, decide, judge
from crm_support_ext.domain.results import Refusal
from crm_support_ext.store import decisions
from crm_support_ext.store.answers import due
from crm_support_ext.store.frappe import site_time
from crm_support_ext.store.installations import answer_soon, as_rule, lines, release_of


def go_out(name: str, at: datetime, by: str) -> Stage | Refusal:
	"""Release all that is planned for this release, and let everybody who waits for it be answered."""
	release = release_of(name, for_update=True)
	upgrade = frappe.db.get_value(RELEASE, release.update_of, "state") if release.update_of else None
	after = decide(Stage(release.state), Step.GO_OUT, Stage(upgrade) if upgrade else None)
	if isinstance(after, Refusal):
		return after
	_keep(name, after, out_at=site_time(at))
	for item in planned_for(name):
		outcome = decisions.decide(item, Decision.RELEASE, at, by=by, release=name)
		if isinstance(outcome, Refusal):
			return outcome
	answer_soon()
	return after


def stop(name: str) -> Stage | Refusal:
	"""Answer nobody else for now; who was answered, was answered."""
	return _step(name, Step.STOP)


def go_on(name: str) -> Stage | Refusal:
	"""Answer the others as well."""
	after = _step(name, Step.GO_ON)
	answer_soon()
	return after


def _step(name: str, step: Step) -> Stage | Refusal:
	after = decide(Stage(release_of(name, for_update=True).state), step)
	if isinstance(after, Stage):
		_keep(name, after)
	return after


def _keep(name: str, stage: Stage, **more: Any) -> None:
	frappe.db.set_value(RELEASE, name, {"state": stage.value, **more})


def planned_for(name: str) -> list[str]:
	"""The items that are planned for a release."""
	return frappe.get_all(
		PARKED_ITEM, {"release": name, "state": State.PLANNED.value}, pluck="name", order_by="name"
	)


def finish() -> None:
	"""The releases of which everybody was told are out."""
	for name in frappe.get_all(RELEASE, {"state": Stage.GOING_OUT.value}, pluck="name"):
		release = release_of(name, for_update=True)
		if release.state == Stage.GOING_OUT.value and not _left(name):
			_keep(name, Stage.OUT)


class Progress(NamedTuple):
	"""How far the answers of a release are, in tickets; ``failed`` are those of the ones left that could not be answered."""

	state: str
	done: int
	left: int
	failed: int


def progress(name: str) -> Progress:
	"""How far the answers of a release are."""
	state = frappe.db.get_value(RELEASE, name, "state")
	left = _left(name)
	done = frappe.db.count(PARKING, {"release": name, "judge_again": 0})
	return Progress(state, done, len(left), sum(bool(row.job_error) for row in left))


def _left(name: str) -> list[Any]:
	query, rows, items = due(whatever_the_stage=True)
	return query.select(rows.job_error).where(items.release == name).run(as_dict=True)


class Expected(NamedTuple):
	"""What a release will mean for how many tickets of how many customers."""

	verdict: Verdict
	tickets: int
	customers: int


def preview(name: str) -> list[Expected]:
	"""What the release would mean, if it went out now, for those who wait for what is planned for it."""
	release = release_of(name)
	rule, known = as_rule(release), lines(release.product)
	if rule.is_upgrade and rule.version not in known:
		known.append(rule.version)
	installed = _lines_by_customer(release.product)
	tickets: Counter[Verdict] = Counter()
	customers: Counter[Verdict] = Counter()
	for customer, number in _waiting(name):
		verdict = _judged(known, rule, installed.get(customer)).verdict
		tickets[verdict] += number
		customers[verdict] += bool(customer)
	return [
		Expected(verdict, tickets[verdict], customers[verdict]) for verdict in Verdict if tickets[verdict]
	]


def _judged(known: list[str], rule: Release, line: str | None) -> Judgement:
	"""The judgement; an update whose upgrade is not out yet is refused when it goes out, and counts as unknown here."""
	judgement = judge(known, rule, line)
	return Judgement(Verdict.VERSION_UNKNOWN) if isinstance(judgement, Refusal) else judgement


def _waiting(name: str) -> Iterable[tuple[str | None, int]]:
	rows, items = frappe.qb.DocType(PARKING), frappe.qb.DocType(PARKED_ITEM)
	return (
		frappe.qb.from_(rows)
		.join(items)
		.on(items.name == rows.item)
		.select(rows.customer, Count("*"))
		.where(rows.until.isnull() & (items.release == name) & (items.state == State.PLANNED.value))
		.groupby(rows.customer)
	).run()


def _lines_by_customer(product: str) -> dict[str, str]:
	releases = frappe.get_all(RELEASE, {"product": product}, ["name", "version", "update_of"])
	versions = {row.name: row.version for row in releases}
	line_of = {row.name: versions[row.update_of] if row.update_of else row.version for row in releases}
	found = frappe.get_all(INSTALLATION, {"product": product}, ["customer", "release"])
	return {row.customer: line_of[row.release] for row in found if row.release in line_of}
