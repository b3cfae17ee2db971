"""Nobody changes or deletes an entry of a ledger, whatever the way in and whoever it is; nor adds one by hand."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import frappe
import pytest
from frappe.api import v1
from frappe.core.doctype.data_import.importer import Importer
from frappe.desk.doctype.bulk_update.bulk_update import submit_cancel_or_update_docs
from frappe.desk.form.save import savedocs
from frappe.desk.reportview import delete_items
from frappe.model.delete_doc import delete_doc
from frappe.model.rename_doc import bulk_rename, rename_doc, update_document_title

from crm_support_ext.constants import CONTRACT, ENTRY
from crm_support_ext.store.ledger_checks import faults
from tests.factories import make, make_user
from tests.site.desk import AGENT, CUSTOMER, people
from tests.site.ledgers import bought, contract_of_the_customer, granted, question, worked

PEOPLE = {
	"Administrator": (),
	"system@desk.example": ("System Manager",),
	"carla@desk.example": ("Contract Manager",),
	"mona@desk.example": ("Agent Manager",),
	"all@desk.example": ("System Manager", "Contract Manager", "Agent Manager"),
	AGENT: (),
	CUSTOMER: (),
}


@pytest.fixture(scope="module", autouse=True)
def _people():
	people()
	for email, roles in PEOPLE.items():
		if roles:
			make_user(email, *roles)


@pytest.fixture
def booked(frozen_time):
	"""A contract with a grant, a purchase and work on a ticket."""
	with frozen_time("2026-03-02 10:00"):
		contract = contract_of_the_customer(
			plan=make("Maintenance Plan", plan_name="Kept", strippen_per_year=40).name
		)
		granted(contract)
		bought(contract, "10", "2026-03-02 09:00", "phoned")
		ticket = question("How do I export?")
		worked(ticket, 30, "2026-03-02 09:30")
		frappe.db.commit()
		yield frappe._dict(
			contract=contract, ticket=ticket, rows=rows_of(contract), first=f"{contract.name}-E1"
		)


def rows_of(contract):
	return frappe.get_all(ENTRY, {"contract": contract.name}, ["*"], order_by="number")


# Each way takes what a document of any kind would be changed by: what it is, its name, a field and a value.


def by_form(doctype, name, field, value):
	savedocs(
		doc=json.dumps({**frappe.get_doc(doctype, name).as_dict(), field: value}, default=str), action="Save"
	)


def by_save(doctype, name, field, value):
	frappe.get_doc(doctype, name).update({field: value}).save(ignore_permissions=True)


def by_save_unvalidated(doctype, name, field, value):
	doc = frappe.get_doc(doctype, name).update({field: value})
	doc.flags.update(ignore_validate=True, ignore_permissions=True, ignore_mandatory=True, ignore_links=True)
	doc.save()


def by_db_update(doctype, name, field, value):
	frappe.get_doc(doctype, name).update({field: value}).db_update()


def by_rest_put(doctype, name, field, value):
	frappe.local.form_dict = frappe._dict(data=json.dumps({field: value, "flags": {"ignore_permissions": 1}}))
	v1.update_doc(doctype, name)


def by_bulk_edit(doctype, name, field, value):
	submit_cancel_or_update_docs(doctype, [name], "update", {field: value})


def by_bulk_update(doctype, name, field, value):
	frappe.client.bulk_update(json.dumps([{"doctype": doctype, "docname": name, field: value}]))


def by_client_save(doctype, name, field, value):
	frappe.client.save({**frappe.get_doc(doctype, name).as_dict(), field: value})


def by_import(doctype, name, field, value):
	with table(["ID", frappe.get_meta(doctype).get_label(field)], [name, value]) as file:
		run_import(doctype, file, "Update Existing Records")


def run_import(doctype, file, import_type):
	told = make("Data Import", reference_doctype=doctype, import_type=import_type, payload_count=1)
	try:
		Importer(doctype, data_import=told, file_path=file, console=True).import_data()
	finally:
		for errors in Path().glob(f"{doctype}_import_on_*.txt"):
			errors.unlink()
		frappe.db.delete("Data Import Log", {"data_import": told.name})  # which no rollback takes back


CHANGES = {
	"form": by_form,
	"save": by_save,
	"save without validation": by_save_unvalidated,
	"db_update": by_db_update,
	"db_set": lambda doctype, name, field, value: frappe.get_doc(doctype, name).db_set(field, value),
	"REST PUT": by_rest_put,
	"client.set_value": lambda *given: frappe.client.set_value(*given),
	"client.save": by_client_save,
	"client.bulk_update": by_bulk_update,
	"bulk edit": by_bulk_edit,
	"import": by_import,
}

DELETIONS = {
	"delete": lambda doctype, name: frappe.get_doc(doctype, name).delete(ignore_permissions=True, force=True),
	"delete_doc": lambda doctype, name: delete_doc(doctype, name, force=True, ignore_permissions=True),
	"delete_doc without its events": lambda doctype, name: delete_doc(
		doctype, name, force=True, ignore_permissions=True, ignore_on_trash=True
	),
	"delete_doc to load it again": lambda doctype, name: delete_doc(doctype, name, for_reload=True),
	"REST DELETE": lambda doctype, name: v1.delete_doc(doctype, name),
	"client.delete": lambda doctype, name: frappe.client.delete(doctype, name),
	"bulk delete": lambda doctype, name: bulk_delete(doctype, name),
}

RENAMES = {
	"rename_doc": lambda doctype, name: rename_doc(
		doctype, name, "other", force=True, ignore_permissions=True
	),
	"rename_doc unvalidated": lambda doctype, name: rename_doc(doctype, name, "other", validate=False),
	"client.rename_doc": lambda doctype, name: frappe.client.rename_doc(doctype, name, "other"),
	"rename of the form": lambda doctype, name: update_document_title(
		doctype=doctype, docname=name, name="other"
	),
	"bulk rename": lambda doctype, name: bulk_rename(doctype, [[name, "other"]]),
}

WITH_PERMISSION = (
	"form",
	"REST PUT",
	"client.set_value",
	"client.save",
	"client.bulk_update",
	"bulk edit",
	"import",
)


def bulk_delete(doctype, name):
	frappe.local.form_dict = frappe._dict(items=json.dumps([name]), doctype=doctype)
	delete_items()


class table:
	"""A file of two rows, for the import."""

	def __init__(self, *rows):
		self.path = Path(frappe.get_site_path("private", "files", "import.csv"))
		with self.path.open("w", newline="") as file:
			csv.writer(file).writerows(rows)

	def __enter__(self):
		return str(self.path)

	def __exit__(self, *_):
		self.path.unlink()


def attempt(way, *given):
	"""As a request or a job does it: what raises is rolled back, all else is kept."""
	frappe.db.savepoint("attempt")
	try:
		way(*given)
	except Exception as refusal:
		frappe.db.rollback(save_point="attempt")
		return refusal
	return None


FIELDS = {
	"reason": "because", "amount": "99.00", "hash": "0" * 64, "ticket": "1", "lot": "x", "number": 99, "docstatus": 1
}  # fmt: skip


@pytest.mark.parametrize("way", CHANGES)
def test_no_way_changes_an_entry(booked, as_user, way):
	for user in PEOPLE if way in WITH_PERMISSION else ("Administrator", "all@desk.example"):
		for field, value in FIELDS.items():
			with as_user(user):
				attempt(CHANGES[way], ENTRY, booked.first, field, value)
			assert rows_of(booked.contract) == booked.rows, (user, field)


@pytest.mark.parametrize("way", {**DELETIONS, **RENAMES})
def test_no_way_deletes_or_renames_an_entry(booked, as_user, way):
	for user in PEOPLE:
		for name in (booked.first, booked.rows[-1].name):
			with as_user(user):
				attempt({**DELETIONS, **RENAMES}[way], ENTRY, name)
			assert rows_of(booked.contract) == booked.rows, user


@pytest.mark.parametrize("way", CHANGES)
def test_the_same_ways_do_change_what_may_be_changed(way):
	plan = make("Maintenance Plan", plan_name="Passing", note="before").name
	frappe.db.commit()
	assert attempt(CHANGES[way], "Maintenance Plan", plan, "note", "after") is None
	assert frappe.db.get_value("Maintenance Plan", plan, "note") == "after"


@pytest.mark.parametrize("way", {**DELETIONS, **RENAMES})
def test_the_same_ways_do_delete_and_rename_others(way):
	name = make("Maintenance Plan", plan_name="Passing").name
	frappe.db.commit()
	assert attempt({**DELETIONS, **RENAMES}[way], "Maintenance Plan", name) is None
	assert not frappe.db.exists("Maintenance Plan", name)


def test_the_administrator_reads_what_to_do_instead(booked):
	for way in (CHANGES["save"], CHANGES["db_set"], CHANGES["db_update"]):
		refusal = attempt(way, ENTRY, booked.first, "reason", "x")
		assert str(refusal).startswith(
			f"Entry 1 of the ledger of contract {booked.contract.name} stays as it is"
		)
	for way in (*DELETIONS.values(), *RENAMES.values()):
		if way not in (DELETIONS["bulk delete"], RENAMES["bulk rename"]):  # these tell it in a message
			assert "Correct it on the contract" in str(attempt(way, ENTRY, booked.first))


# Adding one


def new(contract, **fields):
	entry = {"doctype": ENTRY, "contract": contract.name, "number": 9, "kind": "Grant", "amount": "50.00"}
	entry |= {"at": "2026-03-02T09:00:00.000000Z", "lot": f"{contract.name}-9", "hash": "1" * 64}
	return {**entry, "first_day": "2026-01-01", "last_day": "2026-12-31", "previous": "0" * 64, **fields}


def rest_post(entry):
	frappe.local.form_dict = frappe._dict(data=json.dumps(entry))
	v1.create_doc(entry["doctype"])


def insert_by_import(entry):
	meta = frappe.get_meta(entry["doctype"])
	fields = [field for field in entry if meta.has_field(field)]
	with table([meta.get_label(field) for field in fields], [entry[field] for field in fields]) as file:
		run_import(entry["doctype"], file, "Insert New Records")


ADDITIONS = {
	"form": lambda entry: savedocs(doc=json.dumps({**entry, "__islocal": 1, "name": "new-1"}), action="Save"),
	"insert": lambda entry: frappe.get_doc(entry).insert(ignore_permissions=True, ignore_mandatory=True),
	"db_insert": lambda entry: frappe.get_doc(entry).db_insert(),
	"client.insert": lambda entry: frappe.client.insert(entry),
	"client.insert_many": lambda entry: frappe.client.insert_many([entry]),
	"REST POST": rest_post,
	"import": insert_by_import,
}


@pytest.mark.parametrize("way", ADDITIONS)
def test_no_way_adds_an_entry(booked, as_user, way):
	for user in PEOPLE:
		with as_user(user):
			attempt(ADDITIONS[way], new(booked.contract))
		assert rows_of(booked.contract) == booked.rows, user
		assert frappe.db.count(ENTRY, {"contract": booked.contract.name}) == len(booked.rows), user
	if way not in ("db_insert", "import"):  # an import tells it in its log
		refusal = attempt(ADDITIONS[way], new(booked.contract))
		assert "Nobody writes an entry of a ledger by hand" in str(refusal)


@pytest.mark.parametrize("way", ADDITIONS)
def test_the_same_ways_do_add_others(way):
	plan = {"doctype": "Maintenance Plan", "plan_name": "Passing", "strippen_per_year": 10}
	assert attempt(ADDITIONS[way], plan | ({"name": "Passing"} if way == "db_insert" else {})) is None
	assert frappe.db.exists("Maintenance Plan", "Passing")


def test_a_deleted_entry_of_somebodys_making_is_not_restored(booked):
	from frappe.core.doctype.deleted_document.deleted_document import restore

	deleted = make(
		"Deleted Document", deleted_doctype=ENTRY, deleted_name="x", data=json.dumps(new(booked.contract))
	)
	assert attempt(restore, deleted.name, False)
	assert rows_of(booked.contract) == booked.rows


# What an entry names


def test_the_names_that_stand_in_an_entry_stay_when_what_they_name_is_renamed(booked):
	contract, customer = booked.contract.name, booked.contract.customer
	rename_doc("HD Customer", customer, "Bakkerij Nieuw", force=True)
	rename_doc("HD Ticket", booked.ticket.name, "9999", force=True)
	rename_doc("User", AGENT, "agnes@nieuw.example", force=True)
	assert frappe.db.get_value(CONTRACT, contract, "customer") == "Bakkerij Nieuw"
	assert facts(rows_of(booked.contract)) == facts(booked.rows)
	assert faults(contract) == []


def facts(rows):
	return [{key: value for key, value in row.items() if key not in ("owner", "modified_by")} for row in rows]


@pytest.mark.parametrize("way", {**DELETIONS, **RENAMES})
def test_a_contract_with_entries_keeps_its_name_and_stays(booked, as_user, way):
	for user in ("Administrator", "all@desk.example"):
		with as_user(user):
			attempt({**DELETIONS, **RENAMES}[way], CONTRACT, booked.contract.name)
		assert frappe.db.exists(CONTRACT, booked.contract.name), user
	assert rows_of(booked.contract) == booked.rows
