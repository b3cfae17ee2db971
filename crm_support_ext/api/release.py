"""Release, Stop and Go on, on the form of a Software Release."""

from __future__ import annotations

from typing import Any

import frappe

from crm_support_ext.constants import RELEASE
from crm_support_ext.domain.results import Refusal
from crm_support_ext.messages import refuse
from crm_support_ext.permissions import is_product_director
from crm_support_ext.store import releases
from crm_support_ext.store.contention import patiently
from crm_support_ext.store.frappe import now
from crm_support_ext.store.release_words import what_they_hear


@frappe.whitelist()
def preview(release: str) -> dict[str, Any]:
	"""What the release would mean: ``items`` that are planned for it, and ``answers``, rows of words, tickets and
	customers for each answer."""
	_check(release, "read")
	rows = releases.preview(release)
	return {
		"items": len(releases.planned_for(release)),
		"answers": [
			{"words": what_they_hear(row.verdict), "tickets": row.tickets, "customers": row.customers}
			for row in rows
		],
	}


@frappe.whitelist()
def progress(release: str) -> dict[str, Any]:
	"""How far the answers of a release are: state, done, left and failed, in tickets."""
	_check(release, "read")
	return releases.progress(release)._asdict()


@frappe.whitelist(methods=["POST"])
def go_out(release: str) -> str:
	"""Release what is planned for it, and answer everybody who waits. Answers the state."""
	_check(release, "write")
	return _kept(patiently(lambda: releases.go_out(release, now(), frappe.session.user)))


@frappe.whitelist(methods=["POST"])
def stop(release: str) -> str:
	"""Answer nobody else for now. Answers the state."""
	_check(release, "write")
	return _kept(patiently(lambda: releases.stop(release)))


@frappe.whitelist(methods=["POST"])
def go_on(release: str) -> str:
	"""Answer the others as well. Answers the state."""
	_check(release, "write")
	return _kept(patiently(lambda: releases.go_on(release)))


def _check(release: str, ptype: str) -> None:
	frappe.get_doc(RELEASE, release).check_permission(ptype)
	if ptype == "write" and not is_product_director():
		refuse(Refusal("releases_are_the_directors"))


def _kept(outcome: Any) -> str:
	if isinstance(outcome, Refusal):
		refuse(outcome)
	return str(outcome.value)
