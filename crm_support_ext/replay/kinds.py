"""The kinds of value that policies and maps are made of."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from zoneinfo import ZoneInfo

from crm_support_ext.domain.strippen import two_places
from crm_support_ext.replay.documents import Kind


def is_text(value: object) -> bool:
	"""Whether a value is a text."""
	return isinstance(value, str)


def _is_zone(value: object) -> bool:
	try:
		return is_text(value) and bool(ZoneInfo(str(value)))
	except (ValueError, OSError, LookupError):  # no such name, a name that is no file's, a directory
		return False


def _is_whole(value: object) -> bool:
	return type(value) is int and 0 <= value <= 1_000_000


def _is_amount(value: object) -> bool:
	return (
		type(value) in (int, Decimal)
		and Decimal(str(value)).is_finite()
		and 0 <= Decimal(str(value)) <= 10**9
	)


def _is_more_than_nothing(value: object) -> bool:
	return _is_amount(value) and two_places(Decimal(str(value))) > 0


def _is_day(value: object) -> bool:
	return isinstance(value, date) and not isinstance(value, datetime)


def _has_room(value: object) -> bool:
	"""Whether it is a day whose midnight every zone can tell."""
	return isinstance(value, date) and _is_day(value) and value.year > 1


def one_of(*names: str) -> Kind:
	"""One of these texts."""
	return Kind(f"one of {', '.join(names)}", names.__contains__)


def value_of(words: type[Enum]) -> Kind:
	"""One of the words of the rules."""
	return one_of(*(word.value for word in words))


TEXT = Kind("a text", is_text)
NAME = Kind("a text that is not empty", lambda value: is_text(value) and value != "")
ZONE = Kind("the name of a time zone such as Europe/Amsterdam", _is_zone)
FLAG = Kind("true or false", lambda value: isinstance(value, bool))
WHOLE = Kind("a whole number, 0 or more", _is_whole)
AMOUNT = Kind("a number, 0 or more", _is_amount)
MORE_THAN_NOTHING = Kind("a number above 0", _is_more_than_nothing)
DAY = Kind("a date such as 2026-12-24", _is_day)
FIRST_DAY = Kind("a date such as 2026-01-01", _has_room)
PER_CENT = Kind("a whole number from 0 to 100", lambda value: _is_whole(value) and int(str(value)) <= 100)
