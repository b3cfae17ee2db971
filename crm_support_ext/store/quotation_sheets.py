"""A quotation as its customer reads it: what they get, what it costs and at most, until when, and what became of it."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.sessions import get_csrf_token
from frappe.utils import getdate

from crm_support_ext.constants import QUOTATION, TICKET
from crm_support_ext.domain.quotations import SettlesIn, State
from crm_support_ext.store.amounts import day_in_words
from crm_support_ext.store.frappe import moment
from crm_support_ext.store.quotation_words import (
	became,
	figures,
	over,
)

_THEMES = {State.ACCEPTED: "green", State.SENT: "amber", State.DECLINED: "red", State.EXPIRED: "red"}


def sheet_of(doc: Any, *, may_answer: bool) -> dict[str, Any]:
	"""What the page shows; ``form`` is there if the reader may answer now."""
	state = State(doc.state)
	is_over = state is State.SENT and getdate() > getdate(doc.valid_until)
	return {
		"name": doc.name,
		"state": {"words": _(state.value), "theme": _THEMES.get(state, "")},
		"text": doc.text,
		"figures": figures(doc),
		"facts": _facts(doc),
		"said": over(doc.name, doc.valid_until) if is_over else _said(doc, state),
		"answer": doc.answer,
		"form": _form() if may_answer and state is State.SENT and not is_over else None,
		"words": {"costs": _("What it costs"), "gets": _("What you get"), "word": _("With these words")},
	}


def _facts(doc: Any) -> list[tuple[str, str]]:
	subject = frappe.db.get_value(TICKET, doc.ticket, "subject")
	facts = [
		(_("Ticket"), f"#{doc.ticket} {subject}"),
		(_("Settled as"), _(doc.settles_in)),
		(_("To be answered until"), day_in_words(doc.valid_until)),
	]
	if earlier := frappe.db.get_value(QUOTATION, {"ticket": doc.ticket, "state": State.ACCEPTED.value}):
		if doc.state == State.SENT.value:
			facts.append((_("Takes the place of"), earlier))
	return facts


def _said(doc: Any, state: State) -> str:
	if state is State.SENT:
		return _above(doc)
	return became(doc.name, state, doc.answered_by, doc.answered_at and moment(doc.answered_at))


def _above(doc: Any) -> str:
	"""What the maximum is worth to who accepts it."""
	if doc.settles_in == SettlesIn.STRIPPEN.value:
		return _(
			"Only what is used is taken from your strippen, and never more than the maximum unless you accept a new quotation."
		)
	return _("The price stays the same, and nothing above it is charged unless you accept a new quotation.")


def _form() -> dict[str, Any]:
	return {
		"method": "crm_support_ext.api.quotation.answer_on_page",
		"token": get_csrf_token(),
		"word": _("A word to the support desk, if you like"),
		"accept": _("Accept"),
		"decline": _("Decline"),
	}
