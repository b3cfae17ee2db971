"""A ledger as people and the clock keep it: grants and purchases by hand, corrections, the turn of a year, warnings."""

from __future__ import annotations

import email
import email.policy
from decimal import Decimal

import frappe
import pytest
from frappe.utils import getdate

from crm_support_ext.api import ledger as api
from crm_support_ext.constants import ACCOUNT_MANAGER, CONTRACT, ENTRY, LEDGER_CHECK, STRIPPEN_WARNING
from crm_support_ext.domain.contracts import State
from crm_support_ext.store import contract_moves
from crm_support_ext.store.ledger import balance_of
from crm_support_ext.store.ledger_checks import faults
from crm_support_ext.tasks import ledger as nightly
from crm_support_ext.tasks import strippen_warnings
from tests.factories import make_user
from tests.site.contracts import active, draft, plan, product
from tests.site.desk import AGENT, CUSTOMER, MANAGER, contact_of, people
from tests.site.ledgers import BOSS, customers, question, worked

KEEPER, SYSTEM = "carla@desk.example", "system@desk.example"
NOW = "2026-03-02 09:00"


@pytest.fixture(autouse=True)
def clock(frozen_time):
	with frozen_time(NOW) as clock:
		customers()
		make_user(KEEPER, "Contract Manager")
		frappe.db.set_value("User", KEEPER, "language", "nl")
		make_user(SYSTEM, "System Manager")
		yield clock


def lines(contract, *fields):
	rows = frappe.get_all(
		ENTRY, {"contract": contract.name}, list(fields or ("kind", "amount")), order_by="number"
	)
	return [tuple(str(value) for value in row.values()) for row in rows]


def contract(**fields):
	return active(orderers=[{"contact": contact_of(CUSTOMER)}], **fields)


# By hand


def test_a_contract_manager_grants_and_sells_and_each_line_has_its_days(as_user):
	doc = contract()
	with as_user(KEEPER):
		assert api.grant(doc.name, "2.50", "moved in")["entries"] == [2]
		assert api.purchase(doc.name, 10)["balance"] == "Left: 52.5 strippen"
		api.purchase(doc.name, 0.1, "a tenth")
	assert lines(doc, "kind", "amount", "first_day", "last_day", "reason", "owner") == [
		("Grant", "40.00", "2026-01-01", "2026-12-31", "None", KEEPER),
		("Grant", "2.50", "2026-03-02", "2026-12-31", "moved in", KEEPER),
		("Purchase", "10.00", "2026-03-02", "2026-12-31", "None", KEEPER),
		("Purchase", "0.10", "2026-03-02", "2026-12-31", "a tenth", KEEPER),
	]
	assert balance_of(doc.name) == Decimal("52.60") and faults(doc.name) == []


@pytest.mark.parametrize("units", ["2.505", "two", "", "NaN", "1e-9", "0", "-3", "2,5", 0.30000000000000004])
def test_what_is_no_amount_is_not_booked(as_user, units):
	doc = contract()
	with as_user(KEEPER), pytest.raises(frappe.ValidationError):
		api.purchase(doc.name, units)
	assert [kind for kind, _ in lines(doc)] in ([], ["Grant"])


DEED = {
	"grant": lambda name: api.grant(name, "1", "why"),
	"purchase": lambda name: api.purchase(name, "1"),
	"correct": lambda name: api.correct(name, 2, "why"),
	"preview": lambda name: api.preview(name, 2),
	"standing": lambda name: api.standing(name),
}
MAY = {
	"Administrator": set(DEED),
	KEEPER: set(DEED),
	MANAGER: {"correct", "preview", "standing"},
	AGENT: {"standing"},
	SYSTEM: {"standing"},
	CUSTOMER: set(),
	BOSS: set(),
	"Guest": set(),
}


@pytest.mark.parametrize("deed", DEED)
@pytest.mark.parametrize("user", MAY)
def test_who_may_do_what_with_a_ledger(as_user, user, deed):
	doc = contract()
	worked(question("How?"), 30, NOW)
	before = lines(doc)
	with as_user(user):
		if deed in MAY[user]:
			DEED[deed](doc.name)
		else:
			with pytest.raises(frappe.PermissionError):
				DEED[deed](doc.name)
			assert lines(doc) == before


def test_the_form_shows_the_buttons_of_what_one_may(as_user):
	doc = contract()
	shown = {}
	for user in (KEEPER, MANAGER, AGENT):
		with as_user(user):
			shown[user] = (api.standing(doc.name)["may_add"], api.standing(doc.name)["may_correct"])
	kinds = ["Carry-over", "Grant", "Purchase", "Use"]
	assert shown == {KEEPER: (True, kinds), MANAGER: (False, kinds), AGENT: (False, [])}


@pytest.mark.parametrize("state", [State.SUSPENDED, State.ENDED, State.EXPIRED])
def test_on_a_contract_that_is_not_active_nothing_is_granted_or_sold_but_a_mistake_is_taken_back(as_user, state, clock):  # fmt: skip
	doc = contract(end="2026-03-02") if state is State.EXPIRED else contract()
	worked(question("How?"), 30, NOW)
	if state is State.EXPIRED:
		clock.tick(86400)
		nightly.run()
	else:
		contract_moves.move_to(doc.name, state)
	assert frappe.db.get_value(CONTRACT, doc.name, "state") == state.value
	with as_user(KEEPER):
		for deed in ("grant", "purchase"):
			with pytest.raises(frappe.ValidationError, match=doc.name):
				DEED[deed](doc.name)
		DEED["correct"](doc.name)
	assert ("Correction", "2.00") in lines(doc) and faults(doc.name) == []


def test_a_draft_has_no_ledger(as_user):
	people()
	doc = draft()
	with as_user(KEEPER):
		for deed in ("grant", "purchase", "correct", "preview"):
			with pytest.raises(frappe.ValidationError):
				DEED[deed](doc.name)
		assert not api.standing(doc.name)["may_correct"]
	assert lines(doc) == [] and not frappe.db.exists(LEDGER_CHECK, doc.name)


# Corrections


def test_what_the_preview_says_is_what_the_correction_does(as_user):
	doc = contract()
	ticket = question("How?")
	worked(ticket, 30, NOW)
	with as_user(MANAGER):
		seen = api.preview(doc.name, 2)
		assert seen["possible"] and seen["words"].startswith(
			f"Entry 2 (Use \N{MINUS SIGN}2, ticket #{ticket.name}) is taken back: "
			f"+2 on lot {doc.name}-1, and the balance goes from 38 to 40."
		)
		assert lines(doc) == [("Grant", "40.00"), ("Use", "-2.00")]
		assert api.correct(doc.name, 2, "wrong ticket") == {"entries": [3], "balance": "Left: 40 strippen"}
	assert lines(doc, "kind", "amount", "reverses", "reason")[2:] == [
		("Correction", "2.00", "2", "wrong ticket")
	]


REFUSED = {
	"again": (2, "is taken back already, by entry 4"),
	"correction": (4, "is itself a Correction"),
	"used lot": (1, "opened lot .*-1, of which 38 of 40 are left"),
	"none": (99, "There is no entry 99"),
	"nothing": (0, "There is no entry 0"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_taken_back_is_said_before_and_when_it_is_tried(as_user, case):
	doc = contract()
	worked(question("How?"), 30, NOW)
	worked(question("And how?"), 30, NOW)
	with as_user(KEEPER):
		api.correct(doc.name, 2, "wrong")
		number, words = REFUSED[case]
		before = lines(doc)
		seen = api.preview(doc.name, number)
		assert not seen["possible"]
		with pytest.raises(frappe.ValidationError, match=words) as refusal:
			api.correct(doc.name, number, "wrong")
	assert str(refusal.value) == seen["words"] and lines(doc) == before


def test_a_correction_wants_a_reason_and_a_grant_too(as_user):
	doc = contract()
	worked(question("How?"), 30, NOW)
	with as_user(KEEPER):
		for deed in (lambda: api.correct(doc.name, 2, " "), lambda: api.grant(doc.name, "1", "")):
			with pytest.raises(frappe.ValidationError):
				deed()
	assert len(lines(doc)) == 2


def test_what_goes_back_to_a_lot_that_has_ended_lapses_at_once_and_the_preview_says_so(as_user, clock):
	doc = contract(end="2027-12-31")
	worked(question("How?"), 30, NOW)
	clock.move_to("2027-01-05 09:00:00+01:00")
	with as_user(KEEPER):
		assert "lapses at once" in api.preview(doc.name, 2)["words"]
		api.correct(doc.name, 2, "late")
	assert lines(doc)[2:] == [
		("Expiry", "-38.00"),
		("Grant", "40.00"),
		("Correction", "2.00"),
		("Expiry", "-2.00"),
	]
	assert balance_of(doc.name) == 40 and faults(doc.name) == []


# The turn of a year


def at(clock, day: str) -> None:
	clock.move_to(f"{day} 03:00:00+00:00")
	nightly.run()


def test_a_job_that_was_off_for_years_makes_up_each_turn_at_its_moment_once(clock):
	doc = contract(end="2029-12-31", plan=plan("Carrying", strippen_per_year=40, carry_over=5))
	at(clock, "2026-03-03")
	first = lines(doc)
	at(clock, "2028-06-15")
	assert first == [("Grant", "40.00")]
	turned = lines(doc, "kind", "amount", "at")
	assert turned == [
		("Grant", "40.00", "2025-12-31T23:00:00.000000Z"),
		("Expiry", "-40.00", "2026-12-31T23:00:00.000000Z"),
		("Carry-over", "5.00", "2026-12-31T23:00:00.000000Z"),
		("Grant", "40.00", "2026-12-31T23:00:00.000000Z"),
		("Expiry", "-5.00", "2027-12-31T23:00:00.000000Z"),
		("Expiry", "-40.00", "2027-12-31T23:00:00.000000Z"),
		("Carry-over", "5.00", "2027-12-31T23:00:00.000000Z"),
		("Grant", "40.00", "2027-12-31T23:00:00.000000Z"),
	]
	nightly.run()
	assert lines(doc, "kind", "amount", "at") == turned and faults(doc.name) == []


def test_a_night_by_night_leaves_the_same_ledger_as_one_run(clock):
	fields = {"end": "2027-12-31", "plan": plan("Carrying", strippen_per_year=40, carry_over=5)}
	nightly_one = contract(**fields)
	late_one = active(start="2026-01-01", customer="Slagerij Noord", **fields)
	for day in ("2026-12-31", "2027-01-01", "2027-01-02", "2027-12-31"):
		clock.move_to(f"{day} 03:00:00+00:00")
		nightly._turn(nightly_one.name, nightly.now())
	at(clock, "2028-01-05")
	fields = ("number", "kind", "amount", "at", "first_day", "last_day")
	assert lines(nightly_one, *fields) == lines(late_one, *fields)
	assert [kind for kind, _ in lines(late_one)][-2:] == ["Expiry", "Expiry"] and balance_of(
		late_one.name
	) == 0


def test_renewals_come_before_the_turn(clock):
	doc = contract(renews=1, renew_months=12)
	at(clock, "2027-01-01")
	assert getdate(frappe.db.get_value(CONTRACT, doc.name, "end")) == getdate("2027-12-31")
	assert lines(doc) == [("Grant", "40.00"), ("Expiry", "-40.00"), ("Grant", "40.00")]


def test_a_suspended_contract_is_left_alone_and_makes_up_what_was_due_when_it_resumes(clock):
	doc = contract(end="2027-12-31")
	at(clock, "2026-03-03")
	contract_moves.move_to(doc.name, State.SUSPENDED)
	at(clock, "2027-02-01")
	assert lines(doc) == [("Grant", "40.00")]
	contract_moves.move_to(doc.name, State.ACTIVE)
	nightly.run()
	assert lines(doc) == [("Grant", "40.00"), ("Expiry", "-40.00"), ("Grant", "40.00")]


def test_an_ended_contract_is_granted_nothing_more_and_what_is_left_lapses_on_its_day(clock):
	doc = contract(end="2028-12-31")
	at(clock, "2026-03-03")
	contract_moves.move_to(doc.name, State.ENDED)
	at(clock, "2026-04-01")
	assert lines(doc) == [("Grant", "40.00")]
	at(clock, "2027-02-01")
	assert lines(doc) == [("Grant", "40.00"), ("Expiry", "-40.00")]


def test_the_night_goes_on_in_batches_and_past_a_contract_that_cannot_be_turned(clock, monkeypatch):
	docs = [contract(product=product(name)) for name in ("CRM", "Stock", "Till")]
	jobs = []
	monkeypatch.setattr(nightly, "BATCH", 2)
	monkeypatch.setattr(frappe, "enqueue", lambda method, **given: jobs.append(given["after"]))
	real = nightly.ledger.catch_up
	broken = docs[1].name
	monkeypatch.setattr(
		nightly.ledger, "catch_up", lambda *given: 1 / 0 if given[1].name == broken else real(*given)
	)
	nightly.run()
	while jobs:
		nightly.run(jobs.pop())
	assert [bool(lines(doc)) for doc in docs] == [True, False, True]
	assert frappe.db.exists("Error Log", {"reference_name": broken})


# Warnings


def mails():
	"""The mails that strippen run out: to whom, and the message."""
	found = []
	for name in frappe.get_all(
		"Email Queue", {"message": ("like", "%cse-strippen%")}, pluck="name", order_by="creation"
	):
		doc = frappe.get_doc("Email Queue", name)
		message = email.message_from_string(doc.message, policy=email.policy.default)
		found += [(row.recipient, message) for row in doc.recipients]
	return found


def warned():
	"""Who got which mail: recipient and subject."""
	return [(to, str(message["Subject"])) for to, message in mails()]


def body_for(reader):
	message = next(message for to, message in mails() if to == reader)
	return message.get_body(("plain",)).get_content()


@pytest.fixture
def watched():
	"""A contract of 20 strippen whose account manager reads Dutch and whose orderer Norwegian; no other is told of."""
	strippen_warnings.run()
	frappe.db.delete("Email Queue", {"message": ("like", "%cse-strippen%")})
	frappe.db.set_value("HD Customer", "Bakkerij De Ochtend", ACCOUNT_MANAGER, KEEPER)
	frappe.db.set_value("User", CUSTOMER, "language", "no")
	return contract(plan=plan("Twenty", strippen_per_year=20), end="2027-12-31")


def test_at_75_90_and_100_per_cent_they_hear_it_once_each_in_their_language(watched, clock):
	ticket = question("How?")
	for minutes, share in ((14 * 15, None), (15, 75), (30, None), (15, 90), (15, None), (15, 100)):
		worked(ticket, minutes, NOW)
		clock.tick(60)
		for _run in range(2):
			strippen_warnings.run()
		told = warned()[-2:] if share else None
		if share:
			assert {to for to, _ in told} == {CUSTOMER, KEEPER}
			assert share == 100 or all(f" {share} %" in subject for _, subject in told)
	assert [subject for to, subject in warned() if to == KEEPER] == [
		"Bakkerij De Ochtend: 75 % van de strippen van dit contractjaar is gebruikt",
		"Bakkerij De Ochtend: 90 % van de strippen van dit contractjaar is gebruikt",
		"Bakkerij De Ochtend: alle strippen van dit contractjaar zijn gebruikt",
	]
	assert (CUSTOMER, "Bakkerij De Ochtend: 75 % av klippene i dette avtaleåret er brukt") in warned()
	assert len(warned()) == 6


def test_a_booking_that_reaches_two_shares_is_told_as_the_higher_and_both_are_kept(watched):
	worked(question("How?"), 19 * 15, NOW)
	strippen_warnings.run()
	assert [subject.split(":")[1] for to, subject in warned() if to == KEEPER] == [
		" 90 % van de strippen van dit contractjaar is gebruikt"
	]
	rows = frappe.get_all(
		STRIPPEN_WARNING, {"contract": watched.name}, ["share", "told", "period"], order_by="share"
	)
	assert [(row.share, row.told, str(row.period)) for row in rows] == [(share, f"{CUSTOMER}, {KEEPER}", "2026-01-01") for share in (75, 90)]  # fmt: skip
	assert "1 strip" in body_for(KEEPER)


def test_a_share_is_told_once_a_year_whatever_is_bought_or_taken_back_and_again_in_the_next(
	watched, clock, as_user
):
	ticket = question("How?")
	log = worked(ticket, 15 * 15, NOW)
	strippen_warnings.run()
	with as_user(KEEPER):
		api.purchase(watched.name, "20")
		number = frappe.db.get_value(ENTRY, {"work_log": log}, "number")
		api.correct(watched.name, number, "wrong")
	worked(ticket, 30 * 15, NOW)
	strippen_warnings.run()
	assert len(warned()) == 2
	clock.move_to("2027-01-04 09:00:00+01:00")
	worked(ticket, 16 * 15, "2027-01-04 10:00")
	strippen_warnings.run()
	assert len(warned()) == 4
	mine = {"contract": watched.name}
	periods = frappe.get_all(STRIPPEN_WARNING, mine, pluck="period")
	assert sorted(map(str, periods)) == ["2026-01-01", "2027-01-01"]


def test_work_that_is_refused_warns_nobody(watched):
	with pytest.raises(AssertionError):
		worked(question("How?"), 21 * 15, NOW)
	assert not frappe.db.count(STRIPPEN_WARNING, {"contract": watched.name})


def test_a_warning_that_cannot_be_told_is_kept_for_the_next_run_and_logged_once(watched, monkeypatch):
	from crm_support_ext.store import strippen_mail

	worked(question("How?"), 15 * 15, NOW)
	real = strippen_mail.tell
	monkeypatch.setattr(strippen_mail, "tell", lambda warnings: 1 / 0)
	logged = frappe.db.count("Error Log", {"reference_name": watched.name})  # no rollback takes these back
	for _run in range(2):
		strippen_warnings.run()
	assert frappe.db.count("Error Log", {"reference_name": watched.name}) == logged + 1
	monkeypatch.setattr(strippen_mail, "tell", real)
	strippen_warnings.run()
	assert len(warned()) == 2
	assert not frappe.db.get_value(STRIPPEN_WARNING, {"contract": watched.name}, "job_error")
