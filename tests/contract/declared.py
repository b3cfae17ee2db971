"""What the app declares, read without a framework."""

from __future__ import annotations

import ast
import re
import runpy
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from tests.harness.bench import ROOT

APP = ROOT / "crm_support_ext"
HOOKS = APP / "hooks.py"
DOTTED_PATH = re.compile(r"crm_support_ext(\.\w+)+")


def hooks() -> dict[str, Any]:
	"""The values in hooks.py, which imports nothing."""
	return {key: value for key, value in runpy.run_path(str(HOOKS)).items() if not key.startswith("__")}


def dotted_paths(value: Any) -> Iterator[str]:
	"""Every string inside a value that is a path into the app."""
	if isinstance(value, str):
		if DOTTED_PATH.fullmatch(value):
			yield value
	elif isinstance(value, dict):
		for key, inner in value.items():
			yield from dotted_paths(key)
			yield from dotted_paths(inner)
	elif isinstance(value, (list, tuple)):
		for inner in value:
			yield from dotted_paths(inner)


def find(path: str) -> ast.AST | None:
	"""The function or class at a dotted path, found in the source without importing it."""
	module, _, name = path.rpartition(".")
	source = source_of(module)
	return next((node for node in definitions(source) if node.name == name), None) if source else None


def source_of(module: str) -> Path | None:
	"""The file of a module."""
	base = ROOT.joinpath(*module.split("."))
	return next((file for file in (base.with_suffix(".py"), base / "__init__.py") if file.is_file()), None)


@cache
def definitions(source: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
	"""The functions and classes at the top of a file."""
	kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
	return [node for node in ast.parse(source.read_text()).body if isinstance(node, kinds)]


def doctypes() -> list[Path]:
	"""The JSON files of the app's doctypes."""
	return sorted((APP / "crm_support_ext" / "doctype").glob("*/*.json"))
