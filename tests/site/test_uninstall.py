"""Installed, used, uninstalled, installed again: the stock helpdesk is as it was, and no ticket is lost.

On a site of its own, by the commands that an administrator types.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.harness.bench import PYTHON, SITES
from tests.harness.services import DATABASE_PASSWORD
from tests.harness.site import FRAPPE

BARE = "bare.localhost"

SNAPSHOT = """
import json, frappe
def rows(doctype, *fields, **filters):
	found = frappe.get_all(doctype, filters=filters, fields=["name", *fields], order_by="name asc")
	return {row.pop("name"): row for row in found}
tables = [dt for dt in frappe.get_all("DocType", {"issingle": 0, "module": "Helpdesk"}, pluck="name")]
tables += ["Communication", "Contact", "Assignment Rule"]
answer = {
	"columns": {dt: sorted(frappe.db.get_table_columns(dt)) for dt in tables},
	"fields": {dt: [f.fieldname for f in frappe.get_meta(dt).fields] for dt in tables},
	"settings": {k: str(v) for k, v in frappe.get_single("HD Settings").as_dict().items() if k not in ("modified", "modified_by")},
	"statuses": rows("HD Ticket Status", "enabled", "order", "color", "category", "different_view", "label_customer"),
	"agreements": rows("HD Service Level Agreement", "default_ticket_status", "ticket_reopen_status"),
	"scripts": rows("HD Form Script", "script"),
	"views": rows("HD View", "label", "public"),
	"template": sorted(frappe.get_all("HD Ticket Template Field", pluck="fieldname")),
	"rules": rows("Assignment Rule", "assign_condition", "assign_condition_json", "disabled"),
	"roles": rows("Role", "desk_access"),
	"permissions": rows("Custom DocPerm", "parent", "role"),
	"custom fields": rows("Custom Field", "dt", "fieldname"),
	"property setters": rows("Property Setter", "value"),
	"jobs": sorted(frappe.get_all("Scheduled Job Type", pluck="method")),
	"landing": str(frappe.db.get_single_value("System Settings", "default_app")),
	"desk": {dt: sorted(frappe.get_all(dt, pluck="name")) for dt in ("Workspace", "Number Card", "Dashboard Chart", "Report", "Print Format", "Page")},
	"modules": sorted(frappe.get_all("Module Def", pluck="name")),
	"doctypes": sorted(frappe.get_all("DocType", pluck="name")),
	"apps": frappe.get_installed_apps(),
}
print("ANSWER" + json.dumps(answer, default=str))
"""

STOCK_TICKETS = """
import json, frappe
for status in ("Open", "Replied", "Resolved", "Closed"):
	doc = frappe.get_doc({"doctype": "HD Ticket", "subject": status, "description": "x"}).insert()
	doc.reload(); doc.status = status; doc.save()
frappe.get_doc({"doctype": "HD Team", "team_name": "Made before"}).insert(ignore_mandatory=True)
frappe.db.commit()
print("ANSWER{}")
"""

USE = """
import json, frappe
frappe.get_doc({"doctype": "Software Product", "product_name": "Kept CRM"}).insert()
item = frappe.get_doc({"doctype": "Parked Item", "product": "Kept CRM", "title": "Kept wish", "effort": 1}).insert().name
reason = {"cse_reason": "so", "cse_parked_item": item}
walks = {"New": [], "Pending": ["Pending"], "Parked": ["Parked"], "Resolved": ["Resolved"], "Closed": ["Closed"]}
for status, steps in walks.items():
	doc = frappe.get_doc({"doctype": "HD Ticket", "subject": status, "description": "x"}).insert()
	for step in steps:
		doc.reload(); doc.update({"status": step, **reason}); doc.save()
from crm_support_ext.api.ticket import act
frappe.get_doc({"doctype": "Escalation Party", "party_name": "Hosting", "line": "Supplier", "email": "noc@hosting.example"}).insert()
act(frappe.db.get_value("HD Ticket", {"subject": "Parked"}), "escalated", "", {"party": "Hosting", "reason": "so", "question": "Is it full?", "involvement": "Knows"})
assert PARTYS_MAIL
frappe.get_doc({"doctype": "HD Team", "team_name": "Made while here"}).insert(ignore_mandatory=True)
from crm_support_ext.domain.contracts import State
from crm_support_ext.store import contract_moves
from crm_support_ext.tasks import ledger
frappe.get_doc({"doctype": "HD Customer", "customer_name": "Kept BV"}).insert()
frappe.get_doc({"doctype": "Maintenance Plan", "plan_name": "Kept", "strippen_per_year": 12}).insert()
frappe.get_doc({"doctype": "User", "email": "cora@desk.example", "first_name": "Cora", "send_welcome_email": 0, "roles": [{"role": "Contract Manager"}]}).insert()
today = frappe.utils.getdate()
days = {"start": today.replace(month=1, day=1), "end": today.replace(month=12, day=31)}
contract = frappe.get_doc({"doctype": "Maintenance Contract", "customer": "Kept BV", "plan": "Kept", **days}).insert()
contract_moves.move_to(contract.name, State.ACTIVE)
ledger.turn(contract.name)
from crm_support_ext.domain.decisions import Decision
from crm_support_ext.store import decisions
from crm_support_ext.store.frappe import now
release = frappe.get_doc({"doctype": "Software Release", "product": "Kept CRM", "version": "1", "date": today}).insert().name
frappe.db.set_value("Software Release", release, "state", "Out")
frappe.get_doc({"doctype": "Customer Installation", "customer": "Kept BV", "product": "Kept CRM", "release": release}).insert()
decisions.decide(item, Decision.DEFER, now(), by="Administrator", until=today.replace(year=today.year + 1))
assert frappe.db.get_value("Parked Item", item, "tickets") == 1
frappe.db.commit()
print("ANSWER" + json.dumps(STATUSES))
"""

STATUSES = """dict(frappe.db.sql("select concat(name, ' ', subject), concat(status, '/', status_category) from `tabHD Ticket`"))"""

ROLES_OF_CORA = """
import json
print("ANSWER" + json.dumps(frappe.get_all("Has Role", {"parent": "cora@desk.example", "role": "Contract Manager"})))
"""

PARTYS_MAIL = """frappe.db.count("Communication", {"reference_doctype": "Ticket Escalation"})"""


def bench(*arguments: str) -> str:
	"""A Frappe command on the bare site; its output."""
	done = subprocess.run(
		[*FRAPPE, "--site", BARE, *arguments],
		cwd=SITES,
		stdin=subprocess.DEVNULL,
		capture_output=True,
		text=True,
	)
	assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
	return done.stdout


def ask(code: str):
	"""Run a piece of Python on the bare site; what it answered."""
	opening = f"import frappe; frappe.init({BARE!r}); frappe.connect(); frappe.set_user('Administrator')\n"
	done = subprocess.run(
		[PYTHON, "-c", opening + code.replace("STATUSES", STATUSES).replace("PARTYS_MAIL", PARTYS_MAIL)],
		cwd=SITES,
		capture_output=True,
		text=True,
	)
	assert done.returncode == 0, done.stderr[-3000:]
	return json.loads(done.stdout.split("ANSWER")[1])


def exports() -> list[Path]:
	"""What uninstalling wrote down of contracts and their ledgers."""
	return list((SITES / BARE / "private" / "files").glob("contracts-and-ledgers-*.zip"))


def assert_ledger_is_in(path: Path) -> None:
	"""The contract with its tables, its entry, and a statement that proves itself."""
	with ZipFile(path) as file:
		(contract,) = map(json.loads, file.read("maintenance_contract.jsonl").splitlines())
		(entry,) = map(json.loads, file.read("strippen_ledger_entry.jsonl").splitlines())
		file.extract(f"statements/{contract['name']}.csv", path.parent)
	assert (contract["customer"], len(contract["terms"])) == ("Kept BV", 1)
	assert (entry["contract"], entry["kind"], entry["amount"]) == (contract["name"], "Grant", "12.00")
	statement = path.parent / "statements" / f"{contract['name']}.csv"
	proof = [sys.executable, "-m", "crm_support_ext.replay.cli", "verify", str(statement)]
	done = subprocess.run(proof, capture_output=True, text=True)
	assert done.returncode == 0 and "1 ent" in done.stdout, done.stdout + done.stderr


def assert_parked_items_are_in(path: Path) -> None:
	"""The item with who waits for it and what was decided, the release and where it is installed."""
	with ZipFile(path) as file:
		kinds = (
			"parked_item",
			"ticket_parking",
			"item_decision",
			"software_release",
			"customer_installation",
		)
		rows = {kind: list(map(json.loads, file.read(f"{kind}.jsonl").splitlines())) for kind in kinds}
		(weights,) = map(json.loads, file.read("parked_item_weights.jsonl").splitlines())
	assert {kind: len(found) for kind, found in rows.items()} == dict.fromkeys(kinds, 1)
	(item,), (wait,), (decision,), (release,), (installation,) = rows.values()
	assert (item["title"], item["state"], item["tickets"]) == ("Kept wish", "Deferred", 1)
	assert wait["item"] == decision["item"] == item["name"] and decision["decision"] == "Defer"
	assert (release["name"], installation["release"], weights["per_customer"]) == (
		"Kept CRM 1",
		"Kept CRM 1",
		3,
	)


def differences(before, after):
	"""What differs, by part and key: how it was and how it is."""
	found = {}
	for part, old in before.items():
		new = after[part]
		keys = {*old, *new} if isinstance(old, dict) else ()
		if old != new:
			found[part] = [
				f"{k}: {old.get(k)} -> {new.get(k)}" for k in keys if old.get(k) != new.get(k)
			] or (old, new)
	return found


@pytest.fixture(scope="module")
def bare_site():
	shutil.rmtree(SITES / BARE, ignore_errors=True)
	options = [
		"--force",
		"--db-name",
		"bare_site",
		"--db-password",
		DATABASE_PASSWORD,
		"--admin-password",
		"admin",
	]
	options += ["--mariadb-user-host-login-scope", "%"]
	options += ["--db-root-username", "root", "--db-root-password", DATABASE_PASSWORD]
	done = subprocess.run(
		[*FRAPPE, "new-site", BARE, *options, "--install-app", "telephony", "--install-app", "helpdesk"],
		cwd=SITES,
		stdin=subprocess.DEVNULL,
		capture_output=True,
		text=True,
	)
	assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
	yield BARE
	subprocess.run(
		[
			*FRAPPE,
			"drop-site",
			BARE,
			"--force",
			"--no-backup",
			"--db-root-username",
			"root",
			"--db-root-password",
			DATABASE_PASSWORD,
			"--archived-sites-path",
			str(SITES / "archived"),
		],
		cwd=SITES,
		stdin=subprocess.DEVNULL,
		capture_output=True,
	)
	shutil.rmtree(SITES / "archived", ignore_errors=True)


def test_the_stock_helpdesk_is_as_it_was(bare_site):
	ask(STOCK_TICKETS)
	stock = ask(SNAPSHOT)

	bench("install-app", "crm_support_ext")
	taken_over = ask("import json\nprint('ANSWER' + json.dumps(STATUSES))")
	assert sorted(taken_over.values()) == [
		"Closed/Resolved",
		"Open/Open",
		"Open/Open",
		"Pending/Paused",
		"Resolved/Resolved",
	]
	used = ask(USE)
	installed = ask(SNAPSHOT)
	bench("uninstall-app", "crm_support_ext", "--dry-run", "--yes", "--no-backup")
	assert ask(SNAPSHOT) == installed != stock
	assert not exports()

	said = bench("uninstall-app", "crm_support_ext", "--yes", "--no-backup")
	(kept,) = exports()
	assert str(kept.resolve()) in said
	assert_ledger_is_in(kept)
	assert_parked_items_are_in(kept)
	assert ask(ROLES_OF_CORA) == []
	after = ask(SNAPSHOT)
	made = {name: rule for name, rule in after["rules"].items() if name.startswith("Made while here")}
	after["rules"] = {name: rule for name, rule in after["rules"].items() if name not in made}
	different = differences(stock, after)
	assert not different, different
	assert [rule["assign_condition"] for rule in made.values()] == [
		"status == 'Open' and agent_group == 'Made while here'"
	]
	assert ask("print('ANSWER' + str(PARTYS_MAIL))") == 0
	kept = ask("import json\nprint('ANSWER' + json.dumps(STATUSES))")
	assert set(kept) == set(used)
	assert {status.split("/")[0] for status in kept.values()} == {"Open", "Replied", "Resolved", "Closed"}
	assert (
		ask(
			"import json\ndoc = frappe.get_doc('HD Ticket', {'subject': 'Parked'}); doc.status = 'Open'; doc.save()\nprint('ANSWER{}')"
		)
		== {}
	)

	bench("install-app", "crm_support_ext")
	again = ask(SNAPSHOT)
	assert {part for part in installed if installed[part] != again[part]} <= {"rules"}
	bench("migrate")
	assert ask(SNAPSHOT) == again
