"""Groups of alike tickets on the site: Ticket Signal, and a row of Signalled Ticket for each ticket in one.

A ticket joins the group to whose words it is most alike, of those of its product that got a ticket lately, and of all
that were dismissed; otherwise it begins one. A group's words are the subject of its first ticket; a dismissed one has
those of all its tickets besides, so that nothing of it comes back under a new name. The library tells what is alike
(store/signal_words.py), the rule what grows (domain/signals.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import frappe
from frappe.query_builder import Order
from frappe.query_builder.functions import Count, Max, Min
from frappe.utils import getdate

from crm_support_ext.constants import SETTINGS, SIGNAL, SIGNALLED, TICKET, TICKET_PRODUCT, WAITS_FOR
from crm_support_ext.domain.results import Refusal
from crm_support_ext.domain.signals import (
	Bounds,
	Case,
	Growth,
	State,
	Step,
	decide,
	figures,
	kind_of,
)
from crm_support_ext.store import signal_offers
from crm_support_ext.store.frappe import now, site_time
from crm_support_ext.store.signal_words import key_of, words_of

_MOST_WORDS = 50
"""Of so many of its last tickets a dismissed group has the words."""


def bounds() -> Bounds | None:
	"""From when on a group grows, as the settings say; None if no group is to be offered."""
	settings, usual = frappe.get_cached_doc(SETTINGS), Bounds()
	said = {
		field: int(usual_value if (value := settings.get(f"signal_{field}")) is None else value)
		for field, usual_value in vars(usual).items()
	}
	return Bounds(**{field: max(value, 1) for field, value in said.items()}) if said["tickets"] else None


def unassigned(today: date, by: Bounds) -> list[str]:
	"""The recent tickets that are in no group yet, the oldest first."""
	tickets, first = frappe.qb.DocType(TICKET), by.before(today)
	recent = (
		frappe.qb.from_(tickets)
		.select(tickets.name)
		.where((tickets.creation >= str(first)) & (tickets.opening_date >= first) & (tickets.is_merged == 0))
		.orderby(tickets.creation)
		.orderby(tickets.name)
	).run(pluck=True)
	known = set(frappe.get_all(SIGNALLED, filters={"day": (">=", first)}, pluck="name"))
	return [str(name) for name in recent if str(name) not in known]


def alone() -> None:
	"""Wait until no other job puts tickets into groups, and keep them waiting until the end of the transaction."""
	frappe.db.get_value("DocType", SIGNAL, "name", for_update=True)


def assign(names: Sequence[str], today: date, by: Bounds) -> None:
	"""Put these tickets into groups, those that are in none yet; the caller is ``alone``."""
	known = set(frappe.get_all(SIGNALLED, filters={"name": ("in", names)}, pluck="name"))
	fields = ["name", "subject", "opening_date as day", f"{TICKET_PRODUCT} as product"]
	found = {str(row.name): row for row in frappe.get_all(TICKET, {"name": ("in", names)}, fields)}
	groups, rows = _Groups(today, by), []
	for name in names:
		if name in found and name not in known:
			rows.append((name, groups.of(found[name]), found[name].day))
	_insert(rows)
	refresh(sorted({group for _, group, _ in rows}), today, by)


class _Groups:
	"""The words of the groups that a new ticket may join, by product, read when a ticket of it comes."""

	def __init__(self, today: date, by: Bounds) -> None:
		self.first, self.known = by.before(today), {}

	def of(self, ticket: Any) -> str:
		"""The group to which a ticket is most alike, or one that it begins."""
		product, words = ticket.product or "", words_of(ticket.subject)
		if product not in self.known:
			self.known[product] = dict(_words(product, self.first))
		known = self.known[product]
		if key := key_of(words, known):
			return key.partition(" ")[0]
		group = {"doctype": SIGNAL, "title": _title(words), "product": ticket.product or None}
		made = frappe.get_doc({**group, "first_seen": ticket.day, "last_seen": ticket.day})
		name = str(made.insert(ignore_permissions=True).name)
		known[name] = words
		return name


def _words(product: str, first: date) -> Iterator[tuple[str, str]]:
	"""What the groups of a product say; the name of each is the first word of its key."""
	groups = frappe.qb.DocType(SIGNAL)
	is_of_product = groups.product == product if product else groups.product.isnull()
	is_known = (groups.last_seen >= first) | (groups.state == State.DISMISSED.value)
	found = frappe.qb.from_(groups).select(groups.name, groups.title, groups.state)
	rows = found.where(is_of_product & is_known).orderby(groups.name).run(as_dict=True)
	yield from ((row.name, row.title) for row in rows)
	dismissed = [row.name for row in rows if row.state == State.DISMISSED.value]
	for name, subjects in _subjects(dismissed).items():
		said = list(dict.fromkeys(map(words_of, subjects)))[:_MOST_WORDS]
		yield from ((f"{name} {number}", words) for number, words in enumerate(said))


def _subjects(names: Sequence[str]) -> dict[str, list[str]]:
	"""The subjects of the tickets of these groups, the latest first."""
	rows, tickets = frappe.qb.DocType(SIGNALLED), frappe.qb.DocType(TICKET)
	found: dict[str, list[str]] = {}
	query = frappe.qb.from_(rows).join(tickets).on(tickets.name == rows.name)
	query = query.select(rows.signal, tickets.subject).where(rows.signal.isin(names or [""]))
	by_subject = query.groupby(rows.signal, tickets.subject).orderby(Max(rows.day), order=Order.desc)
	for name, subject in by_subject.orderby(tickets.subject).run():
		found.setdefault(name, []).append(subject)
	return found


def _insert(rows: Sequence[tuple[str, str, date]]) -> None:
	at, user = site_time(now()), frappe.session.user
	columns = ["name", "ticket", "signal", "day", "creation", "modified", "owner", "modified_by"]
	values = [(name, name, group, day, at, at, user, user) for name, group, day in rows]
	if values:
		frappe.db.bulk_insert(SIGNALLED, columns, values, ignore_duplicates=True)


def moving() -> list[str]:
	"""The groups whose figures another day may change."""
	groups = frappe.qb.DocType(SIGNAL)
	is_moving = (groups.recent > 0) | (groups.before > 0) | (groups.state == State.OPEN.value)
	return frappe.qb.from_(groups).select(groups.name).where(is_moving).orderby(groups.name).run(pluck=True)


def refresh(names: Sequence[str], today: date, by: Bounds) -> None:
	"""Count these groups anew, and offer those that grow."""
	if not names:
		return
	growths, sums = figures(_cases(names, by.before(today)), today, by), _sums(names)
	for row in frappe.get_all(SIGNAL, {"name": ("in", names)}, ["name", "state", *_KEPT]):
		growth = growths.get(row.name, Growth())
		new = {"tickets": 0, "customers": 0, **sums.get(row.name, {}), "before": growth.before}
		new |= {"recent": growth.tickets, "recent_customers": growth.customers}
		if row.state == State.OPEN.value or (row.state == State.WATCHED.value and growth.is_enough(by)):
			new |= _offered(locked(row.name), today)
		if any(row.get(field) != value for field, value in new.items()):
			frappe.db.set_value(SIGNAL, row.name, new)


_KEPT = (
	*("tickets", "customers", "recent", "recent_customers", "before", "first_seen", "last_seen"),
	*("open_since", "kind", "item", "article"),
)
"""What a count may change, besides the state."""


def _cases(names: Sequence[str], first: date) -> Iterator[Case]:
	rows, tickets = frappe.qb.DocType(SIGNALLED), frappe.qb.DocType(TICKET)
	found = (
		frappe.qb.from_(rows)
		.join(tickets)
		.on(tickets.name == rows.name)
		.select(rows.signal, rows.name, tickets.customer, rows.day)
		.where(rows.signal.isin(names) & (rows.day >= first) & (tickets.is_merged == 0))
	).run()
	return (Case(group, ticket, customer or None, getdate(day)) for group, ticket, customer, day in found)


def _sums(names: Sequence[str]) -> dict[str, dict[str, Any]]:
	rows, tickets = frappe.qb.DocType(SIGNALLED), frappe.qb.DocType(TICKET)
	found = (
		frappe.qb.from_(rows)
		.join(tickets)
		.on(tickets.name == rows.name)
		.select(
			rows.signal,
			Count("*").as_("tickets"),
			Count(tickets.customer).distinct().as_("customers"),
			Min(rows.day).as_("first_seen"),
			Max(rows.day).as_("last_seen"),
		)
		.where(rows.signal.isin(names) & (tickets.is_merged == 0))
		.groupby(rows.signal)
	).run(as_dict=True)
	return {row.pop("signal"): dict(row) for row in found}


def _offered(row: Any, today: date) -> dict[str, Any]:
	"""As what a group is offered, unless somebody has dealt with it meanwhile: what most of its tickets wait for, else
	what it is most alike to. Its row is locked."""
	outcome = decide(State(row.state), Step.GROWS)
	if outcome is not State.OPEN:
		return {}
	item, article = signal_offers.best(row.title, row.product, _waited_for(row.name))
	offered = {"item": item, "article": article, "kind": kind_of(item, article).value}
	return offered if row.state == outcome.value else {**offered, "state": outcome.value, "open_since": today}


def _waited_for(name: str) -> str | None:
	rows, tickets = frappe.qb.DocType(SIGNALLED), frappe.qb.DocType(TICKET)
	item = tickets[WAITS_FOR]
	found = (
		frappe.qb.from_(rows)
		.join(tickets)
		.on(tickets.name == rows.name)
		.select(item, Count("*"))
		.where((rows.signal == name) & (tickets.status == "Parked") & item.isnotnull() & (item != ""))
		.groupby(item)
	).run()
	return min(found, key=lambda each: (-each[1], each[0]))[0] if found else None


def locked(name: str) -> Any:
	"""A group, its row locked until the end of the transaction."""
	fields = ["name", "title", "product", "state", "kind", "item", "article", "recent"]
	return frappe.db.get_value(SIGNAL, name, fields, as_dict=True, for_update=True)


def step(name: str, what: Step, reason: str = "", **more: Any) -> Refusal | None:
	"""Take a group, or dismiss it, and keep who did so, when and why; ``more`` are other fields of it."""
	row, reason = locked(name), reason.strip()
	after = decide(State(row.state), what, reason)
	if isinstance(after, Refusal):
		return after
	if after.value != row.state:
		more |= {"done_at": site_time(now()), "done_by": frappe.session.user, "reason": reason}
	if more:
		frappe.db.set_value(SIGNAL, name, {"state": after.value, **more})
	return None


def behind(name: str, limit: int) -> list[Any]:
	"""The tickets of a group, the newest first: ticket, subject, customer, status, day and the item they wait for."""
	rows, tickets = frappe.qb.DocType(SIGNALLED), frappe.qb.DocType(TICKET)
	return (
		frappe.qb.from_(rows)
		.join(tickets)
		.on(tickets.name == rows.name)
		.select(
			*(tickets.name.as_("ticket"), tickets.subject, tickets.customer, tickets.status, rows.day),
			tickets[WAITS_FOR].as_("item"),
		)
		.where((rows.signal == name) & (tickets.is_merged == 0))
		.orderby(rows.day, order=Order.desc)
		.orderby(tickets.creation, order=Order.desc)
		.limit(limit)
	).run(as_dict=True)


def forget(ticket: str) -> None:
	"""A ticket that is deleted is in no group, and no group bears its words, but one that was dealt with and has no
	other ticket."""
	row = frappe.db.get_value(SIGNALLED, ticket, "signal")
	if not row:
		return
	frappe.db.delete(SIGNALLED, {"name": ticket})
	group, rest = locked(row), _subjects([row]).get(row)
	if not rest and group.state in (State.WATCHED.value, State.OPEN.value):
		frappe.db.delete(SIGNAL, {"name": row})
		return
	if rest and group.title == _title(words_of(frappe.db.get_value(TICKET, ticket, "subject"))):
		frappe.db.set_value(SIGNAL, row, "title", _title(words_of(rest[-1])))
	if by := bounds():
		refresh([row], getdate(), by)


def _title(words: str) -> str:
	return words[:140] or "-"
