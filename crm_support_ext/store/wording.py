"""In whose language the desk speaks, and the words that are the same wherever they are said (domain.md section 1)."""

from __future__ import annotations

import html
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any

import babel.dates
import frappe
from babel import Locale, UnknownLocaleError
from frappe import _
from frappe.utils import format_datetime

from crm_support_ext.constants import SETTINGS, TICKET_STATUS
from crm_support_ext.domain.lifecycle import Status
from crm_support_ext.store.frappe import site_time


def site_language() -> str:
	"""The language in which the site speaks to everyone: the setting, else the system's."""
	return frappe.get_cached_doc(SETTINGS).wording_language or frappe.db.get_default("lang") or "en"


def own_language(user: str | None) -> str | None:
	"""The language that a user chose, if they did."""
	return frappe.db.get_value("User", user, "language") if user else None


def language_of(user: str | None) -> str:
	"""The language that a user reads: their own, else the site's."""
	return own_language(user) or site_language()


def speaking_to(user: str) -> AbstractContextManager[None]:
	"""Speak the language of this user for a while."""
	return speaking(language_of(user))


@contextmanager
def speaking(lang: str) -> Iterator[None]:
	"""Speak this language for a while; English, if the framework does not know it."""
	before = (frappe.local.lang, frappe.local.jenv)
	known = frappe.db.exists("Language", lang, cache=True)
	frappe.local.lang, frappe.local.jenv = lang if known else "en", None
	try:
		yield
	finally:
		frappe.local.lang, frappe.local.jenv = before


def as_html(text: str) -> str:
	"""Typed words as a message: what looks like markup stays text, and lines stay lines."""
	return html.escape(text.strip(), quote=False).replace("\n", "<br>")


def in_words(at: datetime, lang: str) -> str:
	"""A moment as it is said in a sentence, in the site's time zone."""
	try:
		locale = Locale.parse(lang, sep="-")
	except (UnknownLocaleError, ValueError):
		locale = Locale("en")
	return babel.dates.format_datetime(site_time(at), "EEEE d MMMM, HH:mm", locale=locale)


def with_next_update(line: str | None, after: Any, *, has_time: bool) -> str:
	"""The line on whose move it is with the time of the next update, in the place of the one that it has.

	``after`` is a time of the site, or None; the line is in the site's language, and a customer reads it, too.
	"""
	head = (line or "").rpartition(",")[0] if has_time else line or ""
	if not after:
		return head
	lang, time = site_language(), format_datetime(after, "yyyy-MM-dd HH:mm")
	if not head:
		return _("Next update {0}", lang=lang).format(time)
	return _("{0}, next update {1}", lang=lang).format(head, time)


def customer_wording(lang: str | None = None) -> dict[Status, str]:
	"""What the customer reads for each status, in the site's language unless another is given.

	Closed stays as it is: the portal knows it by that word.
	"""
	lang = lang or site_language()
	return {
		Status.NEW: _("Not yet taken up", lang=lang),
		Status.OPEN: _("An agent works on it", lang=lang),
		Status.PENDING: _("We wait for your answer", lang=lang),
		Status.PARKED: _("Needs a software change", lang=lang),
		Status.RESOLVED: _("Answered", lang=lang),
	}


def apply_wording() -> None:
	"""Write the customer's words into the status records."""
	for status, words in customer_wording().items():
		frappe.db.set_value(TICKET_STATUS, status.value, {"different_view": 1, "label_customer": words})
	frappe.clear_document_cache(TICKET_STATUS)
