"""Contracts on a site: what is refused, how they move through their states, and how they renew themselves."""

from __future__ import annotations

from datetime import date

import frappe
import pytest
from frappe.desk.search import search_link
from frappe.utils import getdate

from crm_support_ext.api import contract as api
from crm_support_ext.constants import CONTRACT, CONTRACT_MANAGER
from crm_support_ext.domain.contracts import State
from crm_support_ext.store import contract_moves, contracts
from crm_support_ext.tasks import contracts as nightly
from tests.factories import make, make_contact, make_customer, make_user
from tests.site.contracts import THE_CUSTOMER, active, draft, plan, product
from tests.site.desk import AGENT, CUSTOMER, MANAGER, contact_of, people

KEEPER = "cora@desk.example"


@pytest.fixture(autouse=True)
def desk(frozen_time):
	people()
	make_user(KEEPER, CONTRACT_MANAGER)
	with frozen_time("2026-03-02 09:00"):
		yield


def refused(match):
	return pytest.raises(frappe.ValidationError, match=match)


def saved(doc, **fields):
	doc = frappe.get_doc(CONTRACT, doc.name)
	doc.update(fields)
	return doc.save()


def terms(name):
	return [(row.first_day, row.last_day) for row in frappe.get_doc(CONTRACT, name).terms]


# What a contract may say


def test_the_last_day_is_not_before_the_first():
	with refused("would end on .* before it begins"):
		draft("2026-05-01", "2026-04-30")


def test_who_orders_is_a_contact_of_the_customer():
	stranger = make_contact("zoe@elsewhere.example").name
	with refused("is no contact of Bakkerij De Ochtend"):
		draft(orderers=[{"contact": stranger}])
	kees = contact_of(CUSTOMER)
	doc = draft(orderers=[{"contact": kees}])
	assert doc.orderers[0].full_name


def test_only_contacts_of_the_customer_are_offered_and_only_to_who_keeps_contracts(as_user):
	make_contact("zoe@elsewhere.example")
	asked = {"doctype": "Contact", "txt": "", "query": "crm_support_ext.api.contract.contacts"}
	asked |= {"filters": {"customer": THE_CUSTOMER}, "reference_doctype": "Contract Orderer"}
	with as_user(KEEPER):
		found = {row["value"] for row in search_link(**asked)}
		members = frappe.get_all("HD Customer Member", {"parent": THE_CUSTOMER}, pluck="contact_name")
		assert found == set(members) and len(found) == 2
		assert len(search_link(**asked | {"txt": "lies@"})) == 1
	with as_user(AGENT):
		assert not search_link(**asked)


def test_an_orderer_is_named_once():
	kees = contact_of(CUSTOMER)
	with refused("named twice"):
		draft(orderers=[{"contact": kees}, {"contact": kees}])


def test_an_orderer_who_has_left_the_customer_keeps_no_renewal_from_happening(frozen_time):
	kees = contact_of(CUSTOMER)
	doc = active(end="2026-06-30", renews=1, orderers=[{"contact": kees}])
	customer = frappe.get_doc("HD Customer", THE_CUSTOMER)
	customer.contacts = [row for row in customer.contacts if row.contact_name != kees]
	customer.save()
	with frozen_time("2026-07-01 01:00"):
		nightly.run()
	doc.reload()
	assert (doc.state, doc.end) == ("Active", date(2027, 6, 30))


def test_a_contact_person_is_one_of_ours():
	with refused("does not work here"):
		draft(contact_persons=[{"user": CUSTOMER}])
	assert draft(contact_persons=[{"user": AGENT, "mobile": "+31 6 1234 5678"}])


@pytest.mark.parametrize("field", ["agreed", "agreed_by"])
def test_remote_access_never_holds_a_password(field):
	row = {"method": "RDP", "agreed": "SRV-01, after a call", field: "admin, password: Zomer2024"}
	with refused("looks like a password"):
		draft(remote_access=[row])


def test_a_tier_has_targets_once():
	row = {"tier": "II", "target_amount": 8, "target_unit": "working hours"}
	with refused("targets twice"):
		draft(targets=[row, row])


def test_a_plan_that_buys_says_how_many():
	with refused("how many strippen are bought"):
		make("Maintenance Plan", plan_name="Buys", on_shortage="Purchase", purchase=0)


# States


def test_a_contract_begins_as_a_draft():
	with refused("begins as a draft"):
		draft(state="Active")


def test_a_draft_is_activated_and_its_history_begins():
	doc = draft()
	assert terms(doc.name) == []
	contract_moves.move_to(doc.name, State.ACTIVE)
	assert terms(doc.name) == [(date(2026, 1, 1), date(2026, 12, 31))]


def test_what_the_table_does_not_know_is_refused_and_says_what_may_be():
	doc = draft()
	for state in ("Suspended", "Ended"):  # a draft never counted, and would by its days if it were ended
		with refused(f"is Draft and cannot become {state}. It may become: Active"):
			saved(doc, state=state)
	contract_moves.move_to(doc.name, State.ACTIVE)
	contract_moves.move_to(doc.name, State.ENDED)
	with refused("is Ended, and that is final"):
		saved(doc, state="Active")


def test_a_contract_that_is_over_is_not_activated():
	with refused("ended on .* Give it a later last day"):
		active("2025-01-01", "2025-12-31")


def test_only_the_day_makes_a_contract_expire():
	with refused("runs until"):
		saved(active(), state="Expired")


def test_an_ended_contract_counts_until_its_last_day():
	doc = contract_moves.move_to(active().name, State.ENDED, date(2026, 2, 20))
	assert (doc.state, getdate(doc.end)) == ("Ended", date(2026, 2, 20))
	assert contracts.contract_of(THE_CUSTOMER, "", date(2026, 2, 20)).name == doc.name
	assert contracts.contract_of(THE_CUSTOMER, "", date(2026, 2, 21)) is None
	with refused("customer, product and days stay as they are"):
		saved(doc, end="2026-12-31")


def test_a_contract_that_has_not_begun_is_not_ended():
	with refused("begins on .* or delete it"):
		contract_moves.move_to(active("2026-06-01", "2027-05-31").name, State.ENDED)


def test_a_suspended_contract_counts_for_nothing_until_it_is_active_again():
	doc = contract_moves.move_to(active().name, State.SUSPENDED)
	assert contracts.contract_of(THE_CUSTOMER, "", date(2026, 3, 2)) is None
	contract_moves.move_to(doc.name, State.ACTIVE)
	assert contracts.contract_of(THE_CUSTOMER, "", date(2026, 3, 2)).name == doc.name


def test_a_suspended_contract_is_left_alone_by_the_clock(frozen_time):
	doc = contract_moves.move_to(active(end="2026-06-30", renews=1).name, State.SUSPENDED)
	successor = active("2026-03-01", "2027-02-28")
	with frozen_time("2026-07-01 01:00"):
		nightly.run()
		doc.reload()
		assert (doc.state, doc.end) == ("Suspended", date(2026, 6, 30))
		with refused("ended on .* Give it a later last day"):
			contract_moves.move_to(doc.name, State.ACTIVE)
		with refused(f"{successor.name} of"):
			saved(doc, end="2027-06-30", state="Active")


# Two contracts for one day


def test_an_overlap_is_refused_by_name():
	first, second = active(), draft("2026-12-31", "2027-12-30")
	with refused(f"{first.name} of Bakkerij De Ochtend already covers every product"):
		contract_moves.move_to(second.name, State.ACTIVE)
	saved(second, start="2027-01-01")
	assert contract_moves.move_to(second.name, State.ACTIVE).state == "Active"


def test_contracts_for_two_products_stand_side_by_side_and_one_for_all_does_not():
	active(product=product("Insight"))
	assert active(product=product("Journal")).state == "Active"
	with refused("already covers"):
		active()


def test_a_draft_and_another_customers_contract_are_in_nobodys_way():
	make_customer("Nordlys Regnskap AS")
	active(customer="Nordlys Regnskap AS")
	draft()
	assert active().state == "Active"


def test_an_active_contract_does_not_grow_over_its_neighbour():
	first, second = active(end="2026-06-30"), active("2026-07-01", "2026-12-31")
	with refused(f"{second.name} of"):
		saved(first, end="2026-07-01")


def test_what_a_contract_covered_before_it_ended_is_not_covered_again():
	old = contract_moves.move_to(active().name, State.ENDED, date(2026, 2, 20))
	with refused(f"{old.name} of"):
		active("2026-02-20", "2026-12-31")
	assert active("2026-02-21", "2026-12-31").state == "Active"


@pytest.mark.parametrize("what", ["HD Customer", "Software Product"])
def test_a_merge_that_would_leave_two_contracts_for_one_day_is_refused(what):
	make_customer("Nordlys Regnskap AS")
	if what == "HD Customer":
		old, new = THE_CUSTOMER, "Nordlys Regnskap AS"
		one, other = active(customer=old), active(customer=new)
	else:
		old, new = product("Insight"), product("Journal")
		one, other = active(product=old), active(product=new)
	with refused(f"{one.name} and {other.name} would cover the same days"):
		frappe.rename_doc(what, old, new, merge=True)
	contract_moves.move_to(other.name, State.SUSPENDED)
	frappe.rename_doc(what, old, new, merge=True)
	field = "customer" if what == "HD Customer" else "product"
	assert frappe.db.get_value(CONTRACT, one.name, field) == new


# Renewal


def test_a_contract_renews_itself_on_the_day_after_its_last(frozen_time):
	doc = active(end="2026-12-31", renews=1)
	with frozen_time("2026-12-31 23:59"):
		nightly.run()
		assert terms(doc.name) == [(date(2026, 1, 1), date(2026, 12, 31))]
	with frozen_time("2027-01-01 00:01"):
		nightly.run()
		nightly.run()
	doc.reload()
	assert (doc.state, doc.end) == ("Active", date(2027, 12, 31))
	assert terms(doc.name) == [
		(date(2026, 1, 1), date(2026, 12, 31)),
		(date(2027, 1, 1), date(2027, 12, 31)),
	]


def test_what_is_done_before_the_job_ran_counts_the_renewal_in(frozen_time):
	doc = active(end="2026-06-30", renews=1)
	with frozen_time("2026-07-02 00:00:01"):
		contract_moves.move_to(doc.name, State.ENDED)
	doc.reload()
	assert (doc.state, doc.end) == ("Ended", date(2026, 7, 2))
	assert terms(doc.name)[1] == (date(2026, 7, 1), date(2026, 7, 2))


def test_a_term_that_was_never_begun_goes_with_an_early_end():
	doc = active(end="2026-06-30")
	api.renew(doc.name)
	contract_moves.move_to(doc.name, State.ENDED, date(2026, 2, 20))
	assert terms(doc.name) == [(date(2026, 1, 1), date(2026, 2, 20))]


def test_renewals_of_days_that_the_job_was_off_are_caught_up(frozen_time):
	doc = active("2026-01-31", "2026-04-30", renews=1, renew_months=3)
	with frozen_time("2027-02-10 01:00"):
		nightly.run()
	days = ["2026-04-30", "2026-07-31", "2026-10-31", "2027-01-31", "2027-04-30"]
	assert [str(last) for _first, last in terms(doc.name)] == days
	assert [str(first) for first, _last in terms(doc.name)][1:] == [
		"2026-05-01",
		"2026-08-01",
		"2026-11-01",
		"2027-02-01",
	]


def test_before_the_job_has_run_the_contract_counts_as_renewed(frozen_time):
	doc = active(end="2026-06-30", renews=1)
	with frozen_time("2026-07-01 00:00:01"):
		found = contracts.contract_of(THE_CUSTOMER, "", date(2026, 7, 1))
		assert (found.name, found.end) == (doc.name, date(2027, 6, 30))
		assert contracts.as_rule(frappe.get_doc(CONTRACT, doc.name)) == found
	assert contracts.as_rule(frappe.get_doc(CONTRACT, doc.name)).end == date(2026, 6, 30)


def test_a_contract_that_does_not_renew_expires_and_keeps_its_days(frozen_time):
	doc = active(end="2026-06-30")
	with frozen_time("2026-07-03 01:00"):
		nightly.run()
	doc.reload()
	assert (doc.state, doc.end) == ("Expired", date(2026, 6, 30))
	assert contracts.contract_of(THE_CUSTOMER, "", date(2026, 6, 30)).name == doc.name
	assert contracts.contract_of(THE_CUSTOMER, "", date(2026, 7, 1)) is None


def test_a_successor_takes_the_place_of_a_renewal(frozen_time):
	old, new = active(end="2026-06-30", renews=1), active("2026-07-01", "2027-06-30")
	with frozen_time("2026-07-01 00:00:01"):
		assert contracts.contract_of(THE_CUSTOMER, "", date(2026, 7, 1)).name == new.name
		nightly.run()
	assert frappe.db.get_value(CONTRACT, old.name, ["state", "end"]) == ("Expired", date(2026, 6, 30))


def test_one_contract_that_cannot_be_settled_hinders_no_other(frozen_time, monkeypatch):
	make_customer("Nordlys Regnskap AS")
	first, second = active(end="2026-06-30"), active(customer="Nordlys Regnskap AS", end="2026-06-30")
	real = contract_moves.settle_end

	def failing(name, day):
		if name == first.name:
			raise RuntimeError("broken")
		real(name, day)

	monkeypatch.setattr(nightly, "settle_end", failing)
	with frozen_time("2026-07-01 01:00"):
		nightly.run()
	assert frappe.db.get_value(CONTRACT, first.name, "state") == "Active"
	assert frappe.db.get_value(CONTRACT, second.name, "state") == "Expired"
	assert frappe.db.exists("Error Log", {"reference_name": first.name})


def test_a_renewal_by_hand_revives_an_expired_contract(frozen_time):
	doc = active(end="2026-06-30")
	with frozen_time("2026-07-03 01:00"):
		nightly.run()
		assert api.moves(doc.name) == ["Ended"]
		with refused("ended on .* Renew it"):
			api.move(doc.name, "Active")
		api.renew(doc.name, "6")  # as a form sends it
	doc.reload()
	assert (doc.state, doc.end) == ("Active", date(2026, 12, 31))
	assert terms(doc.name)[1] == (date(2026, 7, 1), date(2026, 12, 31))


@pytest.mark.parametrize("months", ["-3", -1])
def test_a_renewal_makes_a_contract_longer(months):
	with refused("by how many months"):
		api.renew(active().name, months)


def test_a_draft_is_not_renewed():
	with refused("Only a contract that is active or has expired"):
		api.renew(draft().name)


def test_nobody_writes_the_history(as_user):
	doc = active()
	with as_user(KEEPER):
		changed = frappe.get_doc(CONTRACT, doc.name)
		changed.terms = []
		changed.append("terms", {"first_day": "2020-01-01", "last_day": "2020-12-31"})
		changed.save()
	assert terms(doc.name) == [(date(2026, 1, 1), date(2026, 12, 31))]


# Who may


@pytest.mark.parametrize("user", [AGENT, MANAGER, CUSTOMER])
def test_only_who_keeps_contracts_moves_and_renews_them(user, as_user):
	doc = active()
	with as_user(user):
		for act in (lambda: api.move(doc.name, "Suspended"), lambda: api.renew(doc.name)):
			with pytest.raises(frappe.PermissionError):
				act()
	with as_user(KEEPER):
		assert api.moves(doc.name) == ["Suspended", "Ended"]
		assert api.move(doc.name, "Suspended")["state"] == "Suspended"


def test_the_desk_reads_contracts_and_a_customer_does_not(as_user):
	doc = active()
	for user in (AGENT, MANAGER):
		with as_user(user):
			assert doc.name in frappe.get_list(CONTRACT, pluck="name")
			assert api.moves(doc.name) == []
	with as_user(CUSTOMER), pytest.raises(frappe.PermissionError):
		frappe.get_list(CONTRACT)


# Which contract counts


def test_the_contract_of_the_product_comes_before_the_one_for_all():
	insight = active(product=product("Insight"))
	assert contracts.contract_of(THE_CUSTOMER, "Insight", date(2026, 3, 2)).name == insight.name
	assert contracts.contract_of(THE_CUSTOMER, "Journal", date(2026, 3, 2)) is None
	assert contracts.contract_of(THE_CUSTOMER, None, date(2026, 3, 2)).name == insight.name
	assert contracts.contract_of(None, "Insight", date(2026, 3, 2)) is None


def test_a_customer_that_is_renamed_keeps_its_contract():
	doc = active()
	frappe.rename_doc("HD Customer", THE_CUSTOMER, "Bakkerij De Avond")
	assert contracts.contract_of("Bakkerij De Avond", "", date(2026, 3, 2)).name == doc.name


def test_amounts_become_exact():
	plan("Odd", strippen_per_year=12.35, carry_over=0.1, on_shortage="Split")
	found = contracts.plan_named("Odd")
	assert str(found.strippen_per_year) == "12.35"
	assert str(found.carry_over) == "0.10"
