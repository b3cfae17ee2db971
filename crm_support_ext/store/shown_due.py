"""What the pages say of a ticket's promises, where the helpdesk's own words would be wrong.

The stock pages reckon with the stored times and with the wall clock. They know no promise that rests while the
ticket is open, none whose date is yet to be agreed, none at all, and no time that is counted in working hours.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from frappe import _
from frappe.utils import format_datetime, get_datetime, now_datetime

from crm_support_ext.constants import AGREED_ON
from crm_support_ext.domain.tiers import BY_AGREEMENT

FIELDS = (
	"priority",
	"response_by",
	"first_responded_on",
	"first_response_time",
	"resolution_by",
	"resolution_date",
	"resolution_time",
	"on_hold_since",
	AGREED_ON,
)
"""All that is looked at here."""

Shown = dict[str, str]
"""A label and its theme, one of gray, blue, green and red."""


def shown_due(doc: Any) -> dict[str, Shown | None]:
	"""By part, ``response`` and ``resolution``: what to show; None leaves the words of the page as they are."""
	return {"response": _response(doc), "resolution": _resolution(doc)}


def due_in_list(doc: Any) -> str:
	"""What the portal's list says of the resolution: one of the helpdesk's own words if it has one, else ours."""
	by, done = _time(doc, "resolution_by"), _time(doc, "resolution_date")
	if done and by:
		return "Fulfilled" if done <= by else "Failed"
	if _rests(doc) and not _is_missed(doc):
		return "Paused"
	if by is None:
		return _("No target")
	if _has_no_date(doc):
		return _("Date to follow")
	return "Failed" if _is_missed(doc) else format_datetime(by, "d MMM yyyy, HH:mm")


def _response(doc: Any) -> Shown | None:
	by, done = _time(doc, "response_by"), _time(doc, "first_responded_on")
	if by is None:
		return _show(_("No target"), "gray")
	if not done and doc.get("resolution_date"):
		return _show(_("Closed without an answer"), "gray")
	if done and done <= by and doc.get("first_response_time") is not None:
		return _show(_("Fulfilled in {0}").format(_hours(doc.get("first_response_time"))), "green")
	return None


def _resolution(doc: Any) -> Shown | None:
	by, done = _time(doc, "resolution_by"), _time(doc, "resolution_date")
	if done and by:
		kept = done <= by
		return (
			_show(_("Fulfilled in {0}").format(_hours(doc.get("resolution_time"))), "green") if kept else None
		)
	if _rests(doc):
		return _show(_("Overdue, on hold"), "red") if _is_missed(doc) else _show(_("On hold"), "blue")
	if _has_no_date(doc):
		return _show(_("By agreement, date to follow"), "red" if _is_missed(doc) else "gray")
	return None if by else _show(_("No target"), "gray")


def _has_no_date(doc: Any) -> bool:
	"""What is stored as its time is when the date must be agreed."""
	return doc.get("priority") == BY_AGREEMENT and not doc.get(AGREED_ON) and not doc.get("resolution_date")


def _rests(doc: Any) -> bool:
	return bool(doc.get("on_hold_since")) and not doc.get("resolution_date")


def _is_missed(doc: Any) -> bool:
	"""The time was up when the clock came to rest, or is up now that it runs."""
	by = _time(doc, "resolution_by")
	return by is not None and by <= (_time(doc, "on_hold_since") or now_datetime())


def _time(doc: Any, field: str) -> datetime | None:
	value = doc.get(field)
	return get_datetime(value) if value else None


def _hours(seconds: float | None) -> str:
	"""Counted time, in hours: a working day is no 24 hours long, so days would mislead."""
	minutes = int(seconds or 0) // 60
	return f"{minutes // 60}h {minutes % 60}m" if minutes >= 60 else f"{minutes}m"


def _show(label: str, theme: str) -> Shown:
	return {"label": label, "theme": theme}
