"""Quotations with real processes on a real database: answers and bookings at the same moment, right below the maximum."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import frappe
import pytest
from frappe.utils import add_days, today

from crm_support_ext.constants import CONTRACT, PLAN, QUOTATION, WORK_LOG
from crm_support_ext.domain.settlement import Role
from crm_support_ext.store import quotations, work_logs
from crm_support_ext.store.frappe import now
from crm_support_ext.store.ledger import balance_of
from tests.factories import make, make_contact, make_customer
from tests.site import contracts
from tests.site.desk import AGENT, MANAGER, acting_as, contact_of, people, remove, ticket_in
from tests.site.quoted import state_of
from tests.site.workers import at_once, finish, start

COMPANY, FIRST, SECOND = "Gelijktijdig BV", "fleur@gelijktijdig.example", "sem@gelijktijdig.example"
ACT, ANSWER = "crm_support_ext.api.ticket.act", "crm_support_ext.api.quotation.answer"
WITHDRAW = "crm_support_ext.api.quotation.withdraw"

pytestmark = pytest.mark.commits


@pytest.fixture
def ticket():
	"""A ticket of a customer with two who may order and 400 strippen, committed."""
	clear()
	people()
	contacts = [make_contact(email).name for email in (FIRST, SECOND)]
	make_customer(COMPANY, *contacts)
	plan = contracts.plan("Raced", strippen_per_year=400)
	orderers = [{"contact": contact} for contact in contacts]
	days = add_days(today(), -30), add_days(today(), 300)
	contracts.active(*days, customer=COMPANY, plan=plan, orderers=orderers)
	made = ticket_in("Open", raised_by=FIRST, customer=COMPANY, ticket_type="Question")
	frappe.db.commit()
	yield made
	clear()


def clear():
	"""Everything of the company's: entries of a ledger go by no document."""
	frappe.db.rollback()
	tickets = frappe.get_all("HD Ticket", {"customer": COMPANY}, pluck="name")
	for doctype, field in ((WORK_LOG, "ticket"), ("HD Notification", "reference_ticket")):
		frappe.db.delete(doctype, {field: ("in", [str(name) for name in tickets])})
	frappe.db.commit()
	remove(*tickets)
	contracts.remove(*frappe.get_all(CONTRACT, {"customer": COMPANY}, pluck="name"))
	contacts = [contact_of(user) for user in (FIRST, SECOND) if contact_of(user)]
	for doctype, names in ((PLAN, ["Raced"]), ("HD Customer", [COMPANY]), ("Contact", contacts)):
		for name in names:
			frappe.delete_doc(doctype, name, force=True, ignore_missing=True)
	frappe.db.commit()


def quote(ticket, *, accepted=True, **offer):
	values = {
		"text": "As agreed",
		"sent_to": contact_of(FIRST),
		"valid_until": add_days(today(), 30),
		**offer,
	}
	doc = make(QUOTATION, ticket=str(ticket.name), **values)
	assert quotations.send(quotations.locked(doc.name)) is None
	if accepted:
		with acting_as(FIRST):
			assert quotations.answer(quotations.locked(doc.name), accepts=True) is None
	frappe.db.commit()
	return doc.name


def strippen(maximum):
	return {"settles_in": "Strippen", "estimate": maximum, "maximum": maximum}


def booking(ticket, minutes, number, role="helpdesk"):
	values = {"minutes": str(minutes), "role": role, "place": "remote", "key": f"race-{ticket.name}-{number}"}
	who = (AGENT, MANAGER)[number % 2]
	return who, ACT, {"ticket": str(ticket.name), "event": "work", "text": "Worked", "values": values}


def book(ticket, minutes):
	worked = work_logs.Worked(now() - timedelta(minutes=1), minutes, role=Role.HELPDESK, text="Worked")
	log = work_logs.book(frappe.get_doc("HD Ticket", ticket.name), worked, AGENT, now())
	assert isinstance(log, str), log
	frappe.db.commit()


def booked_on(name, counted):
	frappe.db.rollback()
	rows = frappe.get_all(WORK_LOG, {"quotation": name, "state": "Booked"}, pluck=counted)
	return sum(Decimal(str(row)) for row in rows)


def test_of_twelve_who_book_right_below_the_maximum_exactly_those_succeed_who_fit(ticket):
	name = quote(ticket, **strippen(20))
	book(ticket, 15 * 15)
	told = at_once(*(booking(ticket, 15, number) for number in range(12)))
	assert sum(one.startswith("done") for one in told) == 5
	assert all(f"and {name} has 0 strippen left" in one for one in told if one.startswith("refused"))
	assert booked_on(name, "strippen") == 20
	assert balance_of(frappe.db.get_value(QUOTATION, name, "contract")) == 380


def test_of_eight_who_book_right_below_the_minutes_of_a_fixed_price_three_fit(ticket):
	offer = {"settles_in": "Fixed Price", "price": 500, "currency": "EUR", "max_minutes": 100}
	name = quote(ticket, **offer)
	roles = ("helpdesk", "programmer", "consultant")
	told = at_once(*(booking(ticket, 30, number, roles[number % 3]) for number in range(8)))
	assert sum(one.startswith("done") for one in told) == 3
	assert booked_on(name, "minutes") == 90


@pytest.mark.parametrize("answers", [(True, True), (True, False), (False, True)])
def test_of_two_answers_at_the_same_moment_one_wins_and_the_other_reads_whose_it_was(ticket, answers):
	name = quote(ticket, accepted=False, **strippen(4))
	told = at_once(
		*(
			(user, ANSWER, {"name": name, "accepts": accepts, "words": user})
			for user, accepts in zip((FIRST, SECOND), answers, strict=True)
		)
	)
	frappe.db.rollback()
	doc = frappe.get_doc(QUOTATION, name)
	(winner,) = [number for number, one in enumerate(told) if one.startswith("done")]
	assert (doc.answered_by, doc.answer) == ((FIRST, SECOND)[winner],) * 2
	assert doc.state == ("Accepted" if answers[winner] else "Declined")
	assert f"{doc.state.lower()} by {frappe.utils.get_fullname(doc.answered_by)}" in told[1 - winner]
	bells = {"reference_ticket": str(ticket.name), "message": ("like", f"%{name}%")}
	assert frappe.db.count("HD Notification", {**bells, "user_to": doc.owner}) <= 1


def test_of_an_answer_and_a_withdrawal_at_the_same_moment_one_wins(ticket):
	name = quote(ticket, accepted=False, **strippen(4))
	told = at_once((FIRST, ANSWER, {"name": name, "accepts": True}), (AGENT, WITHDRAW, {"name": name}))
	frappe.db.rollback()
	assert sorted(one.split()[0] for one in told) == ["done", "refused"]
	assert state_of(name) == ("Accepted" if told[0].startswith("done") else "Withdrawn")


def test_while_a_new_one_is_accepted_neither_takes_more_than_its_maximum(ticket):
	old = quote(ticket, **strippen(3))
	new = quote(ticket, accepted=False, **strippen(4))
	presses = [booking(ticket, 15, number) for number in range(10)]
	told = at_once(*presses[:5], (SECOND, ANSWER, {"name": new, "accepts": True}), *presses[5:])
	assert told[5].startswith("done")
	succeeded = sum(one.startswith("done") for one in told) - 1
	on_old, on_new = booked_on(old, "strippen"), booked_on(new, "strippen")
	assert on_old <= 3 and on_new <= 4 and on_old + on_new == succeeded
	assert (state_of(old), state_of(new)) == ("Replaced", "Accepted")
	refused = [one for one in told if one.startswith("refused")]
	assert all(f"and {old} has 0 strip" in one or f"and {new} has 0 strip" in one for one in refused)


def test_two_nights_at_once_let_expire_once(ticket):
	name = quote(ticket, accepted=False, **strippen(4))
	frappe.db.set_value(QUOTATION, name, "valid_until", add_days(today(), -1))
	frappe.db.commit()
	for worker in [start("tasks.quotations._expire", "quotations") for _ in range(3)]:
		finish(worker)
	frappe.db.rollback()
	assert state_of(name) == "Expired"
	line = {"ticket": str(ticket.name), "action": ("like", f"Quotation {name} has expired%")}
	assert frappe.db.count("HD Ticket Activity", line) == 1
