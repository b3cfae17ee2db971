"""The map that turns a foreign log into ours (replay.md, The log): columns, times, activities and values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from crm_support_ext.domain.lifecycle import Status
from crm_support_ext.replay.columns import EVENTS, KINDS_OF_COLUMNS, REQUIRED, Facts
from crm_support_ext.replay.documents import Document, Kind, Named, Node, Table, load
from crm_support_ext.replay.faults import shown
from crm_support_ext.replay.kinds import NAME, TEXT, ZONE, is_text
from crm_support_ext.replay.moments import is_form

DROP = "drop"
"""What a map says of a row that means nothing here."""

INSIDE = {f"in_{status.value.lower()}": status for status in Status}
"""What a row means instead if its ticket then stands in this status."""

PLACE = re.compile(r"\{([^{}]*)\}")
"""A place in a text for what one of their columns holds."""

_MAPS = Path(__file__).parent / "maps"

_EVENT = Kind(f"{DROP} or one of the events {', '.join(EVENTS)}", (DROP, *EVENTS).__contains__)
_FORM = Kind("a form such as %Y-%m-%d %H:%M:%S", lambda value: is_text(value) and is_form(str(value)))
_ANYTHING = Kind("", lambda value: True)
_SCHEMA = Table(
	{
		"columns": Table(dict.fromkeys((*REQUIRED, *Facts._fields), NAME)),
		"time": Table({"format": _FORM, "zone": ZONE}),
		"events": Named(_ANYTHING),
		"values": Table(dict.fromkeys(Facts._fields, Named(TEXT))),
	}
)
_WORK = Table(dict.fromkeys(("minutes", "activity", "role", "place"), TEXT), required=("minutes",))
_MORE: dict[str, Node] = {"with": Table(dict.fromkeys(Facts._fields, TEXT)), "worked": _WORK}
_FORMS_OF_RULE = {
	"event": Table({**dict.fromkeys(("event", *INSIDE), _EVENT), **_MORE}, required=("event",)),
	"first": Table(
		{**dict.fromkeys(("first", "later", *INSIDE), _EVENT), **_MORE}, required=("first", "later")
	),
}
"""A rule says what a row means, or what the first row of a ticket means and what later ones do."""


@dataclass(frozen=True)
class Rule:
	"""What one of their activities means: for the first row of a ticket, for later ones, in a status, and with what."""

	first: str
	later: str
	inside: Mapping[Status, str] = field(default_factory=dict)
	extra: Mapping[str, str] = field(default_factory=dict)
	worked: Mapping[str, str] = field(default_factory=dict)
	"""The work that is assumed to go with it; empty: none is."""


@dataclass(frozen=True)
class LogMap:
	"""How a log is read. ``columns`` is None if the log has our names; ``document`` is where it comes from."""

	events: Mapping[str, Rule]
	columns: Mapping[str, str] | None = None
	values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
	time_format: str | None = None
	zone: ZoneInfo | None = None
	document: Document | None = None


OURS = LogMap({event: Rule(event, event) for event in EVENTS})
"""The map of a log that is ours already."""


def load_map(path: str) -> LogMap:
	"""Read and check a map; what is wrong with it is raised as ``BadInput``, each fault with its own line.

	``path`` may also be the name of one that comes with the app.
	"""
	ours = _MAPS / f"{path}.toml"
	document = load(str(ours) if path.isidentifier() and ours.is_file() else path)
	document.check(_SCHEMA)
	document.close()
	events = {name: _rule(document, name, entry) for name, entry in _table(document, "events").items()}
	values = {column: dict(pairs) for column, pairs in _table(document, "values").items()}
	for column, pairs in values.items():
		for theirs, ours in pairs.items():
			_check_value(document, ("values", column, theirs), column, ours)
	document.close()
	time = _table(document, "time")
	return LogMap(
		events=events if "events" in document.content else OURS.events,
		columns=_table(document, "columns") if "columns" in document.content else None,
		values=values,
		time_format=time.get("format"),
		zone=ZoneInfo(time["zone"]) if "zone" in time else None,
		document=document,
	)


def _table(document: Document, name: str) -> dict[str, Any]:
	table = document.content.get(name, {})
	return table if isinstance(table, dict) else {}


def _rule(document: Document, name: str, entry: Any) -> Rule:
	"""The rule that an entry of ``[events]`` stands for; its faults are left with the document."""
	if not isinstance(entry, dict):
		document.check(_EVENT, "events", name)
		return Rule(str(entry), str(entry))
	before = len(document.faults)
	document.check(
		_FORMS_OF_RULE["first" if "first" in entry or "later" in entry else "event"], "events", name
	)
	if len(document.faults) > before:
		return Rule(DROP, DROP)
	extra, worked = entry.get("with", {}), entry.get("worked", {})
	for key, texts in (("with", extra), ("worked", worked)):
		for column, text in texts.items():
			if not PLACE.search(text):
				_check_value(document, ("events", name, key, column), column, text)
	inside = {status: entry[key] for key, status in INSIDE.items() if key in entry}
	event = entry.get("event")
	return Rule(event or entry["first"], event or entry["later"], inside, extra, worked)


def _check_value(document: Document, path: tuple[str, ...], column: str, value: str) -> None:
	kind = KINDS_OF_COLUMNS.get(column)
	if value and kind and not kind.fits(value):
		document.fault(path, f"{column} is {shown(value)}", kind.expected)
