"""How amounts, hours and days are said: in a sentence without needless zeros, in a column all with the same places.

What a state, a kind, a settlement or a role is called has no table: its value is the English word, `_(state.value)`.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal
from frappe import _
from frappe.utils import getdate

from crm_support_ext.store.spans import locale, number


def strippen(amount: Decimal | float) -> str:
	"""So many strippen, in a sentence."""
	return _("1 strip") if amount == 1 else _("{0} strippen").format(number(amount))


def minutes(amount: Decimal | int) -> str:
	"""So many minutes, in a sentence."""
	return _("1 minute") if amount == 1 else _("{0} minutes").format(number(amount))


def change(amount: Decimal) -> str:
	"""What an entry adds or takes, in a sentence."""
	return format_decimal(amount, "+#,##0.##;\N{MINUS SIGN}#,##0.##", locale=locale())


def signed(amount: Decimal) -> str:
	"""An amount in a column of them, with its sign."""
	return format_decimal(amount, "+#,##0.00;\N{MINUS SIGN}#,##0.00", locale=locale())


def plain(amount: Decimal) -> str:
	"""An amount in a column of them."""
	return format_decimal(amount, "#,##0.00", locale=locale())


def hours(minutes: int) -> str:
	"""Minutes as hours and minutes."""
	return _("{0} h").format(f"{minutes // 60}:{minutes % 60:02}")


def day_in_words(day: date | str) -> str:
	"""A day in a sentence, for who is to come or to answer by it."""
	return format_date(getdate(day), "EEEE d MMMM yyyy", locale=locale())


def long_date(day: date) -> str:
	"""A day in a sentence."""
	return format_date(day, _pattern("long"), locale=locale())


def short_date(day: date) -> str:
	"""A day in a column of them."""
	return format_date(day, _pattern("medium"), locale=locale())


def short_time(at: datetime) -> str:
	"""A time of the site in a column of them."""
	return f"{short_date(at.date())}, {at:%H:%M}"


def _pattern(style: str) -> str:
	"""As the language writes it; in English the day first, for our readers are in Europe."""
	day_first = {"long": "d MMMM yyyy", "medium": "d MMM yyyy"}
	return day_first[style] if locale().startswith("en") else style
