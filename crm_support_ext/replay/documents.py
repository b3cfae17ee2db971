"""TOML files that are checked against a schema, each fault with the line it stands on."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from crm_support_ext.replay.faults import BadInput, Fault, shown

if sys.version_info >= (3, 11):
	import tomllib
else:
	import tomli as tomllib

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True)
class Kind:
	"""A value: what was expected, in words, and the test whether it fits."""

	expected: str
	fits: Callable[[object], bool]


@dataclass(frozen=True)
class Table:
	"""A table of known keys; any other key is a fault, and so is a missing one that is ``required``."""

	keys: Mapping[str, Node]
	required: tuple[str, ...] = ()


@dataclass(frozen=True)
class Named:
	"""A table whose keys the author names; all its values are of one kind."""

	each: Node


@dataclass(frozen=True)
class Rows:
	"""A list whose elements are all of one kind."""

	each: Node


Node = Kind | Table | Named | Rows


@dataclass
class Document:
	"""A TOML file that has been read. ``content`` is what it says, ``faults`` what was found wrong with it."""

	file: str
	text: str
	content: dict[str, object]
	faults: list[Fault] = field(default_factory=list)

	def fault(self, path: KeyPath, wrong: str, expected: str) -> None:
		"""Add a fault at the line on which the key at this path is given."""
		self.faults.append(Fault(self.file, self.line(path), wrong, expected))

	def check(self, schema: Node, *path: str) -> None:
		"""Add a fault for everything in the file, or at this path, that does not fit the schema."""
		for where, wrong, expected in _misfits(schema, _at(self.content, path), path):
			self.fault(where, wrong, expected)

	def close(self) -> None:
		"""End the checks: raise ``BadInput`` if there were faults."""
		if self.faults:
			raise BadInput(self.faults)

	def line(self, path: KeyPath) -> int:
		"""The line on which a key path is given, or else the table that lacks it; 1 for the file as a whole."""
		while path:
			for line, given in _given(self.text):
				if given[: len(path)] == path:
					return line
			path = path[:-1]
		return 1


def load(path: str) -> Document:
	"""Read a TOML file. What cannot be read at all is raised as ``BadInput``."""
	try:
		text = Path(path).read_text("utf-8-sig")
	except OSError as error:
		raise BadInput([Fault(path, 1, f"cannot be read ({error.strerror})", "a TOML file")]) from error
	except UnicodeDecodeError as error:
		line = error.object[: error.start].count(b"\n") + 1
		raise BadInput([Fault(path, line, "is not in UTF-8", "a TOML file in UTF-8")]) from error
	try:
		return Document(path, text, tomllib.loads(text, parse_float=Decimal))
	except tomllib.TOMLDecodeError as error:
		found = re.search(r"\(at (?:line (\d+), column \d+|end of document)\)$", str(error))
		line = int(found[1]) if found and found[1] else text.count("\n") + 1
		wrong = re.sub(r" \(at [^)]*\)$", "", str(error))
		raise BadInput([Fault(path, line, f"is no TOML ({wrong})", "a TOML file")]) from error


def _given(text: str) -> Iterator[tuple[int, KeyPath]]:
	"""Every key path that a text gives, with its line; a parser of TOML does not tell them."""
	table: KeyPath = ()
	rows: Counter[KeyPath] = Counter()
	for line, is_header, content in _statements(text):
		if not is_header:
			yield from ((line, table + path) for path in _paths(content))
			continue
		table = tuple(part for part in max(_paths(content), key=len) if isinstance(part, str))
		if _at(content, table) != {}:  # a row of a list of tables
			rows[table] += 1
			table = (*table, rows[table] - 1)
		yield line, table


def _statements(text: str) -> Iterator[tuple[int, bool, dict[str, object]]]:
	"""Each header and each ``key = value`` by itself, as a file of its own, with its first line."""
	lines, start = text.split("\n"), 0
	for end in range(1, len(lines) + 1):
		statement = "\n".join(lines[start:end])
		try:
			content = tomllib.loads(statement)
		except tomllib.TOMLDecodeError:  # it runs on over the next line
			continue
		yield start + 1, statement.lstrip().startswith("["), content
		start = end


def _paths(value: object, path: KeyPath = ()) -> Iterator[KeyPath]:
	"""The key paths inside a value, its own first."""
	yield path
	pairs: Iterable[tuple[str | int, object]] = ()
	if isinstance(value, dict):
		pairs = value.items()
	elif isinstance(value, list):
		pairs = enumerate(value)
	for key, inner in pairs:
		yield from _paths(inner, (*path, key))


def _at(content: object, path: KeyPath) -> object:
	for key in path:
		content = content[key]  # type: ignore[index]
	return content


def _misfits(node: Node, value: object, path: KeyPath) -> Iterator[tuple[KeyPath, str, str]]:
	"""What in a value does not fit its schema: the key path, what is wrong, what was expected."""
	name = _name(path)
	if isinstance(node, Kind):
		if not node.fits(value):
			yield path, f"{name} is {shown(value)}", node.expected
	elif isinstance(node, Rows):
		if not isinstance(value, list):
			yield path, f"{name} is {shown(value)}", "a list"
			return
		for number, row in enumerate(value):
			yield from _misfits(node.each, row, (*path, number))
	elif not isinstance(value, dict):
		yield path, f"{name} is {shown(value)}", "a table"
	else:
		yield from _table_misfits(node, value, path)


def _table_misfits(
	node: Table | Named, value: dict[str, object], path: KeyPath
) -> Iterator[tuple[KeyPath, str, str]]:
	if isinstance(node, Named):
		for key, inner in value.items():
			yield from _misfits(node.each, inner, (*path, key))
		return
	for key, inner in value.items():
		if key in node.keys:
			yield from _misfits(node.keys[key], inner, (*path, key))
		else:
			yield (*path, key), f"unknown key {_name((*path, key))}", "one of " + ", ".join(node.keys)
	for key in node.required:
		if key not in value:
			yield path, f"{_name(path) or 'the file'} has no {key}", f"a key {key}"


def _name(path: KeyPath) -> str:
	"""A key path as one reads it: ``tiers."By agreement".target``, ``releases[2].date``."""
	name = ""
	for part in path:
		if isinstance(part, int):
			name += f"[{part + 1}]"
		else:
			name += "." + (part if re.fullmatch(r"[\w-]+", part) else f'"{part}"')
	return name.removeprefix(".")
