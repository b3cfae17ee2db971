"""Every cell of the tables in rights.py, by every way that the framework and the helpdesk have into a record.

What a way answers is searched for markers, so a leak is found wherever it stands. HTTP routes, pages and files are tried
in tests/e2e/test_permission_matrix.py with the same tables.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import frappe
import frappe.client
import frappe.desk.form.load
import frappe.desk.form.save
import frappe.desk.query_report
import frappe.desk.reportview
import frappe.desk.search
import frappe.handler
import frappe.utils.global_search
import pytest
from frappe.model.document import Document
from frappe.utils import add_days, today

from crm_support_ext import constants as names
from crm_support_ext.store import quotations
from tests.site.desk import acting_as, contact_of
from tests.site.rights import (
	COMPANY,
	MATRIX,
	OURS,
	PEOPLE,
	PLAN,
	Person,
	Record,
	World,
	is_single,
	make_world,
	may,
	may_read,
	person,
	shown,
	title_of,
)


@pytest.fixture(scope="module")
def world(site) -> World:
	frappe.db.set_single_value("HD Settings", "skip_email_workflow", 1)
	return make_world()


def ask(method: str, **values: Any) -> str:
	"""Call a method as a request does; everything that it answered."""
	frappe.local.form_dict = frappe._dict(values, cmd=method)
	frappe.local.response = frappe._dict(docs=[])
	function = frappe.get_attr(frappe.override_whitelisted_method(method))
	if not method.startswith("frappe.api.v2."):
		frappe.is_whitelisted(function)
	answer = frappe.call(function, **values)
	said = [answer, dict(frappe.local.response)]
	return json.dumps(said, default=in_full, ensure_ascii=False)


def in_full(value: Any) -> Any:
	return value.as_dict() if isinstance(value, Document) else str(value)


def refused(do: Callable[[], str]) -> str:
	"""What it answers; nothing, if a request would end in any error. Who may, is tried by the same call."""
	try:
		return do()
	except Exception:
		return ""
	finally:
		frappe.clear_messages()


def named(record: Record) -> dict[str, Callable[[], str]]:
	"""The ways to read one record by its name."""
	doctype, name = record.doctype, record.name
	return {
		"client.get": lambda: ask("frappe.client.get", doctype=doctype, name=name),
		"client.get by filters": lambda: ask("frappe.client.get", doctype=doctype, filters={"name": name}),
		"client.get_value": lambda: ask(
			"frappe.client.get_value",
			doctype=doctype,
			fieldname=json.dumps([shown(record)]),
			filters=json.dumps({"name": name}),
		),
		"client.validate_link": lambda: ask(
			"frappe.client.validate_link",
			doctype=doctype,
			docname=name,
			fields=json.dumps([shown(record)]),
		),
		"form.load.getdoc": lambda: ask("frappe.desk.form.load.getdoc", doctype=doctype, name=name),
		"form.load.get_docinfo": lambda: ask("frappe.desk.form.load.get_docinfo", doctype=doctype, name=name),
		"link_preview": lambda: ask(
			"frappe.desk.link_preview.get_preview_data", doctype=doctype, docname=name
		),
		"print html": lambda: ask(
			"frappe.www.printview.get_html_and_style", doc=doctype, name=name, print_format="Standard"
		),
		"api v2 read": lambda: json.dumps(frappe.api.v2.read_doc(doctype, name), default=str),
		"api v2 copy": lambda: json.dumps(frappe.api.v2.copy_doc(doctype, name), default=str),
		"linked_with": lambda: ask("frappe.desk.form.linked_with.get", doctype=doctype, docname=name),
	}


def listing(record: Record) -> dict[str, Callable[[], str]]:
	"""The ways to find a record without its name."""
	doctype, fields = record.doctype, ["name", shown(record)]
	columns = json.dumps([f"`tab{doctype}`.`{field}`" for field in fields])
	found = {
		"client.get_list": lambda: ask(
			"frappe.client.get_list", doctype=doctype, fields=fields, limit_page_length=0
		),
		"client.get_list of all columns": lambda: ask(
			"frappe.client.get_list", doctype=doctype, fields=["*"], limit_page_length=0
		),
		"client.get_value of the first": lambda: ask(
			"frappe.client.get_value",
			doctype=doctype,
			fieldname=json.dumps(fields),
			filters=json.dumps({shown(record): record.marker}),
		),
		"reportview.get": lambda: ask(
			"frappe.desk.reportview.get", doctype=doctype, fields=columns, filters="[]", page_length="500"
		),
		"reportview.get_list": lambda: ask(
			"frappe.desk.reportview.get_list", doctype=doctype, fields=columns, filters="[]"
		),
		"reportview.export_query": lambda: ask(
			"frappe.desk.reportview.export_query",
			doctype=doctype,
			fields=columns,
			filters="[]",
			title=doctype,
			file_format_type="CSV",
		),
		"api v2 list": lambda: v2_list(doctype, fields),
		"search_link": lambda: ask(
			"frappe.desk.search.search_link", doctype=doctype, txt="", page_length=500
		),
		"search_widget": lambda: ask(
			"frappe.desk.search.search_widget", doctype=doctype, txt="", page_length=500
		),
		"global search": lambda: ask(
			"frappe.utils.global_search.search", text=record.marker, doctype=doctype
		),
		"global search everywhere": lambda: ask("frappe.utils.global_search.search", text=record.marker),
		"helpdesk list": lambda: ask("helpdesk.api.doc.get_list_data", doctype=doctype, rows=fields),
		"stats": lambda: ask(
			"frappe.desk.listview.get_group_by_count",
			doctype=doctype,
			current_filters="[]",
			field=shown(record),
		),
	}
	return found


CUSTOMERS = {"contact", "orderer", "manager"}

NAMES_ONLY = {"search_link", "search_widget"}
"""What answers with the names of records, and what their search fields hold."""

MAY_KNOW_LESS = {
	"linked_with",
	"form.load.get_docinfo",
	"link_preview",
	"global search",
	"global search everywhere",
	"stats",
	"helpdesk list",
	"print html",
	"linked with its ticket",
	"its ticket",
	"its ticket's form",
	"its ticket's buttons",
	"its ticket's record",
	"its ticket's receipt",
	"product by its ticket",
	"product by its ticket, v2",
	"item by its ticket",
	"item by its ticket, v2",
	"title of its item",
}
"""What need not show the marker to who may read the record; it shall not to who may not."""


def from_the_ticket(record: Record, world: World) -> dict[str, Callable[[], str]]:
	"""The ways that lead from a customer's ticket to what hangs on it."""
	if record.doctype not in (names.WORK_LOG, names.PARKED_ITEM, names.PARKING, names.DECISION):
		return {}
	tickets = world.tickets if record.doctype == names.WORK_LOG else world.waiting
	ticket = tickets[record.side]
	return {
		"linked with its ticket": lambda: ask(
			"frappe.desk.form.linked_with.get", doctype="HD Ticket", docname=ticket
		),
		"its ticket": lambda: ask("helpdesk.helpdesk.doctype.hd_ticket.api.get_one", name=ticket),
		"its ticket's form": lambda: ask("frappe.desk.form.load.getdoc", doctype="HD Ticket", name=ticket),
		"its ticket's buttons": lambda: ask("crm_support_ext.api.ticket.actions", ticket=ticket),
		"its ticket's record": lambda: ask("crm_support_ext.api.ticket.record", ticket=ticket),
		"its ticket's receipt": lambda: ask("crm_support_ext.api.target.receipt", ticket=ticket),
		"product by its ticket": lambda: ask(
			"frappe.client.get_list", doctype="HD Ticket", fields=["name", "cse_product.description"]
		),
		"product by its ticket, v2": lambda: v2_list("HD Ticket", ["name", "cse_product.description"]),
		"item by its ticket": lambda: ask(
			"frappe.client.get_list", doctype="HD Ticket", fields=["name", "cse_parked_item.description"]
		),
		"item by its ticket, v2": lambda: v2_list("HD Ticket", ["name", "cse_parked_item.description"]),
		"title of its item": lambda: ask(
			"frappe.desk.search.get_link_title", doctype=names.PARKED_ITEM, docname=record.name
		),
	}


def v2_list(doctype: str, fields: list[str]) -> str:
	frappe.local.form_dict = frappe._dict(fields=fields, limit=100_000)
	frappe.local.response = frappe._dict(docs=[])
	return json.dumps(frappe.api.v2.document_list(doctype), default=str)


def may_lack(way: str, record: Record) -> bool:
	"""Where the framework has no such way for a kind of record, or its answer no name."""
	of_single = is_single(record) and ("value" in way or "link" in way)
	return of_single or (record.field == "name" and way in ("reportview.export_query", "api v2 copy"))


@pytest.mark.parametrize("who", PEOPLE, ids=str)
def test_reading_as(who: Person, world: World) -> None:
	wrong, tried = [], 0
	with acting_as(who.user):
		hidden = [one for one in world.records if one.field != "name" and not may_read(who, one)]
		for record in world.records:
			ways = named(record) if is_single(record) else {**named(record), **listing(record)}
			for way, do in {**ways, **from_the_ticket(record, world)}.items():
				answer = refused(do)
				for other in hidden:
					if other.marker in answer:
						wrong.append(f"{way} of {record.doctype} ({record.side}) leaks {other.marker}")
				if (
					who.role in CUSTOMERS
					and record.side != who.side
					and title_of(record.side or "?") in answer
				):
					wrong.append(f"{way} of {record.doctype} ({record.side}) leaks the item's title")
				there = record.marker in answer or (way in NAMES_ONLY and json.dumps(record.name) in answer)
				allowed = may_read(who, record)
				must = allowed and way not in MAY_KNOW_LESS and not may_lack(way, record)
				tried += 1
				if (there and not allowed) or (must and not there):
					wrong.append(
						f"{way} of {record.doctype} ({record.side}): {'leaks' if there else 'is not there'}"
					)
	assert wrong == []
	assert tried > 400


@pytest.mark.parametrize("who", PEOPLE, ids=str)
def test_counting_as(who: Person, world: World) -> None:
	wrong = []
	with acting_as(who.user):
		for record in world.records:
			if is_single(record):
				continue
			for way in ("frappe.client.get_count", "frappe.desk.reportview.get_count"):
				count = counted(way, record)
				if count != int(may_read(who, record)):
					wrong.append(f"{way} of {record.doctype} ({record.side}): {count}")
	assert wrong == []


def counted(way: str, record: Record) -> int:
	filters = json.dumps({"name": record.name})
	answer = refused(lambda: ask(way, doctype=record.doctype, filters=filters))
	return json.loads(answer)[0] if answer else 0


# Writing


def fresh(record: Record, world: World) -> dict[str, Any]:
	"""The values of another record of this kind."""
	side = record.side or "a"
	contract = world.name(names.CONTRACT, side)
	orderer = contact_of(person("orderer", side).user)
	ticket = world.tickets[side]
	return {
		names.CONTRACT: {
			"customer": COMPANY[side],
			"plan": PLAN,
			"start": add_days(today(), 400),
			"end": add_days(today(), 700),
			"orderers": [{"contact": contact_of(person("contact", side).user)}],
		},
		names.PLAN: {"plan_name": "Forged", "strippen_per_year": 1000},
		names.PRODUCT: {"product_name": "Forged"},
		names.TARIFF: {"activity": "Forged", "cost_by": "Fixed number", "strippen": 0},
		names.WORK_LOG: {
			"ticket": ticket,
			"agent": person("agent", side).user,
			"minutes": 5,
			"text": "Forged",
		},
		names.TIMER: {"ticket": ticket, "agent": person("agent_manager").user, "seconds": 5},
		names.QUOTATION: {
			"ticket": ticket,
			"text": "Forged",
			"settles_in": "Strippen",
			"estimate": 1,
			"maximum": 1,
			"sent_to": orderer,
			"valid_until": add_days(today(), 5),
			"state": "Accepted",
		},
		names.ENTRY: {"contract": contract, "number": 999, "kind": "Grant", "amount": "1000.00"},
		names.LEDGER_CHECK: {"contract": contract, "holds": 1},
		names.STRIPPEN_WARNING: {"contract": contract, "share": 75},
		names.REQUESTED_STATEMENT: {"contract": contract, "form": "CSV", "reader": frappe.session.user},
		**fresh_of_parked(world, side),
	}[record.doctype]


def fresh_of_parked(world: World, side: str) -> dict[str, dict[str, Any]]:
	item, release = world.name(names.PARKED_ITEM, side), world.name(names.RELEASE, side)
	product = frappe.db.get_value(names.PARKED_ITEM, item, "product")
	waits = {"ticket": world.tickets[side], "item": item, "customer": COMPANY[side]}
	return {
		names.PARKED_ITEM: {"title": "Forged", "product": product, "effort": 1},
		names.DECISION: {"item": item, "decision": "Decline", "reason": "Forged"},
		names.PARKING: {**waits, "open_of": world.tickets[side]},
		names.SIGNAL: {"title": "Forged", "product": product, "state": "Open"},
		names.RELEASE: {"product": product, "version": "47", "date": today()},
		names.INSTALLATION: {
			"customer": COMPANY["b" if side == "a" else "a"],
			"product": product,
			"release": release,
		},
	}


def creating(record: Record, world: World) -> dict[str, Callable[[], str]]:
	values = {"doctype": record.doctype, **fresh(record, world)}
	return {
		"client.insert": lambda: ask("frappe.client.insert", doc=json.dumps(values, default=str)),
		"client.insert_many": lambda: ask(
			"frappe.client.insert_many", docs=json.dumps([values], default=str)
		),
		"client.save": lambda: ask("frappe.client.save", doc=json.dumps(values, default=str)),
		"form.save": lambda: ask(
			"frappe.desk.form.save.savedocs",
			doc=json.dumps({**values, "__islocal": 1, "name": "new-record-1"}, default=str),
			action="Save",
		),
		"api v2 create": lambda: v2("create_doc", values, record.doctype),
	}


def v2(name: str, values: dict[str, Any], *where: str) -> str:
	frappe.local.form_dict = frappe._dict(values)
	frappe.local.response = frappe._dict(docs=[])
	return str(getattr(frappe.api.v2, name)(*where))


def changing(record: Record) -> dict[str, Callable[[], str]]:
	doctype, name = record.doctype, record.name
	field, value = changed_field(record)
	asked = {"doctype": doctype, "docname": name, field: value}
	return {
		"client.set_value": lambda: ask(
			"frappe.client.set_value", doctype=doctype, name=name, fieldname=field, value=value
		),
		"client.bulk_update": lambda: ask("frappe.client.bulk_update", docs=json.dumps([asked])),
		"client.save": lambda: ask(
			"frappe.client.save", doc=json.dumps({**stored(record), field: value}, default=str)
		),
		"form.save": lambda: ask(
			"frappe.desk.form.save.savedocs",
			doc=json.dumps({**stored(record), field: value}, default=str),
			action="Save",
		),
		"api v2 update": lambda: v2("update_doc", {field: value}, doctype, name),
		"like": lambda: ask("frappe.desk.like.toggle_like", doctype=doctype, name=name, add="Yes"),
		"tag": lambda: ask("frappe.desk.doctype.tag.tag.add_tag", tag="forged", dt=doctype, dn=name),
		"tags": lambda: ask(
			"frappe.desk.doctype.tag.tag.add_tags", tags='["forged"]', dt=doctype, docs=json.dumps([name])
		),
		"client.rename_doc": lambda: ask(
			"frappe.client.rename_doc", doctype=doctype, old_name=name, new_name=f"{name}-x"
		),
	}


MARKS = {"like", "tag", "tags"}


def deleting(record: Record) -> dict[str, Callable[[], str]]:
	doctype, name = record.doctype, record.name
	return {
		"client.delete": lambda: ask("frappe.client.delete", doctype=doctype, name=name),
		"reportview.delete_items": lambda: ask(
			"frappe.desk.reportview.delete_items", doctype=doctype, items=json.dumps([name])
		),
		"api v2 delete": lambda: v2("delete_doc", {}, doctype, name),
	}


def changed_field(record: Record) -> tuple[str, Any]:
	if record.doctype == names.RULES:
		return "rules", [{"settlement": "Free"}]
	field, value = {
		names.TIMER: ("seconds", 4711),
		names.REQUESTED_STATEMENT: ("done", 4711),
		names.INSTALLATION: ("since", "2020-02-02"),
		names.WEIGHTS: ("per_user", 47),
	}.get(record.doctype, (record.field, "forged"))
	return field, value


def stored(record: Record) -> dict[str, Any]:
	with acting_as("Administrator"):
		return frappe.get_doc(record.doctype, record.name).as_dict()


def snapshot(doctype: str) -> str:
	"""All rows of a kind, as they are in the database."""
	if doctype == names.RULES:
		return str(frappe.get_all("Settlement Rule", fields=["*"], order_by="idx"))
	if doctype == names.WEIGHTS:
		return str(frappe.db.sql("select * from `tabSingles` where doctype = %s order by field", doctype))
	return str(frappe.db.sql(f"select * from `tab{doctype}` order by name"))


def has_changed(doctype: str, do: Callable[[], str]) -> bool:
	"""Whether it changed any row of this kind; it is undone."""
	frappe.db.savepoint("attempt")
	frappe.db.commit()  # where a rollback of what is called returns to
	before = snapshot(doctype)
	refused(do)
	changed = snapshot(doctype) != before
	frappe.db.rollback(save_point="attempt")
	frappe.db.commit()
	frappe.clear_document_cache(doctype)
	return changed


@pytest.mark.parametrize("who", PEOPLE, ids=str)
def test_writing_as(who: Person, world: World) -> None:
	wrong, tried = [], 0
	for record in world.records:
		cell = MATRIX[record.doctype][who.role]
		attempts = {"change": changing(record), "delete": {} if is_single(record) else deleting(record)}
		with acting_as(who.user):
			attempts["create"] = {} if is_single(record) else creating(record, world)
			for kind, ways in attempts.items():
				allowed = {"change": cell == "write", "delete": False, "create": cell in ("write", "make")}[
					kind
				]
				for way, do in ways.items():
					if (way == "client.rename_doc" and allowed) or (way in MARKS and may_read(who, record)):
						continue  # which records may be renamed is their own affair; whoever reads one may mark it
					tried += 1
					done = has_changed(record.doctype, do)
					if done != allowed:
						said = "does" if done else "does not"
						wrong.append(f"{way} {said} {kind} {record.doctype} ({record.side})")
	assert wrong == []
	assert tried > 100


def test_a_draft_that_is_forged_as_accepted_is_a_draft(world: World) -> None:
	record = next(one for one in world.records if one.doctype == names.QUOTATION)
	for role in ("agent", "agent_manager"):
		with acting_as(person(role, "a").user):
			made = json.loads(creating(record, world)["client.insert"]())[0]
		assert (made["state"], made["answered_by"]) == ("Draft", None)


# Our methods


def acting(place: str, side: str, world: World) -> list[Callable[[], str]]:
	"""What is pressed for this row of PLACES, on the records of one customer."""
	contract, ticket = world.name(names.CONTRACT, side), world.tickets[side]
	quotation, log = world.name(names.QUOTATION, side), world.name(names.WORK_LOG, side)
	number = frappe.db.get_value(names.ENTRY, world.name(names.ENTRY, side), "number")
	work = {"minutes": "15", "role": "helpdesk", "place": "remote", "key": frappe.generate_hash()}
	offer = {
		"text": "More",
		"settles_in": "Strippen",
		"estimate": "1",
		"maximum": "1",
		"sent_to": contact_of(person("orderer", side).user),
		"valid_until": add_days(today(), 5),
	}
	days = {"first": add_days(today(), -30), "last": today(), "form": "CSV"}
	rules, weights = (stored(one) for one in world.records if is_single(one))
	item, release = world.name(names.PARKED_ITEM, side), world.name(names.RELEASE, side)
	planned, signal = release.removesuffix("1") + "2", world.name(names.SIGNAL, side)
	api = "crm_support_ext.api."
	calls: dict[str, list[tuple[str, dict[str, Any]]]] = {
		"statement file": [("statement.download", {"contract": contract, **days})],
		"made statement": [("statement.progress", {"file": world.name(names.REQUESTED_STATEMENT, side)})],
		"balance in the desk": [("ledger.standing", {"contract": contract})],
		"answer a quotation": [
			("quotation.answer", {"name": quotation, "accepts": True}),
			("quotation.answer", {"name": quotation, "accepts": False, "words": "No"}),
			("quotation.answer_on_page", {"quotation": quotation, "answer": "accept"}),
		],
		"make a quotation": [("ticket.act", {"ticket": ticket, "event": "quote", "values": offer})],
		"withdraw a quotation": [
			("quotation.withdraw", {"name": quotation}),
			("ticket.act", {"ticket": ticket, "event": "withdraw_quotation"}),
		],
		"log work": [("ticket.act", {"ticket": ticket, "event": "work", "text": "Done", "values": work})],
		"withdraw work": [("work.withdraw", {"log": log, "reason": "Wrong"})],
		"grant and sell": [
			("ledger.grant", {"contract": contract, "units": "3", "reason": "Sorry"}),
			("ledger.purchase", {"contract": contract, "units": "3"}),
		],
		"correct an entry": [
			("ledger.correct", {"contract": contract, "number": number, "reason": "Mistaken"}),
			("ledger.preview", {"contract": contract, "number": number}),
		],
		"activate and renew": [
			("contract.move", {"contract": contract, "state": "Suspended"}),
			("contract.renew", {"contract": contract, "months": 12}),
		],
		"try other rules": [("work.what_would_change", {"doc": json.dumps(rules, default=str)})],
		"park a ticket": [
			("ticket.act", {"ticket": ticket, "event": "parked", "text": "So", "values": {"item": item}}),
			(
				"ticket.act",
				{
					"ticket": world.waiting[side],
					"event": "park_again",
					"text": "So",
					"values": {"item": "new", "title": "Another", "product": item_of(item, "product")},
				},
			),
		],
		"items that are alike": [("parking.alike", {"ticket": ticket})],
		"board of items": [
			("board.page", {"product": item_of(item, "product")}),
			("board.standing", {"item": item}),
		],
		"decide on an item": [
			(
				"board.decide",
				{"item": item, "decision": "Defer", "until": add_days(today(), 9), "reason": "So"},
			),
			("board.needs", {"item": item, "decision": "Defer", "until": add_days(today(), 9)}),
		],
		"what is behind a signal": [("signals.behind", {"signal": signal})],
		"done with a signal": [
			("signals.raise_item", {"signal": signal, "item": item}),
			("signals.write_article", {"signal": signal}),
			("signals.dismiss", {"signal": signal, "reason": "So"}),
		],
		"try other weights": [("board.what_would_change", {"doc": json.dumps(weights, default=str)})],
		"what a release means": [
			("release.preview", {"release": planned}),
			("release.progress", {"release": release}),
		],
		"release": [("release.go_out", {"release": planned})],
		"figures of contracts": [
			("figures.contracts_expiring", {}),
			("figures.contracts_nearly_used_up", {}),
			("figures.customers_without_contract", {}),
		],
	}
	if place == "title of an item":
		return [lambda: ask("frappe.desk.search.get_link_title", doctype=names.PARKED_ITEM, docname=item)]
	if place == "reports of contracts":
		return [report(name, how) for name in REPORTS for how in ("run", "export_query")]
	return [lambda call=call: ask(api + call[0], **call[1]) for call in calls[place]]


def item_of(item: str, field: str) -> str:
	return frappe.db.get_value(names.PARKED_ITEM, item, field)


REPORTS = {"Contracts at a Glance": {"show": "all"}, "Customers without a Contract": {}}


def report(name: str, how: str) -> Callable[[], str]:
	values = {"report_name": name, "filters": json.dumps(REPORTS[name]), "file_format_type": "CSV"}
	values["visible_idx"] = "[0]"
	return lambda: ask(f"frappe.desk.query_report.{how}", **values)


BY_HTTP = {
	"contract page",
	"statement page",
	"quotation page",
	"hours of a ticket",
	"file of a contract",
	"file of a quotation",
	"page of a wait",
	"release notes page",
}
"""Rows that are tried where there is a server."""


@pytest.mark.parametrize("who", PEOPLE, ids=str)
def test_our_methods_as(who: Person, world: World) -> None:
	wrong = []
	for place in OURS.keys() - BY_HTTP:
		for side in "ab":
			for number, press in enumerate(acting(place, side, world)):
				frappe.db.savepoint("attempt")
				frappe.db.commit()
				if place == "make a quotation":
					withdrawn(world.name(names.QUOTATION, side))
				with acting_as(who.user):
					done = bool(refused(press))
				frappe.db.rollback(save_point="attempt")
				frappe.db.commit()
				if done != may(who, place, side):
					wrong.append(f"{place} {number} ({side}): {'answers' if done else 'refuses'}")
	assert wrong == []


def withdrawn(name: str) -> None:
	"""One quotation at a time waits for its answer."""
	assert quotations.withdraw(quotations.locked(name)) is None
	frappe.db.commit()


def test_every_row_of_the_tables_is_tried(world: World) -> None:
	assert {record.doctype for record in world.records} == set(MATRIX)
	ours = frappe.get_all("DocType", {"module": names.MODULE, "istable": 0}, pluck="name")
	assert set(MATRIX) <= set(ours)
	customers = {"HD Customer", "HD Customer Manager", "Guest", "All"}
	for doctype in ours:
		roles = {row.role for row in frappe.get_meta(doctype).permissions}
		assert not roles & customers, doctype


def test_nobody_follows_what_they_may_not_read(world: World) -> None:
	contract = world.name(names.CONTRACT, "a")
	for role in ("contact", "orderer", "manager"):
		user = person(role, "a").user
		frappe.db.set_value("User", user, "document_follow_notify", 1)
		with acting_as(user):
			for method, more in (("follow_document", {"user": user}), ("update_follow", {"following": True})):
				name = f"frappe.desk.form.document_follow.{method}"
				assert not refused(
					lambda n=name, m=more: ask(n, doctype=names.CONTRACT, doc_name=contract, **m)
				)
	assert not frappe.db.exists("Document Follow", {"ref_docname": contract})


def test_the_ticket_shows_the_name_of_its_item_and_nothing_else_of_it(world: World) -> None:
	item = world.name(names.PARKED_ITEM, "a")
	with acting_as(person("contact", "a").user):
		read = json.loads(ask("frappe.client.get", doctype="HD Ticket", name=world.waiting["a"]))[0]
	assert read["cse_parked_item"] == item
	assert not {key for key in read if "park" in key} - {"cse_parked_item"}
	secrets = frappe.db.get_value(names.PARKED_ITEM, item, ["description", "order_key", "score"])
	assert not [secret for secret in secrets if secret in json.dumps(read)]


@pytest.mark.parametrize("role", ["contact", "manager"])
@pytest.mark.parametrize("waits", [True, False])
def test_a_customer_parks_nothing_and_moves_nothing_to_another_item(
	world: World, role: str, waits: bool
) -> None:
	ticket = (world.waiting if waits else world.tickets)["a"]
	others = world.name(names.PARKED_ITEM, "b")
	ways: list[dict[str, Any]] = [{"cse_parked_item": others}, {"cse_parked_item": None}]
	ways.append({"status": "Parked", "cse_parked_item": others, "cse_reason": "mine first"})
	before = frappe.db.get_value("HD Ticket", ticket, ["status", "cse_parked_item"])
	for values in ways[0 if waits else 2 :]:
		with acting_as(person(role, "a").user):
			refused(
				lambda values=values: ask(
					"frappe.client.set_value", doctype="HD Ticket", name=ticket, fieldname=values
				)
			)
			refused(lambda values=values: v2("update_doc", values, "HD Ticket", ticket))
		assert frappe.db.get_value("HD Ticket", ticket, ["status", "cse_parked_item"]) == before
	assert frappe.db.get_value(names.PARKED_ITEM, others, "tickets") == 1


def test_a_customers_new_ticket_is_not_parked_whatever_it_says(world: World) -> None:
	item = world.name(names.PARKED_ITEM, "b")
	values = {
		"doctype": "HD Ticket",
		"subject": "Mine",
		"description": "x",
		"status": "Parked",
		"cse_parked_item": item,
	}
	with acting_as(person("contact", "a").user):
		refused(lambda: ask("frappe.client.insert", doc=json.dumps(values)))
	assert not frappe.db.exists("HD Ticket", {"subject": "Mine", "cse_parked_item": ("is", "set")})
	assert frappe.db.get_value(names.PARKED_ITEM, item, "tickets") == 1


def test_an_agent_decides_by_no_way(world: World) -> None:
	"""Neither what an item is, nor that it was decided, by the form, REST or a bulk edit."""
	item, release = world.name(names.PARKED_ITEM, "a"), world.name(names.RELEASE, "a")
	forged = (
		{"state": "Declined", "reason": "No"},
		{"state": "Planned", "release": release},
		{"order_key": "0"},
	)
	for role in ("agent", "agent_manager"):
		with acting_as(person(role, "a").user):
			for values in forged:
				refused(
					lambda values=values: ask(
						"frappe.client.set_value", doctype=names.PARKED_ITEM, name=item, fieldname=values
					)
				)
				edited = [{"doctype": names.PARKED_ITEM, "docname": item, **values}]
				refused(lambda edited=edited: ask("frappe.client.bulk_update", docs=json.dumps(edited)))
	state, key = frappe.db.get_value(names.PARKED_ITEM, item, ["state", "order_key"])
	assert state == "Parked" and key > "1"
