"""Read a log: rows in any order in, checked rows in order of time out (replay.md, The log)."""

from __future__ import annotations

import codecs
import csv
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import chain
from operator import attrgetter
from typing import IO, NamedTuple
from zoneinfo import ZoneInfo

from crm_support_ext.domain.lifecycle import Event
from crm_support_ext.replay.columns import ITEM_EVENTS
from crm_support_ext.replay.faults import LIMIT, BadInput, Fault, shown
from crm_support_ext.replay.files import open_input
from crm_support_ext.replay.mapping import DROP, OURS, LogMap
from crm_support_ext.replay.moments import ISO, reader
from crm_support_ext.replay.translation import DROPPED, Meaning, Step, Translator


class Row(NamedTuple):
	"""A row that can be played: when, from which line, about which ticket, and what happened.

	``is_assumed``: no row of the log, but work that the map assumes to go with one.
	"""

	at: datetime
	line: int
	ticket: str
	step: Step
	is_assumed: bool = False


class _Raw(NamedTuple):
	at: datetime
	line: int
	ticket: str
	meaning: Meaning


def read_log(
	path: str, zone: ZoneInfo, log_map: LogMap = OURS, listen: Callable[[bytes], object] | None = None
) -> list[Row]:
	"""Read and check a whole log. Times without an offset are in the map's zone, or else in ``zone``.

	``listen`` hears every line as it is in the file. What is wrong is raised as ``BadInput``.
	"""
	reading = _Reading(path, zone, log_map)
	with open_input(path) as stream:
		raws = reading.raws(stream, listen)
	reading.close()
	raws.sort(key=attrgetter("at"))  # a stable sort: equal times keep file order
	rows = reading.settled(raws)
	reading.close()
	return rows


class _Reading:
	"""One reading of one log, and the faults found in it."""

	def __init__(self, path: str, zone: ZoneInfo, log_map: LogMap) -> None:
		self.path = path
		self.map = log_map
		self.read_time = reader(log_map.zone or zone, log_map.time_format)
		self.expected_time = f"a time such as {log_map.time_format}" if log_map.time_format else ISO
		self.faults: list[Fault] = []

	def fault(self, line: int, wrong: str, expected: str) -> None:
		self.faults.append(Fault(self.path, line, wrong, expected))

	def close(self) -> None:
		"""Raise what was found, if anything was."""
		if self.faults:
			raise BadInput(self.faults)

	def raws(self, stream: IO[bytes], listen: Callable[[bytes], object] | None) -> list[_Raw]:
		"""The rows in file order. Reading ends early when there are as many faults as are told."""
		table = csv.reader(self._lines(stream, listen), strict=True)
		raws: list[_Raw] = []
		line = 0
		try:
			translator = Translator(self.path, next(table, []), self.map)
			read = self._row_reader(translator)
			line = table.line_num
			for values in table:
				if values:
					raw = read(line + 1, values)
					if raw is not None:
						raws.append(raw)
				line = table.line_num
				if len(self.faults) >= LIMIT:
					break
		except csv.Error as error:
			self.fault(
				line + 1,
				f"is no CSV ({error})",
				"quotes that are closed and fields of at most 131072 characters",
			)
		except (EOFError, zlib.error, OSError) as error:
			self.fault(line + 1, f"cannot be read on ({error})", "a whole file")
		return raws

	def _lines(self, stream: IO[bytes], listen: Callable[[bytes], object] | None) -> Iterator[str]:
		first = next(stream, b"")
		lines: Iterable[bytes] = chain([first.removeprefix(codecs.BOM_UTF8)], stream) if first else ()
		for number, line in enumerate(lines, 1):
			if listen:
				listen(line)
			try:
				yield line.decode()
			except UnicodeDecodeError:
				self.fault(number, "is not in UTF-8", "a log in UTF-8")
				yield line.decode(errors="replace")

	def _row_reader(self, translator: Translator) -> Callable[[int, list[str]], _Raw | None]:
		"""A function that makes a row of a line and its values; None for one that is dropped or faulty."""
		width, at, meaning_of = translator.width, translator.at, translator.meaning_of
		ticket_at, time_at = at["ticket"], at["time"]
		names: dict[str, str] = {}

		def read(line: int, values: list[str]) -> _Raw | None:
			if len(values) != width:
				self.fault(line, f"the row has {len(values)} fields", f"{width} as in the header")
				return None
			meaning = meaning_of(values)
			first, later = meaning
			if later is DROPPED:
				return None
			ticket = values[ticket_at]
			before = len(self.faults)
			if first is later:
				self._judge(line, ticket, later)
			try:
				moment = self.read_time(values[time_at])
			except (ValueError, OverflowError):
				self.fault(line, f"the time is {shown(values[time_at])}", self.expected_time)
				return None
			if len(self.faults) > before:
				return None
			return _Raw(moment, line, names.setdefault(ticket, ticket), meaning)

		return read

	def _judge(self, line: int, ticket: str, step: Step) -> None:
		"""Add the faults of what a row says."""
		for wrong, expected in step.faults:
			self.fault(line, wrong, expected)
		if not ticket and not step.events <= ITEM_EVENTS:
			self.fault(line, "the ticket is empty", "the name of a ticket")
		elif ticket and step.facts.into == ticket and Event.MERGED.value in step.events:
			self.fault(line, f"{shown(ticket)} is merged into itself", "another ticket")

	def settled(self, raws: list[_Raw]) -> list[Row]:
		"""The rows in order of time, each with what it means as the first of its ticket or a later one."""
		seen: set[str] = set()
		rows = []
		for at, line, ticket, meaning in raws:
			step = meaning.later if ticket in seen else meaning.first
			is_dropped = step.event == DROP and not step.inside
			if is_dropped and not step.worked:
				continue
			seen.add(ticket)
			if meaning.first is not meaning.later:
				self._judge(line, ticket, step)
			if not is_dropped:
				rows.append(Row(at, line, ticket, step))
			if step.worked:
				rows.append(Row(at, line, ticket, step.worked, is_assumed=True))
		return rows
