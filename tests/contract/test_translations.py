"""Every sentence of the app is there in Dutch and in Norwegian, with the same blanks to fill."""

from __future__ import annotations

import ast
import csv
import re
from pathlib import Path

import pytest

APP = Path(__file__).parents[2] / "crm_support_ext"


def sentences() -> set[str]:
	"""What the code hands to the translator."""
	found = set()
	for path in APP.rglob("*.py"):
		for node in ast.walk(ast.parse(path.read_text())):
			if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_" and node.args:
				if isinstance(node.args[0], ast.Constant):
					found.add(node.args[0].value)
	return found


@pytest.mark.parametrize("language", ["nl", "nb"])
def test_every_sentence_is_translated(language):
	with open(APP / "translations" / f"{language}.csv", newline="") as file:
		translated = dict(csv.reader(file))
	assert len(sentences()) > 40
	assert sentences() <= set(translated)
	for sentence, said in translated.items():
		assert said and set(re.findall(r"\{\d\}", sentence)) == set(re.findall(r"\{\d\}", said)), sentence
