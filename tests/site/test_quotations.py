"""Quotations on a site: made by the button, mailed, answered by who may order, expired, withdrawn, and booked on."""

from __future__ import annotations

from datetime import timedelta

import frappe
import frappe.client
import pytest

from crm_support_ext.api import quotation as api
from crm_support_ext.api.ticket import act, actions
from crm_support_ext.constants import QUOTATION, WORK_LOG
from crm_support_ext.domain.results import Refusal
from crm_support_ext.domain.settlement import Place, Role
from crm_support_ext.messages import sentence
from crm_support_ext.store import quotations, work_logs
from crm_support_ext.store.frappe import now
from crm_support_ext.tasks import quotations as nightly
from tests.factories import make, make_contact, make_customer, make_user
from tests.site.desk import (
	AGENT,
	CUSTOMER,
	MANAGER,
	STRANGER,
	acting_as,
	contact_of,
	happen,
	mails,
	status_of,
	ticket_in,
)
from tests.site.quoted import (
	FIXED,
	OFFER,
	ORDERER,
	OWNER,
	THIRD,
	accepted,
	book,
	contract,
	orderers,
	question,
	quote,
	state_of,
)


@pytest.fixture(autouse=True)
def clock(frozen_time):
	with frozen_time("2026-03-02 09:00") as clock:
		orderers()
		yield clock


def refused(match, kind=frappe.ValidationError):
	return pytest.raises(kind, match=match)


def activities(ticket):
	return frappe.get_all(
		"HD Ticket Activity", {"ticket": str(ticket.name)}, pluck="action", order_by="creation"
	)


def bells(ticket, user):
	rows = {"reference_ticket": str(ticket.name), "user_to": user}
	return frappe.get_all("HD Notification", rows, pluck="message", order_by="creation")


# An agent makes one


def test_an_estimate_in_strippen_goes_to_the_orderer_by_mail_in_their_language():
	frappe.db.set_value("User", ORDERER, "language", "nl")
	paid, ticket = contract(), question()
	name = quote(ticket)
	doc = frappe.get_doc(QUOTATION, name)
	assert (doc.state, doc.customer, doc.contract, doc.owner) == ("Sent", ticket.customer, paid.name, AGENT)
	assert (doc.estimate, doc.maximum, doc.price, doc.max_minutes) == (3, 4, 0, 0)
	(mail,) = mails("cse-quotation", ticket.name)[str(ticket.name)]
	assert f"Offerte {name}" in mail.replace("=\n", "") and f"/support/quotation?name=3D{name}" in mail
	queued = frappe.get_all("Email Queue", {"reference_name": str(ticket.name)}, pluck="name")
	recipients = {"parent": ("in", queued)}
	assert ORDERER in frappe.get_all("Email Queue Recipient", recipients, pluck="recipient")
	assert f"sent quotation {name} to Kees: 3 strippen, at most 4" in activities(ticket)


def test_a_fixed_price_has_a_currency_and_minutes():
	name = quote(question(), FIXED, sent_to=contact_of(OWNER))
	doc = frappe.get_doc(QUOTATION, name)
	assert (doc.price, doc.currency, doc.max_minutes, doc.estimate, doc.maximum) == (1250, "EUR", 480, 0, 0)
	assert doc.contract is None


def test_the_button_asks_with_defaults_that_can_be_sent():
	contract()
	ticket = question()
	with acting_as(AGENT):
		(row,) = [row for row in actions(str(ticket.name))["actions"] if row["event"] == "quote"]
	fields = {field["name"]: field for field in row["fields"]}
	assert fields["valid_until"]["default"] == "2026-04-01" and fields["valid_until"]["type"] == "date"
	assert fields["settles_in"]["default"] == "Strippen"
	assert fields["sent_to"]["options"] == [{"value": contact_of(ORDERER), "label": "Kees"}]


@pytest.mark.parametrize(
	("values", "match"),
	[
		({"estimate": "5"}, "estimate of 5 is above the maximum of 4"),
		({"maximum": "0"}, "how many strippen it costs at most"),
		({"maximum": "-3", "estimate": "1"}, "costs at most|cannot be negative"),
		({"maximum": ""}, "how many strippen it costs at most"),
		({"estimate": ""}, "how many strippen you expect"),
		({"estimate": "a few"}, "a few is not a number"),
		({"maximum": "nan"}, "nan is not a number"),
		({"maximum": "1e300"}, "1e300 is not a number"),
		({"valid_until": "2026-03-01"}, "has passed. Choose the last day"),
		({"valid_until": "soon"}, "soon is not a date"),
		({**FIXED, "max_minutes": "0"}, "how many minutes of work the price is for"),
		({**FIXED, "price": "0"}, "Say the price"),
		({**FIXED, "price": ""}, "Say the price"),
		({**FIXED, "currency": "Klipp"}, "Klipp"),
		({"text": " "}, "Still to fill in"),
	],
)
def test_what_cannot_be_offered_is_refused_in_a_sentence(values, match):
	contract()
	ticket = question()
	with refused(match):
		quote(ticket, **values)


def test_only_who_may_order_is_asked():
	contract()
	make_customer("Elders BV", make_contact(STRANGER).name)
	ticket = question()
	for user in (STRANGER, THIRD):
		with refused("is none of"):
			quote(ticket, sent_to=contact_of(user))
		with acting_as(AGENT), refused(r"may not order for Bakkerij De Ochtend. Choose one of: Kees"):
			draft(ticket, sent_to=contact_of(user))


def draft(ticket, **values):
	fields = {"sent_to": contact_of(ORDERER), **OFFER, **values}
	return frappe.get_doc({"doctype": QUOTATION, "ticket": str(ticket.name), **fields}).insert()


def test_where_the_contract_names_nobody_the_managers_are_asked():
	contract(orderers=[])
	ticket = question()
	with acting_as(AGENT):
		assert [row["full_name"] for row in api.orderers(str(ticket.name))] == ["Lies"]
	name = quote(ticket, sent_to=contact_of(OWNER))
	with acting_as(OWNER):
		assert api.answer(name, True) == {"state": "Accepted"}


def test_who_cannot_log_in_is_not_asked():
	contract()
	frappe.db.set_value("User", ORDERER, "enabled", 0)
	ticket = question()
	with acting_as(AGENT):
		assert [row["full_name"] for row in api.orderers(str(ticket.name))] == ["Lies"]
	frappe.db.set_value("User", OWNER, "enabled", 0)
	with acting_as(AGENT), refused("Nobody of Bakkerij De Ochtend who may order can log in"):
		draft(ticket)


def test_without_a_contract_there_are_no_strippen_and_without_a_customer_nobody():
	ticket = question()
	with refused("has no contract that counts today"):
		quote(ticket, sent_to=contact_of(OWNER))
	alone = ticket_in("Open", raised_by="somebody@elsewhere.example")
	assert not alone.customer
	with acting_as(AGENT), refused("has no customer, so there is nobody to ask"):
		draft(alone)


def test_one_at_a_time_waits_for_an_answer():
	contract()
	ticket = question()
	first, second = quote(ticket), None
	with acting_as(AGENT):
		second = draft(ticket)
		with refused(f"{first} waits for an answer"):
			api.send(second.name)
		assert "quote" not in [row["event"] for row in actions(str(ticket.name))["actions"]]
		act(str(ticket.name), "withdraw_quotation")
		assert state_of(first) == "Withdrawn"
		api.send(second.name)
	assert state_of(second.name) == "Sent" and len(mails("cse-quotation", ticket.name)[str(ticket.name)]) == 2


# Its customer answers


@pytest.mark.parametrize("user", [ORDERER, OWNER])
@pytest.mark.parametrize(("accepts", "state"), [(True, "Accepted"), (False, "Declined")])
def test_who_may_order_answers_and_the_agents_hear_of_it(user, accepts, state):
	contract()
	ticket = question()
	frappe.get_doc("HD Ticket", ticket.name).assign_agent(MANAGER)
	name = quote(ticket)
	with acting_as(user):
		assert api.answer(name, accepts, "  Go <b>ahead</b>  ") == {"state": state}
	doc = frappe.get_doc(QUOTATION, name)
	assert (doc.answered_by, doc.answer, str(doc.answered_at)) == (
		user,
		"Go <b>ahead</b>",
		"2026-03-02 09:00:00",
	)
	line = f"{state.lower()} quotation {name}: 3 strippen, at most 4 “Go <b>ahead</b>”"
	assert line in activities(ticket)
	for told in (AGENT, MANAGER):
		assert line in bells(ticket, told)


@pytest.mark.parametrize("user", [THIRD, STRANGER, AGENT, MANAGER, "Administrator", "Guest"])
def test_nobody_else_answers(user):
	contract()
	manager = make_contact(STRANGER).name
	make("HD Customer", customer_name="Elders BV", contacts=[{"contact_name": manager, "is_manager": 1}])
	name = quote(question())
	for accepts in (True, False):
		with acting_as(user), refused("not yours to answer", frappe.PermissionError):
			api.answer(name, accepts)
	with acting_as(user), refused("not yours to answer", frappe.PermissionError):
		api.answer("SQ-99999", True)
	assert state_of(name) == "Sent"


def test_who_is_no_orderer_any_more_does_not_answer():
	paid = contract()
	name = quote(question())
	frappe.db.delete("Contract Orderer", {"parent": paid.name})
	with acting_as(ORDERER), refused("not yours to answer", frappe.PermissionError):
		api.answer(name, True)


def test_a_draft_is_nobodys_but_the_desks():
	contract()
	with acting_as(AGENT):
		name = draft(question()).name
	with acting_as(ORDERER):
		assert quotations.to_answer(ORDERER) == []
		with refused("not yours to answer", frappe.PermissionError):
			api.answer(name, True)


def test_the_second_answer_reads_who_answered():
	contract()
	name = quote(question())
	with acting_as(ORDERER):
		api.answer(name, True)
	with acting_as(OWNER), refused(f"{name} was accepted by Kees on Monday 2 March, 09:00"):
		api.answer(name, False)
	assert state_of(name) == "Accepted"


def test_the_pages_form_shows_the_page_whoever_was_first():
	contract()
	name = quote(question())
	for user, answer in ((ORDERER, "decline"), (OWNER, "accept")):
		with acting_as(user):
			api.answer_on_page(name, answer, "too much")
		assert frappe.local.response["location"].endswith(f"/support/quotation?name={name}")
	assert state_of(name) == "Declined"
	with acting_as(OWNER), refused("maybe is no answer"):
		api.answer_on_page(name, "maybe")


def test_an_answer_is_what_a_pending_ticket_waits_for_and_moves_no_other():
	contract()
	for before, after in (
		("Pending", "Open"),
		("Open", "Open"),
		("Parked", "Parked"),
		("Resolved", "Resolved"),
	):
		ticket = question()
		name = quote(ticket)
		for event in {"Pending": ["asked"], "Parked": ["parked"], "Resolved": ["resolved"]}.get(before, []):
			happen(ticket, event)
		with acting_as(ORDERER):
			api.answer(name, True)
		assert status_of(ticket)[0] == after


def test_it_is_answered_on_its_last_day_and_not_after(clock):
	contract()
	first, second = quote(question()), quote(question())
	clock.move_to("2026-04-01 21:59:00")
	with acting_as(ORDERER):
		assert quotations.to_answer(ORDERER) == [first, second]
		api.answer(first, True)
	clock.tick(timedelta(minutes=1))
	with acting_as(ORDERER):
		assert quotations.to_answer(ORDERER) == []
		with refused(f"{second} could be answered until Wednesday 1 April 2026. Ask the support desk"):
			api.answer(second, True)
	assert state_of(second) == "Sent"


def test_the_night_lets_expire_what_has_passed_once(clock):
	contract()
	ticket = question()
	late, answered, fresh = quote(ticket), accepted(question()), quote(question(), valid_until="2026-05-01")
	nightly.run()
	assert state_of(late) == "Sent"
	clock.move_to("2026-04-12 01:00:00")
	for _ in range(2):
		nightly.run()
	assert [state_of(name) for name in (late, answered, fresh)] == ["Expired", "Accepted", "Sent"]
	line = f"Quotation {late} has expired without an answer: 3 strippen, at most 4"
	assert bells(ticket, AGENT) == [line] and activities(ticket).count(line) == 1
	with acting_as(ORDERER), refused(f"{late} has expired without an answer"):
		api.answer(late, True)


# What an agent may do afterwards


def test_it_is_withdrawn_before_the_answer_and_not_after():
	contract()
	gone, answered = quote(question()), accepted(question())
	with acting_as(AGENT):
		api.withdraw(gone)
		with refused(f"{answered} was accepted by Kees"):
			api.withdraw(answered)
	with acting_as(ORDERER), refused(f"{gone} was withdrawn by the support desk"):
		api.answer(gone, True)
	for user in (ORDERER, THIRD):
		with acting_as(user), pytest.raises(frappe.PermissionError):
			api.withdraw(gone)


def test_a_new_one_takes_the_place_of_the_old_when_it_is_accepted():
	contract()
	ticket = question()
	first = accepted(ticket)
	second = quote(ticket, maximum="6", estimate="5")
	assert quotations.offer_of(ticket.name).name == first
	with acting_as(ORDERER):
		api.answer(second, False)
	assert quotations.offer_of(ticket.name).name == first
	third = accepted(ticket, FIXED)
	assert (
		quotations.offer_of(ticket.name).name == third
		and quotations.offer_of(ticket.name, "Strippen") is None
	)
	assert [state_of(name) for name in (first, second, third)] == ["Replaced", "Declined", "Accepted"]
	assert frappe.db.get_value(QUOTATION, first, "replaced_by") == third


@pytest.mark.parametrize("user", [AGENT, MANAGER, "Administrator"])
def test_what_was_sent_stays_by_form_and_by_rest(user):
	contract()
	sent = {state: quote(question()) for state in ("Sent", "Accepted")}
	with acting_as(ORDERER):
		api.answer(sent["Accepted"], True)
	with acting_as(user):
		for name in sent.values():
			for field, value in (
				("maximum", 40),
				("state", "Accepted"),
				("answer", "Fine"),
				("text", "More"),
			):
				before = frappe.db.get_value(QUOTATION, name, field)
				if before != value:
					with refused("stays as it was sent"):
						frappe.client.set_value(QUOTATION, name, field, value)
		fresh = draft(question())
		for field, value in (("state", "Accepted"), ("answered_by", ORDERER), ("sent_at", "2026-03-01")):
			with refused("send the quotation, and this follows"):
				frappe.client.set_value(QUOTATION, fresh.name, field, value)
		frappe.client.set_value(QUOTATION, fresh.name, "maximum", 5)
		forged = draft(question(), state="Accepted", answered_by=ORDERER, answered_at="2026-03-01")
	assert (forged.state, forged.answered_by, forged.answered_at) == ("Draft", None, None)
	assert frappe.db.get_value(QUOTATION, fresh.name, "maximum") == 5


def test_an_agent_who_may_not_see_the_ticket_makes_none():
	contract()
	ticket = question()
	make_user("writer@desk.example", "Contract Manager")
	with acting_as("writer@desk.example"), pytest.raises(frappe.PermissionError):
		draft(ticket)
	with acting_as("writer@desk.example"), pytest.raises(frappe.PermissionError):
		api.orderers(str(ticket.name))


# Work on it


def test_work_is_booked_up_to_the_maximum_and_not_above():
	contract()
	ticket = question()
	name = accepted(ticket)
	logs = [book(ticket, 30), book(ticket, 15)]
	refusal = book(ticket, 30)
	assert isinstance(refusal, Refusal) and refusal.code == "above_the_quotation"
	assert sentence(refusal) == (
		f"This work is 2 strippen, and {name} has 1 strip left of the 4 strippen that the customer accepted. "
		"Nothing was booked. Make a new quotation, and book once it is accepted."
	)
	logs.append(book(ticket, 15))
	assert book(ticket, 1).code == "above_the_quotation"
	assert frappe.get_all(WORK_LOG, {"name": ("in", logs)}, pluck="quotation") == [name] * 3
	assert quotations.offer_of(ticket.name).used == 4
	second = accepted(ticket)
	assert isinstance(book(ticket, 60), str) and quotations.offer_of(ticket.name).left == 0
	assert quotations.offer_of(ticket.name).name == second


def test_what_is_withdrawn_may_be_booked_again():
	contract()
	ticket = question()
	accepted(ticket)
	log = book(ticket, 60)
	assert book(ticket, 15).code == "above_the_quotation"
	assert work_logs.withdraw(log, "wrong ticket", AGENT, now(), is_manager=False) is None
	assert isinstance(book(ticket, 60), str)


def test_until_it_is_accepted_it_limits_nothing():
	contract()
	ticket = question()
	quote(ticket, maximum="1", estimate="1")
	assert isinstance(book(ticket, 60), str)


def test_a_question_becomes_an_assignment_by_a_fixed_price():
	made = contract()
	ticket = question()
	name = accepted(ticket, {**FIXED, "max_minutes": "90"})
	for role, place in ((Role.HELPDESK, Place.REMOTE), (Role.PROGRAMMER, Place.ON_SITE)):
		log = book(ticket, 45, role, place)
		row = frappe.db.get_value(WORK_LOG, log, ["settlement", "strippen", "quotation"])
		assert row == ("Fixed Price", 0, name)
	refusal = book(ticket, 1)
	assert "1 minute" in sentence(refusal) and "of the 90 minutes" in sentence(refusal)
	assert frappe.db.count("Strippen Ledger Entry", {"kind": "Use", "contract": made.name}) == 0


def test_a_fault_is_free_whatever_was_accepted():
	contract()
	fault = question(ticket_type="Bug")
	accepted(fault, {**FIXED, "max_minutes": "1"})
	log = book(fault, 600)
	assert frappe.db.get_value(WORK_LOG, log, ["settlement", "quotation"]) == ("Free", None)


# What happens to its ticket


def test_it_goes_along_when_the_ticket_is_merged():
	from helpdesk.helpdesk.doctype.hd_ticket.api import merge_ticket

	contract()
	target, source, own = question(), question(), question()
	name, its = accepted(source), accepted(own)
	merge_ticket(str(source.name), str(target.name))
	assert quotations.offer_of(target.name).name == name
	merge_ticket(str(own.name), str(target.name))
	assert quotations.offer_of(target.name).name == name and quotations.offer_of(own.name).name == its


def test_it_goes_with_a_ticket_that_is_deleted():
	contract()
	ticket = question()
	name = quote(ticket)
	frappe.delete_doc("HD Ticket", ticket.name)
	assert not frappe.db.exists(QUOTATION, name)


def test_the_portal_offers_the_answer_to_who_may_give_it():
	contract()
	ticket = question()
	name = quote(ticket)
	for user, offered in ((CUSTOMER, True), (OWNER, True), (AGENT, False)):
		with acting_as(user):
			found = [
				row["url"]
				for row in actions(str(ticket.name))["actions"]
				if row["event"] == "answer_quotation"
			]
		assert found == ([f"/support/quotation?name={name}"] if offered else [])
	mine = question(raised_by=THIRD)
	quote(mine)
	with acting_as(THIRD):
		assert "answer_quotation" not in [row["event"] for row in actions(str(mine.name))["actions"]]


def test_what_is_nearly_used_up_is_counted_in_hundredths():
	contract()
	ticket = question()
	make("Strippen Tariff", activity="Letter", cost_by="Fixed number", strippen=0.1)
	accepted(ticket, estimate="0,3", maximum="0,3")
	doc = frappe.get_doc("HD Ticket", ticket.name)
	booked = [
		work_logs.book(doc, work_logs.Worked(now(), 5, activity="Letter", text="Wrote"), AGENT, now())
		for _ in range(4)
	]
	assert [isinstance(one, str) for one in booked] == [True, True, True, False]
