"""The page of a contract: who reads it, that its figures are the ledger's, and that nothing internal is in it."""

from __future__ import annotations

import re
from typing import Any

import frappe
import pytest
from frappe.website.serve import get_response

from crm_support_ext.api import statement as api
from crm_support_ext.api.ticket import actions
from crm_support_ext.permissions import may_see_contract
from crm_support_ext.store import strippen_mail
from crm_support_ext.store.ledger import account_of
from crm_support_ext.store.orderers import orderers_of
from tests.factories import make, make_agent, make_contact, make_user
from tests.site.contracts import active, draft, plan
from tests.site.desk import AGENT, COLLEAGUE, CUSTOMER, MANAGER, STRANGER, contact_of, ticket_in
from tests.site.ledgers import (
	BOSS,
	OTHER_CUSTOMER,
	bought,
	contract_of_the_customer,
	customers,
	fault,
	granted,
	question,
	spoil,
	worked,
)
from tests.site.quoted import quote

NOBODY, KEEPER, GUEST = "nobody@nowhere.example", "carla@desk.example", "Guest"
TODAY = "2026-11-20 12:00"


@pytest.fixture(autouse=True, scope="module")
def desk(site):
	customers()
	make_user(NOBODY, "HD Customer")
	make_agent(KEEPER, "Contract Manager")
	plan("Twenty", strippen_per_year=20, on_shortage="Split", upgrade_discount=25)


@pytest.fixture
def contract(frozen_time):
	"""A contract of the year 2026, which grants 20."""
	with frozen_time("2026-01-02 09:00"):
		contract = contract_of_the_customer(plan="Twenty", last_upgrade="2026-02-01")
		granted(contract)
	return contract


@pytest.fixture
def tickets(contract):
	"""The orderer's own question and a colleague's, both with work, and a fault."""
	mine, theirs = question("Which layout?"), question("Which <b>rights</b>?", raised_by=COLLEAGUE)
	broken = fault("It prints twice")
	worked(mine, 20, "2026-03-12 10:05", "Explained the <i>layout</i>.")
	worked(theirs, 75, "2026-04-20 14:30", "Went through the rights.")
	worked(broken, 95, "2026-06-02 11:00", "Found the fault.")
	return mine, theirs, broken


def page(path: str, **asked: str) -> Any:
	"""A page as the present user's browser gets it."""
	frappe.local.form_dict = frappe._dict(asked)
	return get_response(path)


def text_of(path: str, **asked: str) -> str:
	"""Its text, if there is one for the present user."""
	answer = page(path, **asked)
	assert answer.status_code == 200
	return answer.get_data(as_text=True)


READERS = {
	CUSTOMER: True,
	BOSS: True,
	AGENT: True,
	MANAGER: True,
	KEEPER: True,
	"Administrator": True,
	COLLEAGUE: False,
	STRANGER: False,
	NOBODY: False,
}
"""The orderer, the customer's manager and the desk; not a colleague, nor the manager of another customer."""


@pytest.mark.parametrize(("user", "may"), READERS.items())
def test_who_reads_a_contract(user, may, contract, frozen_time, as_user):
	with frozen_time(TODAY), as_user(user):
		assert may_see_contract(contract.name) is may
		for path, asked in (
			("support/contract", {"name": contract.name}),
			("support/statement", {"contract": contract.name}),
		):
			answer = page(path, **asked)
			assert answer.status_code == (200 if may else 404)
			if not may:
				text = answer.get_data(as_text=True)
				assert "yours to see" in text
				assert "TeamViewer" not in text and "Twenty" not in text and "De Ochtend" not in text


@pytest.mark.parametrize("path", ["contract?name=MC-1", "statement?contract=MC-1", "work-done?ticket=42"])
def test_a_guest_is_sent_to_log_in_and_comes_back(path):
	frappe.set_user(GUEST)
	place, _, asked = path.partition("?")
	key, _, value = asked.partition("=")
	answer = page(f"support/{place}", **{key: value})
	assert answer.status_code == 302
	assert answer.headers["Location"].startswith("/login?redirect-to=%2Fsupport%2F" + place)
	assert value in answer.headers["Location"]


def test_a_contract_that_is_not_there_looks_like_one_of_somebody_else(contract, as_user):
	with as_user(STRANGER):
		foreign, missing = (page("support/contract", name=name) for name in (contract.name, "MC-99999"))
	texts = [re.sub(r"\s+", " ", answer.get_data(as_text=True)) for answer in (foreign, missing)]
	assert foreign.status_code == missing.status_code == 404
	assert texts[0] == texts[1]


def test_a_draft_is_nobodys_but_the_desks(as_user):
	made = draft(orderers=[{"contact": contact_of(CUSTOMER)}])
	assert not may_see_contract(made.name, CUSTOMER) and not may_see_contract(made.name, BOSS)
	assert may_see_contract(made.name, AGENT)


def test_who_is_no_manager_any_more_reads_nothing_from_then_on(contract):
	assert may_see_contract(contract.name, BOSS)
	frappe.db.set_value("HD Customer Member", {"parent": contract.customer, "is_manager": 1}, "is_manager", 0)
	assert not may_see_contract(contract.name, BOSS)


def test_an_orderer_who_has_left_the_customer_reads_and_orders_nothing_from_then_on(contract):
	contact = contact_of(CUSTOMER)
	assert contact in [orderer.contact for orderer in orderers_of(contract.customer, contract.name)]
	customer = frappe.get_doc("HD Customer", contract.customer)
	customer.contacts = [row for row in customer.contacts if row.contact_name != contact]
	customer.save(ignore_permissions=True)
	assert not may_see_contract(contract.name, CUSTOMER)
	assert contact not in [orderer.contact for orderer in orderers_of(contract.customer, contract.name)]


def test_the_page_says_what_is_agreed_and_what_is_left(contract, tickets, frozen_time, as_user):
	bought(contract, "10", "2026-09-01 12:00", "Order 118")
	with frozen_time(TODAY), as_user(CUSTOMER):
		text = text_of("support/contract")
	assert account_of(contract.name).balance == 23
	for words in (
		f"Maintenance contract {contract.name}",
		"<strong>23</strong> strippen left",
		"23 strippen left; 7 strippen used this contract year (23 %).",
		"13 strippen (grant), good until 31 December 2026",
		"10 strippen (purchase), good until 31 December 2026",
		"User support: 20 strippen in each contract year.",
		"charged by the hour for the rest",
		"with a discount of 25 %",
		"The last was on 1 February 2026, the next can be from 1 February 2028.",
		"By phone: not agreed",
		'href="tel:+31612345678"',
		"TeamViewer: <span",
		"Somebody watches.",
		"Kees",
		"Order 118",
	):
		assert words in text, words


def test_one_strip_that_is_left_is_said_as_one(frozen_time, as_user):
	plan("One a year", strippen_per_year=1)
	with frozen_time("2026-01-02 09:00"):
		granted(contract_of_the_customer(plan="One a year"))
		with as_user(CUSTOMER):
			text = text_of("support/contract")
	assert "<strong>1</strong> strip left" in text and "1 strip left; 0 strippen used" in text


def test_nothing_internal_is_on_the_page(contract, tickets, frozen_time, as_user):
	with frozen_time(TODAY), as_user(CUSTOMER):
		text = text_of("support/contract", name=contract.name)
	for words in ("pays late", "by phone</", "Bea, by phone", OTHER_CUSTOMER, "rule", AGENT, "checkpoint"):
		assert words not in text, words


def test_a_ticket_is_a_link_with_its_work_only_for_who_may_read_it(contract, tickets, frozen_time, as_user):
	mine, theirs, _broken = (str(ticket.name) for ticket in tickets)
	with frozen_time(TODAY):
		with as_user(CUSTOMER):
			own = text_of("support/contract", name=contract.name)
		with as_user(BOSS):
			all_of_it = text_of("support/contract", name=contract.name)
		with as_user(AGENT):
			desk = text_of("support/contract", name=contract.name)
	assert f'<a href="/helpdesk/my-tickets/{mine}">#{mine}</a>' in own
	assert "Explained the &lt;i&gt;layout&lt;/i&gt;." in own
	assert f"#{theirs}" in own and f"my-tickets/{theirs}" not in own
	assert "Went through the rights." not in own
	assert f"/helpdesk/my-tickets/{theirs}" in all_of_it and "Went through the rights." in all_of_it
	assert f"/helpdesk/tickets/{theirs}" in desk


def test_the_entries_of_the_year_stand_with_their_hours_and_the_balance_after_them(
	contract, tickets, frozen_time, as_user
):
	with frozen_time(TODAY), as_user(CUSTOMER):
		text = text_of("support/contract", name=contract.name)
	cells = [re.findall(r'class="amount">([^<]*)<', row) for row in re.findall(r"<tr>.*?</tr>", text, re.S)]
	figures = [row for row in cells if len(row) == 3 and row[1] and row[1] != "Strippen"]
	assert figures == [["1:15 h", "−5.00", "13.00"], ["0:20 h", "−2.00", "18.00"], ["", "+20.00", "20.00"]]  # noqa: RUF001
	assert re.search(r"<dt>Free</dt><dd>1:35 h</dd>", text)


def test_many_entries_are_shortened_and_all_are_in_the_statement(contract, frozen_time, as_user):
	ticket = question("Often")
	for number in range(60):
		bought(contract, "1", f"2026-02-{1 + number // 24:02} {number % 24:02}:00")
	worked(ticket, 15, "2026-03-12 10:05")
	with frozen_time(TODAY), as_user(CUSTOMER):
		text = text_of("support/contract", name=contract.name)
		statement = text_of("support/statement", contract=contract.name)
	assert "The last 50 of 62 entries" in text
	assert text.count("no. ") == 50 and statement.count("no. ") == 62


def test_a_reader_of_several_contracts_chooses(contract, frozen_time, as_user):
	with frozen_time("2024-06-01 12:00"):
		old = active("2024-01-01", "2024-12-31", plan="Twenty")
	with frozen_time(TODAY), as_user(BOSS):
		text, older = text_of("support/contract"), text_of("support/contract", name=old.name)
	assert f"Maintenance contract {contract.name}" in text and f"?name={old.name}" in text
	assert f"Maintenance contract {old.name}" in older


def test_the_page_lives_without_orderers_people_product_or_entries(frozen_time, as_user):
	with frozen_time(TODAY):
		bare = active(plan=plan("Nothing", strippen_per_year=0))
		with as_user(BOSS):
			text = text_of("support/contract", name=bare.name)
	assert "Nobody is named." in text
	assert "Nothing was booked in this contract year yet." in text
	assert "the plan grants none by itself" in text and "<strong>0</strong>" in text


def test_a_broken_ledger_is_said_and_the_rest_of_the_page_stays(contract, tickets, frozen_time, as_user):
	spoil(contract.name)
	with frozen_time(TODAY), as_user(CUSTOMER):
		text = text_of("support/contract", name=contract.name)
	assert "is not as it was written" in text and "strippen left" not in text
	assert "tel:+31612345678" in text


def test_a_quotation_that_waits_is_shown_to_who_may_answer_it(contract, frozen_time, as_user):
	ticket = question("What would it cost?")
	with frozen_time(TODAY):
		offer = quote(ticket, valid_until="2026-12-31")
		for user in (CUSTOMER, BOSS, AGENT):
			with as_user(user):
				text = text_of("support/contract", name=contract.name)
			assert f"/support/quotation?name={offer}" in text and "3 strippen, at most 4" in text
		with as_user(STRANGER):
			assert page("support/contract", name=contract.name).status_code == 404


LANGUAGES = {
	"nl": ("Onderhoudscontract", "13 strippen over", "31 december 2026", "+20,00"),
	"nb": ("Vedlikeholdsavtale", "13 klipp igjen", "31. desember 2026", "+20,00"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_speaks_the_readers_language(language, contract, tickets, frozen_time, as_user, monkeypatch):
	if not frappe.db.exists("Language", language):
		make("Language", language_code=language, language_name=language)
	monkeypatch.setattr(frappe.local, "lang", language)
	with frozen_time(TODAY), as_user(CUSTOMER):
		text = text_of("support/contract", name=contract.name)
	assert f'<html lang="{language}">' in text
	for words in LANGUAGES[language]:
		assert words in text, words


def test_hours_and_progress_of_a_ticket_are_for_whoever_may_read_it(contract, tickets, as_user):
	mine, theirs, _broken = (str(ticket.name) for ticket in tickets)
	for user in (CUSTOMER, BOSS, AGENT):
		with as_user(user):
			text = text_of("support/work-done", ticket=mine)
		assert "Explained the &lt;i&gt;layout&lt;/i&gt;." in text
		assert 'id="sum-of-hours">0:20 h<' in text and 'id="sum-of-strippen">2.00<' in text
		assert "An agent works on it" in text and "Not yet taken up" in text
		assert AGENT not in text and "rule" not in text
	for user in (COLLEAGUE, STRANGER, NOBODY):
		with as_user(user):
			assert page("support/work-done", ticket=mine).status_code == 404
	with as_user(COLLEAGUE):
		assert "Went through the rights." in text_of("support/work-done", ticket=theirs)


def test_a_ticket_without_work_says_so(as_user):
	ticket = ticket_in("New")
	with as_user(CUSTOMER):
		text = text_of("support/work-done", ticket=str(ticket.name))
	assert "No work was booked on this ticket yet." in text


def test_both_ticket_pages_lead_to_hours_and_to_the_contract(contract, tickets, as_user):
	mine, theirs, _broken = (str(ticket.name) for ticket in tickets)
	leads = {
		(CUSTOMER, mine): True,
		(BOSS, theirs): True,
		(AGENT, mine): True,
		(COLLEAGUE, theirs): False,
	}
	for (user, ticket), to_contract in leads.items():
		with as_user(user):
			rows = {row["event"]: row for row in actions(ticket)["actions"]}
		assert rows["hours"]["url"] == f"/support/work-done?ticket={ticket}"
		assert rows["hours"]["more"]["shown"] == ("Hours: 0:20 h" if ticket == mine else "Hours: 1:15 h")
		assert ("contract" in rows) is to_contract
		if to_contract:
			assert rows["contract"]["url"] == f"/support/contract?name={contract.name}"


def test_the_new_ticket_page_says_what_is_left_to_who_may_know(contract, frozen_time, as_user):
	with frozen_time(TODAY):
		for user in (CUSTOMER, BOSS):
			with as_user(user):
				answer = api.own_contracts()
			assert answer["label"] == "20 strippen left"
			assert [item["url"] for item in answer["items"]] == [f"/support/contract?name={contract.name}"]
		for user in (COLLEAGUE, STRANGER, AGENT, NOBODY):
			with as_user(user):
				assert api.own_contracts()["items"] == []


@pytest.mark.parametrize("user", [AGENT, KEEPER])
def test_the_desk_goes_to_its_own_list_where_no_contract_is_named(user, as_user):
	with as_user(user):
		answer = page("support/contract")
	assert answer.status_code == 302 and answer.headers["Location"] == "/app/maintenance-contract"


def test_the_sidebar_leads_to_the_contract_only_who_can_read_one(contract, tickets, as_user):
	theirs = str(tickets[1].name)
	for user, leads in ((BOSS, True), (AGENT, True), (COLLEAGUE, False)):
		with as_user(user):
			assert ('href="/support/contract"' in text_of("support/work-done", ticket=theirs)) is leads


def test_the_mail_that_strippen_run_out_leads_to_the_page(contract, tickets, frozen_time):
	with frozen_time(TODAY):
		worked(tickets[0], 180, "2026-11-19 09:00")
		warning = frappe.get_last_doc("Strippen Warning", {"contract": contract.name})
		strippen_mail.tell([warning])
	mails = frappe.get_all("Email Queue", {"reference_name": contract.name}, pluck="message")
	assert any(f"/support/contract?name={contract.name}" in unfolded(mail) for mail in mails)


def unfolded(mail: str) -> str:
	"""A mail's text without the line breaks that its encoding put in."""
	return mail.replace("=\n", "").replace("=3D", "=")


def test_a_contract_that_ends_says_so_in_time_and_when_it_has(frozen_time, as_user):
	with frozen_time("2026-01-02 09:00"):
		ending = contract_of_the_customer(plan="Twenty", notice_days=30)
	for today, words in (
		("2026-11-20 12:00", ">Active</span>"),
		("2026-12-10 12:00", ">Active, ends on 31 December 2026</span>"),
		("2027-01-01 00:30", ">Expired</span>"),
	):
		with frozen_time(today), as_user(CUSTOMER):
			assert words in text_of("support/contract", name=ending.name)


def test_a_contact_who_came_later_sees_nothing_of_before(contract, as_user):
	newcomer = "nina@bakkerij.example"
	make_contact(newcomer)
	with as_user(newcomer):
		assert page("support/contract").status_code == 404
