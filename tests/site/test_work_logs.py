"""Work on a site: the timer, what the dialog says before saving, what is booked, and that nothing else writes it."""

from __future__ import annotations

from functools import partial

import frappe
import frappe.client
import pytest
from frappe.model.rename_doc import rename_doc

from crm_support_ext.api import work as api
from crm_support_ext.api.ticket import act, actions
from crm_support_ext.constants import CONTRACT_MANAGER, ENTRY, TARIFF, TIMER, WORK_LOG
from crm_support_ext.store import work_logs, work_sums
from crm_support_ext.store.ledger import balance_of
from tests.factories import make, make_agent, make_user
from tests.site import quoted
from tests.site.contracts import THE_CUSTOMER, active, plan
from tests.site.desk import AGENT, CUSTOMER, MANAGER, acting_as, people, ticket_in

OTHER, KEEPER = "bram@desk.example", "cora@desk.example"


@pytest.fixture(autouse=True)
def clock(frozen_time):
	with frozen_time("2026-03-02 09:00") as clock:
		people()
		make_agent(OTHER)
		make_user(KEEPER, CONTRACT_MANAGER)
		frappe.db.delete(WORK_LOG)  # of the tests in a browser
		frappe.set_user(AGENT)
		yield clock


def at_the_desk(do):
	"""What only Administrator may set up."""
	with acting_as("Administrator"):
		return do()


def ticket(kind="Question"):
	return at_the_desk(lambda: ticket_in("Open", ticket_type=kind, customer=THE_CUSTOMER))


def contract(**fields):
	return at_the_desk(lambda: active(**fields))


def values(minutes=20, **more):
	given = {"minutes": str(minutes), "role": "helpdesk", "place": "remote", "key": frappe.generate_hash()}
	return given | more


def log(doc, minutes=20, text="Explained it.", **more):
	return act(str(doc.name), "work", text, values(minutes, **more))["work_log"]


def entries(doc):
	rows = frappe.get_all(
		ENTRY,
		{"ticket": str(doc.name)},
		["kind", "amount", "work_log"],
		order_by="number",
		ignore_permissions=True,
	)
	return [(row.kind, float(row.amount), row.work_log) for row in rows]


def refused(match, kind=frappe.ValidationError):
	return pytest.raises(kind, match=match)


def said_before(doc, **given):
	answer = api.preview(str(doc.name), values(**given))
	return answer["words"], answer["look"]


# What is booked


def test_work_and_what_it_takes_from_the_ledger_are_booked_together():
	mine, doc = contract(), ticket()
	name = log(doc, 20, activity="")
	kept = frappe.get_doc(WORK_LOG, name)
	assert (kept.ticket, kept.customer, kept.agent, kept.kind) == (
		str(doc.name),
		"Bakkerij De Ochtend",
		AGENT,
		"question",
	)
	assert (kept.minutes, kept.settlement, kept.strippen, kept.contract) == (20, "Strippen", 2, mine.name)
	assert (kept.rule, kept.decided, kept.state) == ("question, helpdesk, remote", "Strippen", "Booked")
	assert kept.reason == f"2 strippen of contract {mine.name}: rule “question, helpdesk, remote”"
	assert str(kept.start) == "2026-03-02 08:40:00" and kept.text == "Explained it."
	assert entries(doc) == [("Use", -2.0, name)]
	assert balance_of(mine.name) == 38


def test_before_saving_the_agent_sees_how_it_will_be_settled_and_nothing_is_written():
	mine, doc = contract(), ticket()
	words, look = said_before(doc)
	assert (
		words == f"2 strippen of contract {mine.name}, 38 strippen left: rule “question, helpdesk, remote”."
	)
	assert look == "good"
	assert entries(doc) == [] and frappe.db.count(WORK_LOG) == 0
	assert said_before(doc, minutes="")[0].startswith("The first quarter of an hour: 1 strip of contract")
	assert said_before(doc, minutes="61")[0].startswith("5 strippen")
	assert said_before(doc, role="programmer") == ("Time and Material: rule “everything else”.", "")
	assert said_before(doc, place="on site")[0] == "Time and Material: rule “on site”."
	assert said_before(ticket("Bug")) == ("Free: rule “fault”.", "good")


def test_without_a_contract_the_agent_is_warned_before():
	doc = ticket()
	words, look = said_before(doc)
	assert words == (
		"Time and Material: rule “no contract”. The customer has no contract on that day: tell them before you start."
	)
	assert look == "warn"
	assert said_before(doc, minutes="") == (f"The first quarter of an hour: {words}", "warn")
	kept = frappe.get_doc(WORK_LOG, log(doc))
	assert (kept.settlement, kept.contract, kept.rule) == ("Time and Material", None, "no contract")


def test_the_contract_is_that_of_the_day_of_the_work():
	contract(start="2026-03-01")
	doc = ticket()
	began = "2026-02-28T12:00:00+01:00"
	assert "no contract" in said_before(doc, start=began)[0]
	assert frappe.db.get_value(WORK_LOG, log(doc, start=began), "settlement") == "Time and Material"
	assert frappe.db.get_value(WORK_LOG, log(doc), "settlement") == "Strippen"


def test_an_activity_costs_what_the_tariff_says():
	frappe.db.delete(TARIFF)
	at_the_desk(lambda: make(TARIFF, activity="installing", cost_by="Fixed number", strippen=2.5))
	mine, doc = contract(), ticket()
	(field,) = (one for one in _fields(doc, "work") if one["name"] == "activity")
	assert [one["label"] for one in field["options"]] == ["any other", "installing"]
	assert frappe.db.get_value(WORK_LOG, log(doc, 240, activity="installing"), "strippen") == 2.5
	assert balance_of(mine.name) == 37.5


def _fields(doc, event):
	return next(row for row in actions(str(doc.name))["actions"] if row["event"] == event)["fields"]


def test_the_role_is_at_first_the_one_of_the_agents_last_work(clock):
	contract()
	doc = ticket()
	assert next(one for one in _fields(doc, "work") if one["name"] == "role")["default"] == "helpdesk"
	log(doc, role="consultant")
	clock.tick(60)
	assert next(one for one in _fields(doc, "work") if one["name"] == "role")["default"] == "consultant"


@pytest.mark.parametrize(
	("given", "says"),
	[
		({"minutes": "1441"}, "more than a day"),
		({"minutes": "-5"}, "not a whole number"),
		({"minutes": "1.5"}, "not a whole number"),
		({"minutes": ""}, "Still to fill in: Minutes"),
		({"start": "2026-03-02T09:01:00+01:00"}, "still to come"),
		({"activity": "flying"}, "is none of"),
		({"role": "pilot"}, "is none of"),
	],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(given, says):
	contract()
	doc = ticket()
	with refused(says):
		log(doc, **{"minutes": "20", **given})
	assert frappe.db.count(WORK_LOG) == 0


def test_work_of_no_minutes_and_of_a_whole_day_is_booked():
	contract(plan=at_the_desk(lambda: plan("Large", strippen_per_year=200)))
	doc = ticket()
	assert frappe.db.get_value(WORK_LOG, log(doc, 0), "strippen") == 0
	assert frappe.db.get_value(WORK_LOG, log(doc, 1440), "strippen") == 96


def test_work_on_a_closed_ticket_is_logged():
	contract()
	doc = at_the_desk(lambda: ticket_in("Closed", ticket_type="Question", customer=THE_CUSTOMER))
	assert log(doc) and frappe.db.get_value("HD Ticket", doc.name, "status") == "Closed"


def test_what_a_quotation_allows_is_seen_before_and_no_more_is_booked():
	mine, doc, built = at_the_desk(quoted.contract), ticket(), ticket()
	at_the_desk(quoted.orderers)
	capped, fixed = at_the_desk(lambda: (quoted.accepted(doc), quoted.accepted(built, quoted.FIXED)))
	assert said_before(doc, minutes=60) == (
		f"4 strippen of contract {mine.name}, on quotation {capped}, 36 strippen left: "
		"rule “question, helpdesk, remote”.",
		"good",
	)
	words, look = said_before(doc, minutes=61)
	assert look == "bad" and capped in words
	with refused(capped):
		log(doc, 61)
	assert frappe.db.get_value(WORK_LOG, log(doc, 60), "quotation") == capped
	assert said_before(built, minutes=480) == (
		f"Fixed price of quotation {fixed}: rule “question, helpdesk, remote” says strippen, "
		"but the customer accepted a fixed price for it.",
		"good",
	)
	assert said_before(built, minutes=481)[1] == "bad"


# When strippen do not reach


def short(on_shortage, **fields):
	"""A contract with one strip left of two."""
	mine = contract(
		plan=at_the_desk(lambda: plan(on_shortage, strippen_per_year=2, on_shortage=on_shortage, **fields))
	)
	doc = ticket()
	log(doc, 15)
	return mine, doc


def test_a_plan_that_refuses_says_so_before_and_at_the_press():
	mine, doc = short("Refuse")
	words, look = said_before(doc, minutes=30)
	assert look == "bad" and words.startswith(
		f"This costs 2 strippen, and contract {mine.name} has 1 strip left."
	)
	with refused("This costs 2 strippen"):
		log(doc, 30)
	assert frappe.db.count(WORK_LOG) == 1 and balance_of(mine.name) == 1


def test_a_plan_that_splits_makes_two_work_logs_that_belong_together():
	mine, doc = short("Split")
	words, look = said_before(doc, minutes=40)
	assert look == "warn"
	assert words.startswith(
		f"1 strip of contract {mine.name}, as far as they reach, and 26 minutes as Time and Material, 0 strippen left"
	)
	name = log(doc, 40)
	rows = frappe.get_all(
		WORK_LOG,
		{"ticket": str(doc.name), "name": ("!=", frappe.db.get_value(WORK_LOG, {"minutes": 15}))},
		["name", "part_of", "minutes", "settlement", "strippen", "start", "decided", "reason"],
		order_by="start",
	)
	assert [(row.name, row.part_of, row.minutes, row.settlement, row.strippen) for row in rows] == [
		(name, None, 14, "Strippen", 1),
		(rows[1].name, name, 26, "Time and Material", 0),
	]
	assert [str(row.start)[11:] for row in rows] == ["08:20:00", "08:34:00"]
	assert {row.decided for row in rows} == {"Strippen"}
	assert {row.reason for row in rows} == {
		f"1 strip of contract {mine.name}, as far as they reach, and 26 minutes as Time and Material: "
		"rule “question, helpdesk, remote”"
	}
	assert balance_of(mine.name) == 0
	assert said_before(doc)[0].startswith(f"Time and Material, as contract {mine.name} has no strippen left")

	api.withdraw(rows[1].name, "The wrong ticket.")
	assert frappe.db.count(WORK_LOG, {"state": "Withdrawn"}) == 2
	assert balance_of(mine.name) == 1


def test_who_accepted_strippen_is_not_billed_for_what_they_do_not_reach_for():
	at_the_desk(quoted.orderers)
	few = at_the_desk(lambda: plan("Split", strippen_per_year=2, on_shortage="Split"))
	mine, doc = at_the_desk(lambda: quoted.contract(plan=few)), ticket()
	at_the_desk(lambda: quoted.accepted(doc))
	assert said_before(doc, minutes=45)[1] == "bad"
	with refused("This costs 3 strippen"):
		log(doc, 45)
	log(doc, 30)
	assert balance_of(mine.name) == 0 and frappe.db.count(WORK_LOG) == 1


def test_a_plan_that_purchases_buys_at_once():
	mine, doc = short("Purchase", purchase=5)
	words, look = said_before(doc, minutes=60)
	assert look == "warn" and "of which 5 strippen are bought at once, 2 strippen left" in words
	log(doc, 60)
	assert balance_of(mine.name) == 2


# The same press twice


def test_a_press_that_is_repeated_books_once():
	mine, doc = contract(), ticket()
	again = {"key": "1234-abc"}
	words = {"text": "Set <b>two</b> things & <script>more</script>."}
	assert log(doc, 20, **words, **again) == log(doc, 20, **words, **again)
	assert frappe.db.count(WORK_LOG) == 1 and balance_of(mine.name) == 38
	for other in ({"minutes": 30}, {"text": "More words."}, {"doc": ticket()}, {"role": "programmer"}):
		with refused("was booked before, with 20 minutes"):
			log(**{"doc": doc, "minutes": 20, **again, **other})
	assert log(doc, 20) != log(doc, 20)


def test_of_two_presses_at_once_the_second_finds_what_the_first_has_booked(monkeypatch):
	mine, doc = contract(), ticket()
	first = log(doc, 20, key="1234-abc")
	frappe.db.commit()
	known, asked = work_logs._booked_before, []

	def not_yet(*press):
		asked.append(press)
		return None if len(asked) == 1 else known(*press)

	monkeypatch.setattr(work_logs, "_booked_before", not_yet)
	assert log(doc, 20, key="1234-abc") == first
	assert len(asked) == 2
	assert frappe.db.count(WORK_LOG) == 1 and balance_of(mine.name) == 38


# Withdrawing


def test_withdrawn_work_gives_its_strippen_back_and_stays():
	mine, doc = contract(), ticket()
	name = log(doc)
	act(str(doc.name), "withdraw_work", "The wrong customer.", {"log": name})
	kept = frappe.get_doc(WORK_LOG, name)
	assert (kept.state, kept.withdrawn_by, kept.withdrawal_reason) == (
		"Withdrawn",
		AGENT,
		"The wrong customer.",
	)
	assert (kept.minutes, kept.strippen, kept.settlement) == (20, 2, "Strippen")
	assert entries(doc) == [("Use", -2.0, name), ("Release", 2.0, name)]
	assert balance_of(mine.name) == 40
	assert work_sums.hours_of(str(doc.name)).minutes == 0
	with refused("withdrawn already"):
		api.withdraw(name, "Once more.")
	assert "withdraw_work" not in [row["event"] for row in actions(str(doc.name))["actions"]]


def test_an_agent_withdraws_own_work_of_this_year_and_a_manager_any(clock, as_user):
	contract(end="2027-12-31")
	doc = ticket()
	mine, later = log(doc), log(doc)
	with as_user(OTHER), pytest.raises(frappe.PermissionError):
		api.withdraw(mine, "It is not mine.")
	with as_user(KEEPER), refused("They withdraw it, or a manager"):
		api.withdraw(mine, "A contract manager reads only.")
	with refused("Write why"):
		api.withdraw(mine, " ")
	assert api.may_withdraw(mine)
	with as_user(MANAGER):
		api.withdraw(mine, "It was another's.")
	clock.move_to("2027-01-01 00:00")
	assert not api.may_withdraw(later)
	with refused("The contract year of 2 March 2026 is over"):
		api.withdraw(later, "Too late.")
	with as_user(MANAGER):
		api.withdraw(later, "Found in the audit.")


# Who writes and who reads


def forgeries(name):
	yield lambda: frappe.client.set_value(WORK_LOG, name, "strippen", 0)
	yield lambda: frappe.client.set_value(WORK_LOG, name, "settlement", "Free")
	yield lambda: frappe.client.set_value(WORK_LOG, name, "state", "Withdrawn")
	yield lambda: frappe.client.delete(WORK_LOG, name)
	yield lambda: frappe.delete_doc(WORK_LOG, name, force=True)
	yield lambda: rename_doc(WORK_LOG, name, "another", force=True)
	yield lambda: frappe.client.insert(
		{**frappe.get_doc(WORK_LOG, name).as_dict(), "name": None, "__islocal": 1, "settlement": "Free"}
	)
	yield lambda: frappe.get_doc(WORK_LOG, name).save(ignore_permissions=True)


@pytest.mark.parametrize("user", [AGENT, MANAGER, KEEPER, CUSTOMER, "Administrator"])
def test_nobody_forges_a_work_log_through_the_framework(user, as_user):
	contract()
	name = log(ticket())
	before = frappe.get_doc(WORK_LOG, name).as_json()
	for number in range(8):
		with as_user(user):
			forge = list(forgeries(name))[number]
			if user == CUSTOMER and number in (6, 7):
				continue  # what it would write is not theirs to read
			with pytest.raises(frappe.PermissionError):
				forge()
	assert frappe.get_doc(WORK_LOG, name).as_json() == before
	assert frappe.db.count(WORK_LOG) == 1


def test_settlement_cannot_be_sent_along_with_the_work():
	mine, doc = contract(), ticket()
	name = log(doc, settlement="Free", strippen="0", agent=MANAGER, contract="", rule="mine", decided="Free")
	kept = frappe.db.get_value(WORK_LOG, name, ["settlement", "strippen", "agent", "contract"])
	assert kept == ("Strippen", 2, AGENT, mine.name)


def test_an_agent_reads_own_work_a_manager_all_a_customer_none(as_user):
	contract()
	name = log(ticket())
	with as_user(OTHER):
		other = log(ticket())
	for user, sees in ((AGENT, {name}), (OTHER, {other}), (MANAGER, {name, other}), (KEEPER, {name, other})):
		with as_user(user):
			assert set(frappe.get_list(WORK_LOG, pluck="name")) == sees
			for one in (name, other):
				assert bool(frappe.has_permission(WORK_LOG, "read", one)) == (one in sees)
	with as_user(CUSTOMER):
		assert not frappe.has_permission(WORK_LOG, "read", name)
		with pytest.raises(frappe.PermissionError):
			frappe.get_list(WORK_LOG)


def test_a_customer_has_no_part_in_it(as_user):
	doc = ticket()
	name = str(doc.name)
	with as_user(CUSTOMER):
		assert "work" not in [row["event"] for row in actions(name)["actions"]]
		with refused("is not possible"):
			log(doc)
		for call in (
			lambda: api.preview(name, values()),
			lambda: api.timer(name, "start"),
			lambda: api.what_would_change({"doctype": "Settlement Rules"}),
		):
			with pytest.raises(frappe.PermissionError):
				call()


def test_a_ticket_with_work_is_not_deleted():
	contract()
	doc = ticket()
	api.timer(str(doc.name), "start")
	log(doc, 80)
	at_the_desk(lambda: api.withdraw(log(doc, 10), "A test."))
	for force in (False, True):
		with refused("1:30 h of work are logged"):
			at_the_desk(partial(frappe.delete_doc, "HD Ticket", doc.name, force=force))
	other = ticket()
	api.timer(str(other.name), "start")
	at_the_desk(lambda: frappe.delete_doc("HD Ticket", other.name))
	assert not frappe.db.exists(TIMER, {"ticket": str(other.name)})


# The timer


def shows(doc):
	row = next(row for row in actions(str(doc.name))["actions"] if row["event"] == "work")
	return row["more"]["timer"]["seconds"], row["more"]["timer"]["runs"], row["more"]["shown"]


def test_a_timer_starts_pauses_goes_on_and_ends_with_the_work(clock):
	doc, other = ticket(), ticket()
	assert shows(doc) == (0, False, "Work")
	api.timer(str(doc.name), "start")
	api.timer(str(doc.name), "start")
	clock.tick(600)
	assert shows(doc) == (600, True, "Work, timer since 09:00")
	api.timer(str(doc.name), "pause")
	api.timer(str(doc.name), "pause")
	clock.tick(300)
	assert shows(doc) == (600, False, "Work, timer at 0:10 h")
	api.timer(str(doc.name), "start")
	clock.tick(65)
	assert shows(doc)[:2] == (665, True)
	answer = api.timer(str(other.name), "start")
	assert answer["paused"] == f"The timer of #{doc.name} stands still now."
	clock.tick(60)
	assert shows(doc)[:2] == (665, False) and shows(other)[:2] == (60, True)
	log(doc, 12)
	assert shows(doc) == (0, False, "Work 0:12 h") and frappe.db.count(TIMER, {"agent": AGENT}) == 1
	api.timer(str(other.name), "drop")
	assert shows(other) == (0, False, "Work")
	with refused("no move of a timer"):
		api.timer(str(other.name), "stop")


def test_each_agent_has_a_timer_of_their_own(clock, as_user):
	doc = ticket()
	api.timer(str(doc.name), "start")
	clock.tick(60)
	with as_user(OTHER):
		assert shows(doc) == (0, False, "Work")
		api.timer(str(doc.name), "start")
		clock.tick(60)
		assert shows(doc)[0] == 60
	assert shows(doc)[0] == 120
	assert next(one for one in _fields(doc, "work") if one["name"] == "start")["default"].startswith(
		"2026-03-02T08:00"
	)


# The language


def test_the_reason_is_kept_in_the_sites_language_and_shown_in_the_agents(monkeypatch):
	mine, doc = contract(), ticket()
	at_the_desk(lambda: frappe.db.set_single_value("CRM Support Settings", "wording_language", "nl"))
	frappe.clear_document_cache("CRM Support Settings", "CRM Support Settings")
	monkeypatch.setattr(frappe.local, "lang", "no")
	words = said_before(doc)[0]
	assert (
		words == f"2 klipp av avtale {mine.name}, 38 klipp igjen: regel “spørsmål, kundeservice, på avstand”."
	)
	kept = frappe.db.get_value(WORK_LOG, log(doc), ["reason", "rule"])
	assert kept == (
		f"2 strippen van contract {mine.name}: regel “vraag, helpdesk, op afstand”",
		"question, helpdesk, remote",
	)


def test_the_hours_of_a_ticket_by_settlement():
	contract()
	doc = ticket()
	log(doc, 20)
	log(doc, 50, role="programmer")
	sums = work_sums.hours_of(str(doc.name))
	assert (sums.minutes, sums.strippen) == (70, 2)
	assert work_sums.in_words(sums) == "So far 1:10 h: Time and Material 0:50 h, Strippen 0:20 h, 2 strippen"
	assert shows(doc)[2] == "Work 1:10 h"
