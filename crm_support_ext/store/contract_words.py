"""What contracts, ledgers and settlements are called on the customer's pages, and how their figures are written."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal
from frappe import _

from crm_support_ext.domain.contracts import State
from crm_support_ext.domain.settlement import Settlement
from crm_support_ext.domain.strippen import Kind
from crm_support_ext.store.spans import locale


def state_word(state: str) -> str:
	"""A contract's state."""
	words = {
		State.DRAFT: _("Draft"),
		State.ACTIVE: _("Active"),
		State.SUSPENDED: _("Suspended"),
		State.EXPIRED: _("Expired"),
		State.ENDED: _("Ended"),
	}
	return words[State(state)]


def kind_word(kind: Kind) -> str:
	"""What an entry of the ledger is."""
	words = {
		Kind.GRANT: _("Grant"),
		Kind.PURCHASE: _("Purchase"),
		Kind.USE: _("Use"),
		Kind.RELEASE: _("Release"),
		Kind.EXPIRY: _("Expiry"),
		Kind.CARRY_OVER: _("Carry-over"),
		Kind.CORRECTION: _("Correction"),
	}
	return words[kind]


def settlement_word(settlement: str) -> str:
	"""How a piece of work is paid."""
	words = {
		Settlement.FREE: _("Free"),
		Settlement.STRIPPEN: _("Strippen"),
		Settlement.FIXED_PRICE: _("Fixed Price"),
		Settlement.TIME_AND_MATERIAL: _("Time and Material"),
	}
	return words[Settlement(settlement)]


def strippen(amount: Decimal) -> str:
	"""So many strippen, in a sentence."""
	return _("1 strip") if amount == 1 else _("{0} strippen").format(short(amount))


def short(amount: Decimal) -> str:
	"""An amount without needless zeros."""
	return format_decimal(amount, "#,##0.##", locale=locale())


def signed(amount: Decimal) -> str:
	"""An amount in a column of them, with its sign."""
	return format_decimal(amount, "+#,##0.00;\N{MINUS SIGN}#,##0.00", locale=locale())


def plain(amount: Decimal) -> str:
	"""An amount in a column of them."""
	return format_decimal(amount, "#,##0.00", locale=locale())


def hours(minutes: int) -> str:
	"""Minutes as hours and minutes."""
	return _("{0} h").format(f"{minutes // 60}:{minutes % 60:02}")


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
