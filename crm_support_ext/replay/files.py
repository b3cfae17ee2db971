"""Bytes in and out: a log from a file, a packed file or standard input; a result written whole or not at all."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import os
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import IO, TextIO, cast

from crm_support_ext.replay.collector import at_rest
from crm_support_ext.replay.faults import BadInput, Fault

STANDARD = "-"


def open_input(path: str, expected: str = "a log") -> IO[bytes]:
	"""Open a file for reading, unpacked; ``-`` is standard input, which may be opened more than once."""
	if path == STANDARD:
		return io.BytesIO(_standard_input())
	try:
		if path.endswith(".gz"):
			return io.BufferedReader(cast(io.RawIOBase, gzip.open(path)), 1 << 16)
		return open(path, "rb")
	except OSError as error:
		raise BadInput([Fault(path, 1, f"cannot be read ({error.strerror})", expected)]) from error


def rows_of(path: str, expected: str = "a log") -> Iterator[tuple[int, list[str]]]:
	"""The rows of a CSV file that hold anything, each with the line on which it begins."""
	with open_input(path, expected) as stream:
		table = csv.reader(_lines(path, stream, expected), strict=True)
		line = 1
		try:
			for row in table:
				if row:
					yield line, row
				line = table.line_num + 1
		except csv.Error as error:
			raise BadInput([Fault(path, line, f"is no CSV ({error})", expected)]) from error
		except (EOFError, zlib.error, OSError) as error:
			raise BadInput([Fault(path, line, f"cannot be read on ({error})", "a whole file")]) from error


def _lines(path: str, stream: IO[bytes], expected: str) -> Iterator[str]:
	for number, line in enumerate(stream, 1):
		try:
			yield (line.removeprefix(codecs.BOM_UTF8) if number == 1 else line).decode()
		except UnicodeDecodeError:
			raise BadInput([Fault(path, number, "is not in UTF-8", expected)]) from None


@lru_cache(maxsize=1)
def _standard_input() -> bytes:
	return sys.stdin.buffer.read()


def write_all(outputs: dict[str, Callable[[TextIO], None]]) -> None:
	"""Write each file by its writer. All are complete before the first takes its place; ``-`` comes last.

	A file that cannot be written is raised as ``BadInput``.
	"""
	with at_rest(), ExitStack() as stack:
		for path, writer in outputs.items():
			if path != STANDARD:
				file = stack.enter_context(_in_its_place(path))
				writer(file)
				file.flush()
	if STANDARD in outputs:
		outputs[STANDARD](sys.stdout)


@contextmanager
def _in_its_place(path: str) -> Iterator[TextIO]:
	"""A file to write that takes its place when all went well; a device or a pipe is written as it is."""
	place = Path(os.path.realpath(path))
	direct = place.exists() and not place.is_file()
	half = place if direct else place.with_name(f".{place.name}.{os.getpid()}.tmp")
	try:
		with open(half, "w", encoding="utf-8", newline="\n") as file:
			yield file
		if not direct:
			os.replace(half, place)
	except OSError as error:
		wrong = f"cannot be written ({error.strerror})"
		raise BadInput([Fault(path, 1, wrong, "a file in a directory that is there")]) from error
	finally:
		if not direct:
			half.unlink(missing_ok=True)
