"""Workarounds of a ticket: given, and failed if the customer says so. Their rows are written here alone."""

from __future__ import annotations

from typing import Any

import frappe

from crm_support_ext.constants import WORKAROUND
from crm_support_ext.domain.lifecycle import Event
from crm_support_ext.store.frappe import now, site_time


def standing(ticket: str) -> str | None:
	"""The name of the workaround that stands."""
	return frappe.db.get_value(WORKAROUND, {"ticket": ticket, "failed_at": ("is", "not set")})


def give(doc: Any, words: str = "") -> None:
	"""Note a workaround and save the ticket, whose promise clock stops; one that stands already is the first."""
	if not standing(str(doc.name)):
		frappe.get_doc(
			{
				"doctype": WORKAROUND,
				"ticket": str(doc.name),
				"given_at": _at(doc),
				"given_by": frappe.session.user,
				"workaround": words,
			}
		).insert(ignore_permissions=True)
	_save(doc, Event.WORKAROUND_GIVEN)


def fail(doc: Any, words: str = "") -> None:
	"""Note that the workaround failed and save the ticket, whose promise clock goes on with the time that was left."""
	if name := standing(str(doc.name)):
		frappe.db.set_value(WORKAROUND, name, {"failed_at": _at(doc), "failure": words})
	_save(doc, Event.WORKAROUND_FAILED)


def _at(doc: Any) -> Any:
	return site_time(doc.flags.cse_at or now())


def _save(doc: Any, event: Event) -> None:
	doc.flags.cse_event = event
	doc.save(ignore_permissions=True)
