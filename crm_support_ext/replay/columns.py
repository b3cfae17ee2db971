"""What a row of a log may say: its events, their columns, and what the columns may hold (replay.md, The log)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from crm_support_ext.domain.escalation import Kind as KindOfTicket
from crm_support_ext.domain.lifecycle import CREATED, Event
from crm_support_ext.domain.parked_priority import Workaround
from crm_support_ext.domain.settlement import Place, Role
from crm_support_ext.domain.tiers import TIERS
from crm_support_ext.replay.documents import Kind
from crm_support_ext.replay.faults import shown
from crm_support_ext.replay.kinds import one_of, value_of
from crm_support_ext.replay.moments import UTC, date_reader

REQUIRED = ("ticket", "time", "event")

EVENTS = (CREATED, *(event.value for event in Event if event not in (Event.MACHINE_REPLIED, Event.TIMER)))
"""The events of a log; the machine's mail is a customer's with ``auto`` 1, and the clock is not in a log."""

ITEM_EVENTS = frozenset({Event.ITEM_RELEASED.value, Event.ITEM_DECLINED.value})
"""What happens to a parked item, and through it to the tickets that wait for it."""


class Facts(NamedTuple):
	"""What a row says besides ticket, time and event; empty for what it does not say."""

	customer: str = ""
	contact: str = ""
	tier: str = ""
	kind: str = ""
	product: str = ""
	channel: str = ""
	date: str = ""
	actor: str = ""
	auto: str = ""
	item: str = ""
	workaround: str = ""
	effort: str = ""
	party: str = ""
	line: str = ""
	chosen_by_customer: str = ""
	minutes: str = ""
	activity: str = ""
	role: str = ""
	place: str = ""
	into: str = ""
	release: str = ""


def _text(pattern: str, expected: str) -> Kind:
	return Kind(expected, partial(_matches, re.compile(pattern, re.ASCII)))


def _matches(pattern: re.Pattern[str], value: object) -> bool:
	return pattern.fullmatch(str(value)) is not None


def _is_date_or_time(value: object) -> bool:
	try:
		date_reader(UTC)(str(value))
	except (ValueError, OverflowError):
		return False
	return True


_FLAG = one_of("0", "1")

KINDS_OF_COLUMNS = {
	"tier": one_of(*TIERS),
	"kind": value_of(KindOfTicket),
	"date": Kind("a date or an ISO 8601 time", _is_date_or_time),
	"auto": _FLAG,
	"workaround": value_of(Workaround),
	"effort": _text(r"\d{1,9}(\.\d{1,9})?", "a number of days such as 5 or 0.5"),
	"chosen_by_customer": _FLAG,
	"minutes": _text(r"\d{1,9}", "whole minutes, 0 or more"),
	"role": value_of(Role),
	"place": value_of(Place),
}
"""What the columns may hold that hold no free text."""

NEEDED = {
	"tier_set": "tier",
	"agreed": "date",
	"parked": "item",
	"worked": "minutes",
	"merged": "into",
	"item_released": "item",
	"item_declined": "item",
}
"""The column without which an event says nothing."""

_OPENING = ("tier", "kind")
"""Any row may open its ticket, with these columns."""

_CHECKED = {
	"agreed": ("date",),
	"customer_replied": ("auto",),
	"parked": ("workaround", "effort"),
	"escalated": ("chosen_by_customer",),
	"worked": ("minutes", "role", "place"),
}


def wrongs(event: str, facts: Facts) -> Iterator[tuple[str, str]]:
	"""What is wrong with the columns of a row for this event: what, and what was expected."""
	needed = NEEDED.get(event)
	if needed and not getattr(facts, needed):
		yield f"{event} has no {needed}", f"{needed} to be filled"
	for column in _CHECKED.get(event, ()) + (() if event in ITEM_EVENTS else _OPENING):
		value, kind = getattr(facts, column), KINDS_OF_COLUMNS[column]
		if value and not kind.fits(value):
			yield f"{column} is {shown(value)}", kind.expected
