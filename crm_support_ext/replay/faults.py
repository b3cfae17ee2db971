"""What is wrong with an input file, said in one line each: ``file:line: what is wrong, what was expected``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

LIMIT = 20
"""As many faults are told; who has more, has a problem of another kind."""


class Fault(NamedTuple):
	"""One fault, where it stands, and what was expected in its place."""

	file: str
	line: int
	wrong: str
	expected: str

	def __str__(self) -> str:
		return f"{self.file}:{self.line}: {self.wrong}, expected {self.expected}"


class BadInput(Exception):
	"""The input cannot be played; ``faults`` are the first ``LIMIT`` in order of line."""

	def __init__(self, faults: Iterable[Fault]) -> None:
		self.faults = sorted(faults, key=_line)[:LIMIT]
		super().__init__("\n".join(map(str, self.faults)))


def _line(fault: Fault) -> int:
	return fault.line


def shown(value: object) -> str:
	"""A value as a fault quotes it: on one line, and not longer than a line."""
	text = repr(value) if isinstance(value, str) else str(value)
	text = text if text.isprintable() else repr(text)
	return text if len(text) <= 80 else f"{text[:76]}...{text[-1]}"
