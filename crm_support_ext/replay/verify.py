"""Verify a statement of strippen that somebody downloaded: ``crm-support verify`` (docs/ledger.md)."""

from __future__ import annotations

import codecs
import csv
import zlib
from collections.abc import Iterator
from typing import IO

from crm_support_ext.domain.statement_check import Checked, check
from crm_support_ext.replay.faults import BadInput, Fault
from crm_support_ext.replay.files import open_input

_EXPECTED = "a statement as it was downloaded"


def verify(path: str) -> Checked:
	"""What a statement says, if everything in it holds; what does not is raised as ``BadInput``."""
	with open_input(path, _EXPECTED) as stream:
		checked, findings = check(_rows(path, stream))
	if findings or checked is None:
		raise BadInput(Fault(path, line, *wrong) for line, wrong in findings)
	return checked


def in_words(checked: Checked) -> str:
	"""What is printed of a statement that holds."""
	entries = f"{checked.entries:,} {'entry' if checked.entries == 1 else 'entries'}"
	return (
		f"{checked.contract}: {entries}, chain and balance hold.\n"
		f"Balance {checked.balance}, last hash {checked.hash}"
	)


def _rows(path: str, stream: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
	"""The rows that hold anything, each with the line on which it begins."""
	table = csv.reader(_lines(path, stream), strict=True)
	line = 1
	try:
		for row in table:
			if row:
				yield line, row
			line = table.line_num + 1
	except csv.Error as error:
		raise BadInput([Fault(path, line, f"is no CSV ({error})", _EXPECTED)]) from error
	except (EOFError, zlib.error, OSError) as error:
		raise BadInput([Fault(path, line, f"cannot be read on ({error})", "a whole file")]) from error


def _lines(path: str, stream: IO[bytes]) -> Iterator[str]:
	for number, line in enumerate(stream, 1):
		try:
			yield (line.removeprefix(codecs.BOM_UTF8) if number == 1 else line).decode()
		except UnicodeDecodeError:
			raise BadInput([Fault(path, number, "is not in UTF-8", _EXPECTED)]) from None
