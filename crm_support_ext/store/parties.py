"""Parties of the site: who there is to go to, and whom a ticket should go to first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import frappe
from frappe.utils import get_fullname, getdate

from crm_support_ext.constants import (
	ACCOUNT_MANAGER,
	CLIENT_MANAGER,
	CUSTOMER,
	CUSTOMER_SINCE,
	KIND,
	PARTY,
	PROJECT_LEADER,
	SOFTWARE,
	TICKET_TYPE,
)
from crm_support_ext.domain.escalation import Kind, Line, Person, Route, Software, route
from crm_support_ext.domain.results import Refusal

_LOOKS_AFTER = {
	Person.ACCOUNT_MANAGER: ACCOUNT_MANAGER,
	Person.PROJECT_LEADER: PROJECT_LEADER,
	Person.CLIENT_MANAGER: CLIENT_MANAGER,
}


@dataclass(frozen=True)
class Party:
	"""A party as the dialog offers it."""

	name: str
	line: Line


def parties() -> list[Party]:
	"""All parties to whom something new may go."""
	rows = frappe.get_all(PARTY, filters={"disabled": 0}, fields=["name", "line"], order_by="line, name")
	return [Party(row.name, Line(row.line)) for row in rows]


def route_of(ticket: Any) -> Route | Refusal:
	"""Where the kind of this ticket leads, with the people who look after its customer."""
	kind, software = _about(ticket.ticket_type)
	if kind is None:
		return Route()
	looked_after = _customer(ticket.customer)
	people = {person: looked_after.get(field) or "" for person, field in _LOOKS_AFTER.items()}
	since = looked_after.get(CUSTOMER_SINCE) or looked_after.get("creation")
	return route(kind, software, people, getdate(since) if since else None, getdate())


def _about(ticket_type: str | None) -> tuple[Kind | None, Software | None]:
	if not ticket_type:
		return None, None
	kind, software = frappe.get_cached_value(TICKET_TYPE, ticket_type, [KIND, SOFTWARE])
	return (Kind(kind) if kind else None), (Software(software) if software else None)


def _customer(name: str | None) -> Any:
	if not name:
		return frappe._dict()
	fields = [*_LOOKS_AFTER.values(), CUSTOMER_SINCE, "creation"]
	return frappe.db.get_value(CUSTOMER, name, fields, as_dict=True) or frappe._dict()


def first_of(lines: Iterable[Line], among: Iterable[Party]) -> str:
	"""The name of the first party on the first of these lines that has one."""
	known = list(among)
	return next((party.name for line in lines for party in known if party.line is line), "")


def party_of(user: str) -> str:
	"""The party that one of us is, made if there is none: whoever looks after a customer is reached like any other."""
	known = frappe.db.get_value(PARTY, {"user": user, "line": Line.ACCOUNT_MANAGEMENT.value, "disabled": 0})
	if known:
		return known
	name = get_fullname(user)
	doc = frappe.new_doc(PARTY)
	doc.update(
		{
			"party_name": f"{name} ({user})" if frappe.db.exists(PARTY, name) else name,
			"line": Line.ACCOUNT_MANAGEMENT.value,
			"user": user,
			"email": frappe.db.get_value("User", user, "email"),
			"language": frappe.db.get_value("User", user, "language"),
		}
	)
	return doc.insert(ignore_permissions=True).name


def people_of(party: Any) -> list[str]:
	"""The users whose bell rings for this party: one of us, or a team of ours."""
	team = frappe.get_cached_doc("HD Team", party.team).users if party.team else []
	return list(dict.fromkeys([*([party.user] if party.user else []), *(row.user for row in team)]))
