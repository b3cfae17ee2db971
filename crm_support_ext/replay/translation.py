"""What the rows of one log mean, by its header and its map.

A row's columns say the same thing over and over, so each meaning is worked out once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from crm_support_ext.domain.lifecycle import Event, Status
from crm_support_ext.replay.columns import REQUIRED, Facts, wrongs
from crm_support_ext.replay.faults import BadInput, Fault, shown
from crm_support_ext.replay.mapping import DROP, PLACE, LogMap, Rule


@dataclass(frozen=True)
class Step:
	"""What happened by one row: the event, or the one for the status in which the ticket then stands."""

	event: str
	inside: Mapping[Status, str] = field(default_factory=dict)
	facts: Facts = field(default_factory=Facts)
	faults: tuple[tuple[str, str], ...] = ()
	"""What is wrong with it, and what was expected."""
	worked: Step | None = None
	"""The work that the map assumes to go with it."""

	@property
	def events(self) -> frozenset[str]:
		"""Every event that this can turn out to be."""
		return frozenset((self.event, *self.inside.values())) - {DROP}


class Meaning(NamedTuple):
	"""What a row means as the first of its ticket, and as a later one; mostly the same step."""

	first: Step
	later: Step


WORKED = Event.WORKED.value

DROPPED = Step(DROP)
"""What a row means that means nothing here."""


_HEADER = f"a header with {', '.join(REQUIRED)}"


class Translator:
	"""The columns of one log. ``at`` is where our columns stand in a row of ``width`` values.

	A header that does not do is raised as ``BadInput``; the fault is the map's if the map named the column.
	"""

	def __init__(self, path: str, header: list[str], log_map: LogMap) -> None:
		self.width = len(header)
		self.map = log_map
		self._file = path
		self._header = header
		self._count = Counter(header)
		self._faults: list[Fault] = []
		if not header:
			raise BadInput([Fault(path, 1, "the first line is empty", _HEADER)])
		self.at = dict(self._places())
		self._theirs = dict(self._named_in_rules())
		if self._faults:
			raise BadInput(self._faults)
		self._columns = [column for column in Facts._fields if column in self.at]
		self._picked = [self.at["event"], *map(self.at.__getitem__, self._columns), *self._theirs.values()]
		self._known: dict[tuple[str, ...], Meaning] = {}

	def meaning_of(self, values: list[str]) -> Meaning:
		"""What a row with these values means."""
		key = tuple(map(values.__getitem__, self._picked))
		meaning = self._known.get(key)
		if meaning is None:
			meaning = self._known[key] = self._translate(key)
		return meaning

	def _places(self) -> Iterator[tuple[str, int]]:
		"""Each of our columns that the log has, and where."""
		named = self.map.columns
		wanted = named if named is not None else {column: column for column in (*REQUIRED, *Facts._fields)}
		wanted = {column: column for column in REQUIRED} | dict(wanted)
		for ours, theirs in wanted.items():
			by_map = named is not None and ours in named
			if self._count[theirs] == 1:
				yield ours, self._header.index(theirs)
			elif self._count[theirs] > 1 or by_map or ours in REQUIRED:
				self._fault(("columns", ours) if by_map else (), theirs)

	def _named_in_rules(self) -> Iterator[tuple[str, int]]:
		"""Each of their columns that stands in braces in the map, and where."""
		for path, text in self._texts():
			for theirs in PLACE.findall(text):
				if self._count[theirs] == 1:
					yield theirs, self._header.index(theirs)
				else:
					self._fault(path, theirs)

	def _texts(self) -> Iterator[tuple[tuple[str, ...], str]]:
		"""Each text of the map in which braces may stand, and its path."""
		for activity, rule in self.map.events.items():
			for key, texts in (("with", rule.extra), ("worked", rule.worked)):
				for ours, text in texts.items():
					yield ("events", activity, key, ours), text

	def _fault(self, path: tuple[str, ...], theirs: str) -> None:
		"""Add the fault that a header is missing or comes twice; it is the map's if the map names it at ``path``."""
		times = self._count[theirs]
		wrong = f"the log has {f'{times} columns' if times else 'no column'} {shown(theirs)}"
		expected = "one of that name" if times else f"one of {', '.join(self._header)}"
		document = self.map.document if path else None
		if document:
			self._faults.append(Fault(document.file, document.line(path), wrong, expected))
		else:
			self._faults.append(Fault(self._file, 1, wrong, expected if times else _HEADER))

	def _translate(self, key: tuple[str, ...]) -> Meaning:
		"""The meaning of a row whose picked values are ``key``."""
		activity = key[0]
		rule = self.map.events.get(activity)
		if rule is None:
			names = ", ".join(self.map.events)
			step = Step("", faults=((f"the event is {shown(activity)}", f"one of {names}"),))
			return Meaning(step, step)
		if rule.first == rule.later == DROP and not rule.inside and not rule.worked:
			return Meaning(DROPPED, DROPPED)
		facts, faults = self._facts(rule, key)
		work = self._work(rule, facts, key)
		later = self._step(rule.later, rule, facts, faults, work)
		if rule.first == rule.later:
			return Meaning(later, later)
		return Meaning(self._step(rule.first, rule, facts, faults, work), later)

	def _facts(self, rule: Rule, key: tuple[str, ...]) -> tuple[Facts, list[tuple[str, str]]]:
		given = dict(zip(self._columns, key[1:], strict=False))
		faults = []
		for column, listed in self.map.values.items():
			value = given.get(column, "")
			if value and value not in listed:
				faults.append((f"the map lists no {column} {shown(value)}", f"one of {', '.join(listed)}"))
			given[column] = listed.get(value, "")
		given.update(self._filled(rule.extra, key))
		return Facts(**given), faults

	def _filled(self, texts: Mapping[str, str], key: tuple[str, ...]) -> dict[str, str]:
		"""The texts with what their columns hold in the place of braces."""
		theirs = dict(zip(self._theirs, key[1 + len(self._columns) :], strict=True))
		return {column: PLACE.sub(lambda match: theirs[match[1]], text) for column, text in texts.items()}

	def _step(
		self, event: str, rule: Rule, facts: Facts, faults: list[tuple[str, str]], work: Step | None
	) -> Step:
		step = Step(event, rule.inside, facts)
		wrong = [fault for name in sorted(step.events) for fault in wrongs(name, facts)]
		wrong += work.faults if work else ()
		return Step(event, rule.inside, facts, tuple(dict.fromkeys(faults + wrong)), work)

	def _work(self, rule: Rule, facts: Facts, key: tuple[str, ...]) -> Step | None:
		"""The work that the map assumes to go with a row."""
		if not rule.worked:
			return None
		facts = facts._replace(**self._filled(rule.worked, key))
		return Step(WORKED, facts=facts, faults=tuple(wrongs(WORKED, facts)))
