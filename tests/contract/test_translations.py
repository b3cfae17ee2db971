"""Every sentence of the app is there in Dutch and in Norwegian, with the same blanks to fill."""

from __future__ import annotations

import ast
import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crm_support_ext.domain import (
	contracts,
	escalation,
	lifecycle,
	quotations,
	settlement,
	signals,
	strippen,
)

APP = Path(__file__).parents[2] / "crm_support_ext"
LABELS = (
	contracts.State,
	escalation.Kind,
	escalation.Line,
	escalation.Person,
	lifecycle.Status,
	quotations.SettlesIn,
	quotations.State,
	settlement.Place,
	settlement.Role,
	settlement.Settlement,
	signals.Kind,
	signals.State,
	strippen.Kind,
)
"""What is shown by its value, which is its English word."""


def sentences() -> set[str]:
	"""What the code hands to the translator."""
	found = set()
	for path in APP.rglob("*.py"):
		for node in ast.walk(ast.parse(path.read_text())):
			if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_" and node.args:
				if isinstance(node.args[0], ast.Constant):
					found.add(node.args[0].value)
	return found


def leaves(value: Any) -> Iterator[str]:
	"""Every text in what a JSON file declares, and each line of it: the options of a field are lines."""
	if isinstance(value, str):
		yield from (value, *value.split("\n"))
	elif isinstance(value, (dict, list)):
		for inner in value.values() if isinstance(value, dict) else value:
			yield from leaves(inner)


def texts() -> set[str]:
	"""Every text in code, declarations and scripts, whoever hands it to the translator."""
	found: set[str] = set()
	for path in APP.rglob("*.py"):
		nodes = ast.walk(ast.parse(path.read_text()))
		found |= {
			node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)
		}
	for path in APP.rglob("*.json"):
		found.update(leaves(json.loads(path.read_text())))
	for path in APP.rglob("*.js"):
		found.update(re.findall(r'"((?:[^"\\]|\\.)*)"', path.read_text()))
	return found


def translations(language: str) -> list[list[str]]:
	with open(APP / "translations" / f"{language}.csv", newline="") as file:
		return list(csv.reader(file))


@pytest.mark.parametrize("language", ["nl", "nb"])
def test_every_sentence_is_translated(language):
	translated = dict(translations(language))
	assert len(sentences()) > 40
	assert sentences() <= set(translated)
	for sentence, said in translated.items():
		assert said and set(re.findall(r"\{\d\}", sentence)) == set(re.findall(r"\{\d\}", said)), sentence


@pytest.mark.parametrize("language", ["nl", "nb"])
@pytest.mark.parametrize("labels", LABELS, ids=lambda labels: f"{labels.__module__}.{labels.__name__}")
def test_every_label_is_translated(labels, language):
	assert {label.value for label in labels} <= dict(translations(language)).keys()


@pytest.mark.parametrize("language", ["nl", "nb"])
def test_every_translation_is_of_something_that_is_said_and_stands_once(language):
	sentences = [row[0] for row in translations(language)]
	assert set(sentences) <= texts()
	assert len(sentences) == len(set(sentences))
