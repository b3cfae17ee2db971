"""Buttons of the ticket pages that ask for more than words. Each is described, and handled, in the file of its subject.

A file of ``api/`` gives a tuple ``BUTTONS``; ``api/ticket.py`` lists them all, offers those that are possible now
and calls the one that is pressed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

import frappe
from frappe import _

from crm_support_ext.store.frappe import moment


@dataclass(frozen=True)
class Field:
	"""One thing that a button asks for. ``options`` of a select are the words for each value.

	The default of a datetime is an ISO time with its offset; the dialog shows it in the reader's zone. A number is a
	whole one, 0 or more; a decimal is a number as people type it, with a comma or a point. A choice is a select whose
	options are only those that are likely: whoever handles it says what else it may be. A key is asked of nobody: the
	dialog makes another each time it opens, so that a press that is repeated can be told from a new one.
	"""

	name: str
	label: str
	type: Literal[
		"text", "textarea", "select", "choice", "datetime", "check", "number", "decimal", "date", "key"
	] = "text"
	options: Mapping[str, str] = field(default_factory=dict)
	default: str | int = ""
	required: bool = False

	def row(self) -> dict[str, Any]:
		"""As the form scripts read it."""
		options = [{"value": value, "label": label} for value, label in self.options.items()]
		return {**vars(self), "options": options}


def _asks_nothing(*_: Any) -> list[Field]:
	return []


def _no_words() -> str:
	return ""


def _does_nothing(*_: Any) -> None:
	return None


def _opens_nothing(doc: Any) -> str:
	return ""


def _nothing_more(doc: Any) -> Mapping[str, Any]:
	return {}


@dataclass(frozen=True)
class Button:
	"""What a file of ``api/`` says of one of its buttons.

	``is_offered`` and ``fields`` are asked with the ticket's document, for the present user; ``press`` gets the
	document, the words and the checked values, and may answer more than the page is told anyway. A button
	that is not offered is never pressed. One with a ``url`` opens that page in a new tab and is not pressed at all.
	``more`` is what a dialog that has a form script of its own shows besides the fields; in any button's, ``shown``
	stands on the page instead of the label, and ``does`` on the button that ends the dialog.
	"""

	event: str
	label: Callable[[], str]
	is_offered: Callable[[Any], bool]
	press: Callable[[Any, str, Mapping[str, Any]], Mapping[str, str] | None] = _does_nothing
	fields: Callable[[Any], Sequence[Field]] = _asks_nothing
	prompt: Callable[[], str] = _no_words
	needs_text: bool = False
	is_seldom: bool = False
	url: Callable[[Any], str] = _opens_nothing
	more: Callable[[Any], Mapping[str, Any]] = _nothing_more

	def row(self, doc: Any) -> dict[str, Any]:
		"""As the form scripts read it."""
		return row(
			self.event,
			self.label(),
			self.prompt(),
			needs_text=self.needs_text,
			seldom=self.is_seldom,
			url=self.url(doc),
			fields=self.fields(doc),
			more=self.more(doc),
		)


def row(
	event: str,
	label: str,
	asked: str,
	*,
	needs_text: bool = False,
	seldom: bool = False,
	url: str = "",
	fields: Sequence[Field] = (),
	more: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
	"""A button as the form scripts read it; ``asked`` is what it asks for in words."""
	return {
		"event": event,
		"label": label,
		"prompt": asked,
		"needs_text": needs_text,
		"seldom": seldom,
		"url": url,
		"fields": [field.row() for field in fields],
		"more": dict(more or {}),
	}


def answers(fields: Sequence[Field], values: Mapping[str, Any] | str | None) -> dict[str, Any]:
	"""What was filled in, by name: words, True or False, numbers, dates, and moments in UTC; None where nothing was.

	Stops the request if something required is missing or an answer is none of the options.
	"""
	given = frappe.parse_json(values) or {}
	missing = [
		asked.label for asked in fields if asked.required and not str(given.get(asked.name) or "").strip()
	]
	if missing:
		frappe.throw(_("Still to fill in: {0}. Nothing was changed.").format(", ".join(missing)))
	return {asked.name: _answer(asked, str(given.get(asked.name) or "").strip()) for asked in fields}


def _answer(asked: Field, given: str) -> str | bool | int | Decimal | date | None:
	if asked.type == "check":
		return given.lower() in ("1", "true", "on", "yes")
	if not given:
		return None
	if asked.type == "select" and given not in asked.options:
		known = ", ".join(asked.options)
		frappe.throw(_("{0}: {1} is none of {2}. Nothing was changed.").format(asked.label, given, known))
	if asked.type == "number":
		return _number(asked, given)
	if asked.type == "decimal":
		return _decimal(asked, given)
	if asked.type == "date":
		return _date(asked, given)
	return _moment(asked, given) if asked.type == "datetime" else given


def _number(asked: Field, given: str) -> int:
	if not (given.isascii() and given.isdecimal() and len(given) < 10):
		frappe.throw(_("{0}: {1} is not a whole number. Nothing was changed.").format(asked.label, given))
	return int(given)


def _decimal(asked: Field, given: str) -> Decimal:
	if not re.fullmatch(r"\d{1,9}([.,]\d{1,9})?", given, re.ASCII):
		frappe.throw(
			_("{0}: {1} is not a number, 0 or more. Nothing was changed.").format(asked.label, given)
		)
	return Decimal(given.replace(",", "."))


def _date(asked: Field, given: str) -> date:
	try:
		return date.fromisoformat(given)
	except ValueError:
		frappe.throw(_("{0}: {1} is not a date. Nothing was changed.").format(asked.label, given))


def _moment(asked: Field, given: str) -> datetime:
	try:
		at = datetime.fromisoformat(given.replace("Z", "+00:00"))
	except ValueError:
		frappe.throw(_("{0}: {1} is not a time. Nothing was changed.").format(asked.label, given))
	return at if at.tzinfo else moment(at)
