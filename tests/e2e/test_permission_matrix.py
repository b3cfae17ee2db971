"""The tables of tests/site/rights.py through a running server: REST routes, print, pages and files, for everybody.

An answer is searched for the markers of both customers, whatever its status; what must be there, is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

import frappe
import pytest
from frappe.utils import add_days, today

from crm_support_ext import constants as names
from tests.e2e.conftest import Client, connected
from tests.factories import make
from tests.site.rights import (
	COMPANY,
	MATRIX,
	PEOPLE,
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


@dataclass
class Site:
	"""The world, as it is committed, and what its pages are called."""

	world: World
	files: dict[tuple[str, str], str]
	made: dict[str, str]
	days: dict[str, str]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
	with connected():
		frappe.db.set_single_value("HD Settings", "skip_email_workflow", 1)
		world, files = make_world(), {}
		for side in "ab":
			for doctype in (names.CONTRACT, names.QUOTATION):
				files[doctype, side] = attached(world, doctype, side)
		made = {side: ready(world, side) for side in "ab"}
		days = {"first": add_days(today(), -30), "last": today()}
	yield Site(world, files, made, days)
	with connected():
		frappe.db.set_single_value("HD Settings", "skip_email_workflow", 0)
		frappe.db.delete("Settlement Rule", {"activity": ("like", "secret-%")})
		frappe.clear_document_cache(names.RULES)


def attached(world: World, doctype: str, side: str) -> str:
	"""A private file at a record; its address."""
	return make(
		"File",
		file_name=f"{frappe.generate_hash(length=8)}.txt",
		is_private=1,
		content=f"secret-file-{side}",
		attached_to_doctype=doctype,
		attached_to_name=world.name(doctype, side),
	).file_url


def ready(world: World, side: str) -> str:
	"""The statement that the manager asked for, made; its address."""
	from crm_support_ext.tasks.statements import make as make_statement

	name = world.name(names.REQUESTED_STATEMENT, side)
	make_statement(name)
	return f"/api/method/crm_support_ext.api.statement.fetch?file={name}"


@pytest.fixture
def client(rest):
	"""`client(person)`: HTTP as this person, with what a POST needs."""

	def of(who: Person) -> Client:
		if who.user == "Guest":
			return rest()
		session = rest(who.user)
		token = re.search(r'csrf_token"? ?[:=] ?"([0-9a-f]{20,})"', session.get("/support/contract").text)
		session.headers["X-Frappe-CSRF-Token"] = token[1] if token else ""
		return session

	return of


PDF = "print PDF"


def addresses(record: Record) -> dict[str, str]:
	"""Where a record can be asked for."""
	doctype, name = quote(record.doctype), quote(record.name)
	fields = quote(json.dumps(["name", shown(record)]))
	named = {
		"REST one": f"/api/resource/{doctype}/{name}",
		"v2 one": f"/api/v2/document/{doctype}/{name}",
		"v2 copy": f"/api/v2/document/{doctype}/{name}/copy",
		"print view": f"/printview?doctype={doctype}&name={name}&format=Standard",
		PDF: f"/api/method/frappe.utils.print_format.download_pdf?doctype={doctype}&name={name}",
	}
	if is_single(record):
		return named
	return named | {
		"REST list": f"/api/resource/{doctype}?fields={fields}&limit_page_length=0",
		"v2 list": f"/api/v2/document/{doctype}?fields={fields}&limit=100000",
		"v2 count": f"/api/v2/doctype/{doctype}/count",
		"search": f"/api/method/frappe.desk.search.search_link?doctype={doctype}&txt=",
	}


MUST = {"REST one", "v2 one", "REST list", "v2 list"}
"""What shows the marker to whoever may read the record. (Printing needs a permission and a program besides.)"""


def secrets_of(world: World) -> list[tuple[str, Record]]:
	return [(record.marker, record) for record in world.records if record.field != "name"]


@pytest.mark.parametrize("who", PEOPLE, ids=str)
def test_what_the_routes_show(who, site, client):
	session, wrong = client(who), []
	for record in site.world.records:
		for way, address in addresses(record).items():
			if way == PDF and may_read(who, record):
				continue  # it takes seconds to make one that they may have
			answer = session.get(address)
			for marker, its in secrets_of(site.world):
				if marker in answer.text and not may_read(who, its):
					wrong.append(f"{way} of {record.doctype} ({record.side}) leaks {marker}")
			if way in MUST and may_read(who, record) and record.marker not in answer.text:
				wrong.append(f"{way} of {record.doctype} ({record.side}) is {answer.status_code}")
			if way in MUST - {"REST list", "v2 list"} and not may_read(who, record) and answer.ok:
				wrong.append(f"{way} of {record.doctype} ({record.side}) is {answer.status_code}")
			if way == "search" and not may_read(who, record) and f'"{record.name}"' in answer.text:
				wrong.append(f"{way} of {record.doctype} ({record.side}) leaks its name")
	assert wrong == []


@pytest.mark.parametrize("who", PEOPLE, ids=str)
def test_what_the_routes_change(who, site, client):
	"""Who may change a record is tried without a server; here, that nobody else's PUT, POST or DELETE does anything."""
	session, wrong, before = client(who), [], rows(site.world)
	for record in site.world.records:
		if MATRIX[record.doctype][who.role] == "write":
			continue
		doctype, name = quote(record.doctype), quote(record.name)
		field = "done" if record.doctype == names.REQUESTED_STATEMENT else record.field
		answers = {
			"PUT": session.put(f"/api/resource/{doctype}/{name}", json={field: "forged"}),
			"v2 PATCH": session.patch(f"/api/v2/document/{doctype}/{name}", json={field: "forged"}),
			"DELETE": session.delete(f"/api/resource/{doctype}/{name}"),
			"v2 DELETE": session.delete(f"/api/v2/document/{doctype}/{name}"),
		}
		if MATRIX[record.doctype][who.role] != "make":
			answers["POST"] = session.post(f"/api/resource/{doctype}", json={field: "forged"})
			answers["v2 POST"] = session.post(f"/api/v2/document/{doctype}", json={field: "forged"})
		wrong += [
			f"{way} of {record.doctype}: {answer.status_code}" for way, answer in answers.items() if answer.ok
		]
	assert wrong == []
	assert rows(site.world) == before


def rows(world: World) -> str:
	with connected():
		kinds = sorted({record.doctype for record in world.records if not is_single(record)})
		return str([frappe.db.sql(f"select * from `tab{kind}` order by name") for kind in kinds])


def places(site: Site, side: str) -> dict[str, tuple[str, str]]:
	"""The address of each row, and what is there for who may see it."""
	world, days = site.world, site.days
	contract, quotation = world.name(names.CONTRACT, side), world.name(names.QUOTATION, side)
	product = quote(world.name(names.RELEASE, side).removesuffix(" 1"))
	period = f"contract={contract}&from={days['first']}&to={days['last']}"
	download = f"contract={contract}&first={days['first']}&last={days['last']}&form=CSV"
	return {
		"contract page": (f"/support/contract?name={contract}", COMPANY[side]),
		"statement page": (f"/support/statement?{period}", f"secret-entry-{side}"),
		"statement file": (
			f"/api/method/crm_support_ext.api.statement.download?{download}",
			f"secret-entry-{side}",
		),
		"made statement": (site.made[side], f"secret-entry-{side}"),
		"quotation page": (f"/support/quotation?name={quotation}", f"secret-quotation-{side}"),
		"hours of a ticket": (f"/support/work-done?ticket={world.tickets[side]}", f"secret-log-{side}"),
		"page of a wait": (f"/support/waiting?ticket={world.waiting[side]}", title_of(side)),
		"release notes page": (f"/support/releases?product={product}", f"secret-notes-{side}"),
		"file of a contract": (site.files[names.CONTRACT, side], f"secret-file-{side}"),
		"file of a quotation": (site.files[names.QUOTATION, side], f"secret-file-{side}"),
	}


@pytest.mark.parametrize("who", PEOPLE, ids=str)
def test_what_the_pages_and_files_show(who, site, client):
	session, wrong = client(who), []
	for side in "ab":
		for place, (address, there) in places(site, side).items():
			answer = session.get(address)
			seen = there in answer.text
			if seen != may(who, place, side):
				wrong.append(f"{place} ({side}): {'leaks' if seen else 'is not there'}, {answer.status_code}")
			other = "b" if side == "a" else "a"
			if (
				who.role in ("contact", "orderer", "manager")
				and re.search(rf"secret-\w+-{other}\b|{COMPANY[other]}", answer.text)
				and who.side != other
			):
				wrong.append(f"{place} ({side}): shows the other company's")
	assert wrong == []


INTERNAL = ("secret-contract-a", "secret-check-a", "secret-warning-a", "secret-plan", "secret-item-a")
INTERNAL += ("secret-wait-a", "secret-decision-a")


def test_nobody_internal_is_named_to_a_customer(site, client):
	"""What the contract's note and the log's reason say is ours."""
	for role in ("contact", "orderer", "manager"):
		session = client(person(role, "a"))
		for address, _ in places(site, "a").values():
			text = session.get(address).text
			for secret in INTERNAL:
				assert secret not in text, f"{role}: {address} shows {secret}"
