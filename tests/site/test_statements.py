"""Statements: their figures are the ledger's, `crm-support verify` finds them whole, and only their readers fetch them."""

from __future__ import annotations

import io
import random
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import frappe
import pytest
from frappe.website.serve import get_response
from pypdf import PdfReader

from crm_support_ext.api import statement as api
from crm_support_ext.constants import CONTRACT, REQUESTED_STATEMENT
from crm_support_ext.store import ledger, statement_files, statement_paper, statement_sheets, statements
from crm_support_ext.store.ledger import account_of
from crm_support_ext.tasks import statements as task
from tests.factories import make, make_agent
from tests.harness.bench import ROOT
from tests.site.contracts import draft, plan
from tests.site.desk import AGENT, COLLEAGUE, CUSTOMER, MANAGER, STRANGER
from tests.site.ledgers import (
	BOSS,
	bought,
	contract_of_the_customer,
	customers,
	granted,
	question,
	spoil,
	worked,
)

KEEPER = "carla@desk.example"
READERS, OTHERS = (CUSTOMER, BOSS, AGENT, MANAGER, KEEPER, "Administrator"), (COLLEAGUE, STRANGER, "Guest")
YEAR = {"first": "2026-01-01", "last": "2026-12-31"}
TODAY = "2026-11-20 12:00"


@pytest.fixture(autouse=True, scope="module")
def desk(site):
	customers()
	make_agent(KEEPER, "Contract Manager")


@pytest.fixture(autouse=True)
def today(frozen_time):
	with frozen_time(TODAY):
		yield


@pytest.fixture
def contract(frozen_time):
	"""A contract of two years; what was left of the first lapsed, and work was paid from two lots."""
	with frozen_time("2025-01-01 09:00"):
		made = contract_of_the_customer(start="2025-01-01", plan=plan("Twelve", strippen_per_year=12))
		granted(made, "2025-01-01 09:00")
	ticket = question("=1+1 How much?")
	worked(ticket, 50, "2025-05-07 10:00", "Last year's work.")
	bought(made, "3", "2026-02-01 12:00", "=SUM(A1) Order 118")
	for number in range(5):
		worked(ticket, 35 + number, f"2026-0{3 + number}-04 10:05", "Explained the <b>rest</b>.")
	return made


def downloaded(contract: Any, form: str, **days: str) -> bytes:
	"""The file that the present user gets."""
	frappe.local.response = frappe._dict({"docs": []})
	api.download(contract.name, **(days or YEAR), form=form)
	assert frappe.local.response["type"] == "download"
	return frappe.local.response["filecontent"]


def read(content: bytes) -> list[str]:
	"""The text of each page of a PDF, without blanks, whose places are lost in it."""
	return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]


def verified(content: bytes, place: Path) -> tuple[int, str]:
	"""What `crm-support verify` says of a file, in a process that knows no framework."""
	file = place / "statement.csv"
	file.write_bytes(content)
	code = "import sys; sys.modules['frappe'] = None; from crm_support_ext.replay.cli import main; sys.exit(main())"
	command = [sys.executable, "-c", code, "verify", str(file)]
	done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
	return done.returncode, done.stdout + done.stderr


def page(**asked: str) -> str:
	"""The statement's page as the present user's browser gets it."""
	frappe.local.form_dict = frappe._dict(asked)
	answer = get_response("support/statement")
	assert answer.status_code == 200
	return answer.get_data(as_text=True)


def test_the_page_shows_opening_entries_and_closing_as_the_ledger_has_them(contract, as_user):
	with as_user(CUSTOMER):
		text = page(contract=contract.name)
	entries = [sealed.entry for sealed in ledger.entries(contract.name)]
	of_the_year = [entry for entry in entries if entry.at.astimezone(ledger.desk_zone()).year == 2026]
	assert text.count("no. ") == len(of_the_year)
	balances = [Decimal(cell) for cell in re.findall(r'class="amount">(-?[\d.]+)</td>\s*</tr>', text)]
	amounts = [
		Decimal(cell.replace("\N{MINUS SIGN}", "-"))
		for cell in re.findall(r'class="amount">([+\N{MINUS SIGN}][\d.]+)<', text)
	]
	assert amounts == [entry.amount for entry in of_the_year]
	assert balances[0] == sum(entry.amount for entry in entries if entry not in of_the_year)
	assert balances[-1] == balances[-2] == account_of(contract.name).balance
	for before, amount, after in zip(balances[:-2], amounts, balances[1:-1], strict=True):
		assert before + amount == after
	assert "Explained the &lt;b&gt;rest&lt;/b&gt;." in text and "<b>rest" not in text


def test_any_period_adds_up_and_its_file_is_verified(contract, tmp_path):
	lot = random.Random(4)
	for _each in range(12):
		first = date(2024, 12, 1) + timedelta(days=lot.randrange(800))
		last = first + timedelta(days=lot.choice((0, 1, 30, 365, 800)))
		period = statements.period_of(contract.name, first, last)
		opening, closing = period.opening().account.balance, period.closing().account.balance
		amounts = [sealed.entry.amount for sealed in period.sealed()]
		assert opening + sum(amounts) == closing
		content = downloaded(contract, "CSV", first=str(first), last=str(last))
		code, said = verified(content, tmp_path)
		assert code == 0, said
		assert f"Balance {closing}, last hash {period.closing().hash}" in said


def test_a_file_that_was_touched_is_found(contract, tmp_path):
	content = downloaded(contract, "CSV").decode()
	code, said = verified(content.replace(",-3.00,", ",-2.00,", 1).encode(), tmp_path)
	assert code == 2 and re.search(r"statement\.csv:\d+: ", said)


def test_nothing_in_the_file_is_a_formula(contract):
	cells = [cell for line in downloaded(contract, "CSV").decode().splitlines() for cell in line.split(",")]
	assert "'=SUM(A1) Order 118" in cells
	assert not [cell for cell in cells if cell.startswith(("=", "@", "+"))]


def test_the_pdf_holds_every_entry(contract, as_user):
	with as_user(CUSTOMER):
		content = downloaded(contract, "PDF")
	text = "".join(read(content))
	period = statements.period_of(contract.name, date(2026, 1, 1), date(2026, 12, 31))
	assert re.findall(r"no\.(\d+?)(?=Use|Grant|Purchase|Expiry)", text) == [
		str(number) for number in range(period.before + 1, period.until + 1)
	]
	for words in ("Opening", "Closing", contract.name, period.closing().hash):
		assert words in text


def test_a_long_statement_is_made_in_pieces(contract, monkeypatch):
	monkeypatch.setattr(statement_paper, "LONG", 3)
	period, seen = statements.period_of(contract.name, date(2025, 1, 1), date(2026, 12, 31)), []
	content = statement_files.content_of(period, "PDF", seen.append)
	pages = read(content)
	assert seen == [*range(3, period.count, 3), period.count]
	assert len(pages) == len(seen)
	assert "Opening" in pages[0] and not any("Opening" in text for text in pages[1:])
	assert "Closing" in pages[-1] and not any("Closing" in text for text in pages[:-1])


def test_a_site_without_the_program_says_so(contract, monkeypatch, as_user):
	monkeypatch.setattr(statement_paper.shutil, "which", lambda program: None)
	with as_user(CUSTOMER):
		text = page(contract=contract.name)
		with pytest.raises(frappe.ValidationError, match="wkhtmltopdf"):
			downloaded(contract, "PDF")
	assert "This site cannot make a PDF" in text and "form=PDF" not in text and "form=CSV" in text


CALLS: dict[str, Callable[[Any], Any]] = {
	"csv": lambda contract: api.download(contract.name, **YEAR, form="CSV"),
	"pdf": lambda contract: api.download(contract.name, **YEAR, form="PDF"),
	"make": lambda contract: api.make(contract.name, **YEAR, form="CSV"),
	"print": lambda contract: api.contract_statement(contract.name),
}


@pytest.mark.parametrize("call", CALLS)
def test_only_its_readers_get_a_statement(call, contract, as_user):
	for user in READERS:
		with as_user(user):
			CALLS[call](contract)
	for user in OTHERS:
		with as_user(user), pytest.raises(frappe.PermissionError, match="not yours to see"):
			CALLS[call](contract)
	mine = {"contract": contract.name}
	assert frappe.db.count(REQUESTED_STATEMENT, mine) == (len(READERS) if call == "make" else 0)


def test_the_desk_prints_a_statement_as_a_print_format(contract, as_user):
	with as_user(AGENT):
		printed = frappe.get_print("Maintenance Contract", contract.name, "Contract Statement")
	assert "Statement of strippen" in printed and "Closing" in printed
	for user in (CUSTOMER, STRANGER):
		with as_user(user), pytest.raises(frappe.PermissionError):
			frappe.get_print("Maintenance Contract", contract.name, "Contract Statement")


def test_days_that_are_none_are_refused(contract):
	for days in ({"first": "soon", "last": "2026-12-31"}, {"first": "", "last": ""}):
		with pytest.raises(frappe.ValidationError, match="two days such as"):
			api.download(contract.name, **days, form="CSV")
	with pytest.raises(frappe.ValidationError, match="two days such as"):
		api.download(contract.name, **YEAR, form="../../etc/passwd")
	for odd in ("soon", "<script>", "0001-01-01", "9999-12-31"):
		assert "Opening" in page(contract=contract.name, **{"from": odd, "to": odd})


def test_a_broken_ledger_has_no_statement_and_says_why(contract, as_user):
	spoil(contract.name)
	with as_user(CUSTOMER):
		text = page(contract=contract.name)
		with pytest.raises(ledger.LedgerBroken, match="is not as it was written"):
			downloaded(contract, "CSV")
	assert "is not as it was written" in text and "no. " not in text


def test_days_the_wrong_way_round_are_turned(contract):
	assert downloaded(contract, "CSV", first="2026-12-31", last="2026-01-01") == downloaded(contract, "CSV")


@pytest.fixture
def long(monkeypatch):
	"""Four entries are too many for a page."""
	for module in (statements, statement_sheets, api):
		monkeypatch.setattr(module, "LONG", 4)


def asked(contract: Any, form: str) -> str:
	"""Ask for a file as the page does; its name."""
	api.make(contract.name, **YEAR, form=form)
	assert frappe.local.response["type"] == "redirect"
	return frappe.local.response["location"].rpartition("file=")[2]


@pytest.mark.parametrize("form", ["CSV", "PDF"])
def test_a_long_statement_is_made_in_the_background_and_fetched_by_its_reader(form, contract, long, as_user):
	with as_user(CUSTOMER):
		text = page(contract=contract.name)
		assert "are too many for one page" in text and "no. " not in text and "form=CSV" not in text
		file = asked(contract, form)
		assert asked(contract, form) == file
		assert api.progress(file)["is_going_on"]
		assert "is about to be made" in page(contract=contract.name, file=file)
	task.make(file)
	task.make(file)
	frappe.set_user("Administrator")
	with as_user(CUSTOMER):
		made = api.progress(file)
		assert made["is_ready"] and made["done"] == made["entries"] > 4
		assert made["url"] in page(contract=contract.name, file=file)
		api.fetch(file)
		content, name = frappe.local.response["filecontent"], frappe.local.response["filename"]
	assert name == f"statement-{contract.name}-2026-01-01-2026-12-31.{form.lower()}"
	assert content.startswith(b"%PDF" if form == "PDF" else "\ufeff".encode())


def test_a_file_is_its_readers_alone_even_among_readers_of_the_contract(contract, as_user):
	with as_user(CUSTOMER):
		file = asked(contract, "CSV")
	task.make(file)
	frappe.set_user("Administrator")
	stored = frappe.get_doc("File", {"attached_to_name": file})
	assert stored.is_private and stored.owner == CUSTOMER
	for user in (BOSS, AGENT, MANAGER, KEEPER, *OTHERS):
		with as_user(user):
			for call in (api.fetch, api.progress):
				with pytest.raises(frappe.PermissionError):
					call(file)
			assert not frappe.has_permission("File", "read", stored, user=user)
			assert not frappe.has_permission(REQUESTED_STATEMENT, "read")
			if user not in OTHERS:
				assert "It stays here for a day" not in page(contract=contract.name, file=file)


def test_who_may_not_see_the_contract_any_more_fetches_nothing(contract, as_user):
	with as_user(CUSTOMER):
		made, waiting = asked(contract, "CSV"), asked(contract, "PDF")
	task.make(made)
	frappe.set_user("Administrator")
	frappe.db.delete("Contract Orderer", {"parent": contract.name})
	task.make(waiting)
	frappe.set_user("Administrator")
	assert frappe.db.get_value(REQUESTED_STATEMENT, waiting, "state") == "Failed"
	with as_user(CUSTOMER), pytest.raises(frappe.PermissionError):
		api.fetch(made)


def test_what_was_made_is_gone_after_a_day(contract, frozen_time, as_user):
	with as_user(CUSTOMER):
		file = asked(contract, "CSV")
	task.make(file)
	frappe.set_user("Administrator")
	path = Path(frappe.get_doc("File", {"attached_to_name": file}).get_full_path())
	with frozen_time("2026-11-21 11:59"):
		task.remove_old()
	assert path.exists() and frappe.db.exists(REQUESTED_STATEMENT, file)
	with frozen_time("2026-11-21 12:01"):
		task.remove_old()
	assert not path.exists() and not frappe.db.exists(REQUESTED_STATEMENT, file)
	with as_user(CUSTOMER), pytest.raises(frappe.PermissionError, match="removed after its day"):
		api.fetch(file)


def test_a_contract_without_a_ledger_can_be_deleted_though_somebody_asked_for_its_statement():
	customers()
	doc = draft()
	days = {"first_day": doc.start, "last_day": doc.end}
	made = make(REQUESTED_STATEMENT, contract=doc.name, form="CSV", reader="Administrator", **days)
	frappe.delete_doc(CONTRACT, doc.name)
	assert not frappe.db.exists(CONTRACT, doc.name) and frappe.db.exists(REQUESTED_STATEMENT, made.name)


def test_one_whose_worker_died_can_be_asked_for_again(contract, frozen_time, as_user):
	with as_user(CUSTOMER):
		file = asked(contract, "CSV")
		frappe.db.set_value(REQUESTED_STATEMENT, file, "state", "Running")
		with frozen_time("2026-11-20 12:11"):
			assert not api.progress(file)["is_going_on"]
			assert asked(contract, "CSV") != file


def test_the_file_speaks_the_readers_language(contract, as_user, monkeypatch):
	if not frappe.db.exists("Language", "nl"):
		make("Language", language_code="nl", language_name="nl")
	monkeypatch.setattr(frappe.local, "lang", "nl")
	with as_user(CUSTOMER):
		text = page(contract=contract.name)
		content = downloaded(contract, "PDF")
	for words in ("Overzicht van strippen", "Beginstand", "Eindstand", "Gebruik"):
		assert words in text and words.replace(" ", "") in read(content)[0]
