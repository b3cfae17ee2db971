"""The helpdesk's assignment rules ask for the status Open; ours must take a ticket that is New as well."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_BY_STATUS = re.compile(r"\bstatus\s*==\s*(['\"])Open\1")
_BY_CATEGORY = re.compile(r"\bstatus_category\s*==\s*(['\"])Open\1")


def by_category(rule: Mapping[str, Any]) -> dict[str, Any]:
	"""The two forms of a rule's condition, asking for the category Open where they ask for the status."""
	return _rewritten(rule, _BY_STATUS, "status_category == 'Open'", "status", "status_category")


def by_status(rule: Mapping[str, Any]) -> dict[str, Any]:
	"""The reverse, for the day that we are uninstalled."""
	return _rewritten(rule, _BY_CATEGORY, "status == 'Open'", "status_category", "status")


def _rewritten(rule: Mapping[str, Any], text: re.Pattern[str], to: str, old: str, new: str) -> dict[str, Any]:
	condition, as_json = rule.get("assign_condition") or "", rule.get("assign_condition_json") or ""
	if as_json:
		as_json = json.dumps(_renamed(json.loads(as_json), old, new))
	return {"assign_condition": text.sub(to, condition), "assign_condition_json": as_json or None}


def _renamed(condition: Any, old: str, new: str) -> Any:
	if not isinstance(condition, list):
		return condition
	if condition[:1] == [old] and condition[1:] == ["==", "Open"]:
		return [new, *condition[1:]]
	return [_renamed(part, old, new) for part in condition]
