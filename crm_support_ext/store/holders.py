"""Who is responsible for a ticket: those who hold it, and whoever manages its team. ``ticket`` has _assign and agent_group."""

from __future__ import annotations

from typing import Any

import frappe

from crm_support_ext.constants import AGENT_MANAGER, TEAM, TEAM_MANAGER


def assigned(ticket: Any) -> list[str]:
	"""The users whom the ticket is assigned to."""
	return frappe.parse_json(ticket.get("_assign") or "[]")


def assignees(ticket: Any) -> list[str]:
	"""Those of them who can log in."""
	return _enabled(assigned(ticket))


def managers(ticket: Any) -> list[str]:
	"""The manager of the ticket's team; without one the Agent Managers in the team, and without those all there are."""
	team = ticket.get("agent_group")
	named = _enabled([frappe.db.get_value(TEAM, team, TEAM_MANAGER)]) if team else []
	if named:
		return named
	everybody = _agent_managers()
	members = frappe.get_all("HD Team Member", filters={"parent": team}, pluck="user") if team else []
	return [user for user in everybody if user in members] or everybody


def mobile_of(user: str) -> str:
	"""The mobile number of a user: their own, else that of their contact; empty if there is none."""
	number = frappe.db.get_value("User", user, "mobile_no")
	return number or frappe.db.get_value("Contact", {"user": user}, "mobile_no") or ""


def _agent_managers() -> list[str]:
	having = {"role": AGENT_MANAGER, "parenttype": "User"}
	users = frappe.get_all("Has Role", filters=having, pluck="parent", distinct=True)
	gone = frappe.get_all("HD Agent", filters={"is_active": 0}, pluck="user")
	return sorted(_enabled([user for user in users if user != "Administrator" and user not in gone]))


def _enabled(users: list[str | None]) -> list[str]:
	return [user for user in users if user and frappe.db.get_value("User", user, "enabled", cache=True)]
