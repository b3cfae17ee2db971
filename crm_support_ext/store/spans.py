"""Working time in words: a target in both units, so that the two are never confused (domain.md section 2)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import frappe
from babel.numbers import format_decimal
from frappe import _

from crm_support_ext.domain.business_calendar import BusinessCalendar, Span, Unit, in_other_unit


def both_units(span: Span | None, calendar: BusinessCalendar) -> str:
	"""A target in its own unit and in the other, as far as the days of the calendar are of one length."""
	if span is None:
		return _("no target")
	other = in_other_unit(span, calendar.week)
	if other:
		return _("{0} = {1}").format(_in_words(span), _in_words(other))
	return _("{0} of unequal length").format(_in_words(span)) if span.unit is Unit.DAY else _in_words(span)


def number(value: float | Decimal | Fraction, places: int = 2) -> str:
	"""A number as the reader writes it, without needless zeros."""
	return format_decimal(float(value), f"#,##0.{'#' * places}", locale=locale())


def locale() -> str:
	"""The reader's language, as the library of dates and numbers calls it."""
	return (frappe.local.lang or "en").replace("-", "_")


def clock(seconds: int) -> str:
	"""Counted time as hours, minutes and seconds; there are no days in it, whose length varies."""
	return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _in_words(span: Span) -> str:
	if span.unit is Unit.DAY:
		return _("1 working day") if span.amount == 1 else _("{0} working days").format(number(span.amount))
	return _("1 working hour") if span.amount == 1 else _("{0} working hours").format(number(span.amount))
