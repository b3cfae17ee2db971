"""What the product director decides, on a site: against the rank with a reason, kept for good, and by nobody else."""

from __future__ import annotations

from unittest.mock import patch

import frappe
import pytest
from frappe.core.doctype.data_import.importer import Importer
from frappe.utils import add_days, getdate

from crm_support_ext.api import board
from crm_support_ext.constants import DECISION, PARKED_ITEM, WEIGHTS
from crm_support_ext.domain.decisions import State
from crm_support_ext.messages import sentence
from crm_support_ext.store import parked_items
from crm_support_ext.tasks import deferred_items, reweighing
from tests.factories import make_item
from tests.site.desk import AGENT, MANAGER, people
from tests.site.parked import DIRECTOR, PRODUCT, decided, director, order, release, state_of, wanted


@pytest.fixture(autouse=True)
def desk():
	people()
	director()


@pytest.fixture
def items() -> list[str]:
	"""Three items of a product, by rank."""
	found = [wanted(title, customers) for title, customers in (("Import", 9), ("Export", 5), ("Print", 1))]
	assert order() == ["Import", "Export", "Print"]
	return found


@pytest.fixture
def releases() -> list[str]:
	return [release("1", 10), release("2", 40)]


def rows(item: str, *fields: str) -> list[tuple]:
	"""What was decided on an item, oldest first."""
	return frappe.get_all(DECISION, {"item": item}, [*fields], order_by="at, creation", as_list=True)


def said(refusal) -> str:
	return sentence(refusal)


# What a decision writes


def test_a_plan_is_kept_with_where_the_item_stood(items, releases):
	assert decided(items[0], "Plan", release=releases[1]) is State.PLANNED
	item = frappe.get_doc(PARKED_ITEM, items[0])
	assert (item.state, item.release, item.reason, item.deferred_until) == (
		"Planned",
		releases[1],
		None,
		None,
	)
	assert rows(items[0], "decision", "release", "by", "rank", "forecast", "forecast_date") == (
		("Plan", releases[1], DIRECTOR, 1, releases[0], add_days(getdate(), 10)),
	)
	assert parked_items.forecast(item) == releases[1]


def test_a_deferred_item_has_no_rank_until_its_day(items):
	until = add_days(getdate(), 7)
	assert decided(items[0], "Defer", until=until, reason="after the summer") is State.DEFERRED
	assert order() == ["Export", "Print"]
	item = frappe.get_doc(PARKED_ITEM, items[0])
	assert (item.deferred_until, item.score, item.reason) == (until, None, "after the summer")
	assert decided(items[0], "Take back") is State.PARKED
	assert order() == ["Import", "Export", "Print"]
	assert rows(items[0], "decision", "until", "rank") == (("Defer", until, 1), ("Take back", None, 0))


def test_declining_wants_a_reason_and_lets_the_customers_be_told(items):
	decided(items[0], "Plan", release=release("1", 9))
	refused = decided(items[2], "Decline", reason="  ")
	assert "Declining needs a reason" in said(refused) and state_of(items[2]) == "Parked"
	with patch("frappe.enqueue") as enqueued:
		assert decided(items[2], "Decline", reason="It is gone in the new screen.") is State.DECLINED
	assert [call.args[0] for call in enqueued.call_args_list] == ["crm_support_ext.tasks.answers.run"]
	assert enqueued.call_args.kwargs["enqueue_after_commit"]
	assert order() == ["Import", "Export"]
	assert "Declining needs" in said(decided(items[1], "Decline"))
	refused = decided(items[2], "Plan", release=release("9", 9))
	assert "The item is Declined, where “Plan” is not possible" in said(refused)
	assert len(rows(items[2], "name")) == 1


# Against the rank


def test_planning_past_an_item_that_ranks_above_wants_a_reason(items, releases):
	refused = decided(items[1], "Plan", release=releases[0])
	assert said(refused) == (
		"This is against the rank: “Import” ranks above it and is not planned. Say why; nothing was decided."
	)
	assert (state_of(items[1]), rows(items[1], "name")) == ("Parked", ())
	assert decided(items[1], "Plan", release=releases[0], reason="The law asks for it") is State.PLANNED
	assert rows(items[1], "reason", "rank") == (("The law asks for it", 2),)


def test_what_is_above_and_comes_no_later_or_is_deferred_is_not_passed_over(items, releases):
	decided(items[0], "Plan", release=releases[0])
	assert decided(items[1], "Plan", release=releases[0]) is State.PLANNED
	decided(items[1], "Take back")
	assert decided(items[1], "Defer", until=add_days(getdate(), 3)) is State.DEFERRED
	assert decided(items[2], "Plan", release=releases[1]) is State.PLANNED


def test_one_that_is_above_and_comes_later_is_passed_over(items, releases):
	decided(items[0], "Plan", release=releases[1])
	refused = decided(items[1], "Plan", release=releases[0])
	assert "“Import” is planned for" in said(refused)
	assert decided(items[1], "Plan", release=releases[1]) is State.PLANNED


@pytest.mark.parametrize("later", ["Defer", "Take back", "Plan"])
def test_an_item_is_not_put_behind_one_that_ranks_below_without_a_reason(items, releases, later):
	for item in items[:2]:
		decided(item, "Plan", release=releases[0])
	how = {"Defer": {"until": add_days(getdate(), 3)}, "Take back": {}, "Plan": {"release": releases[1]}}
	refused = decided(items[0], later, **how[later])
	assert "“Export” is planned for" in said(refused) and state_of(items[0]) == "Planned"
	assert isinstance(decided(items[0], later, reason="Nobody is here to do it", **how[later]), State)


def test_a_deferred_item_is_judged_by_the_place_that_it_would_have(items, releases):
	for item in items[:2]:
		decided(item, "Defer", until=add_days(getdate(), 3))
	refused = decided(items[2], "Plan", release=releases[0])
	assert refused is State.PLANNED  # whatever is above it is deferred
	decided(items[2], "Take back")
	assert (
		decided(items[1], "Plan", release=releases[0]) is State.PLANNED
	)  # above the last, though without a rank


def test_an_item_that_nobody_waits_for_comes_after_all_others(items, releases):
	idle = make_item("A new logo", product=PRODUCT)
	assert "“Import” ranks above" in said(decided(idle, "Plan", release=releases[0]))
	assert decided(idle, "Plan", release=releases[0], reason="Marketing") is State.PLANNED
	other = make_item("Another product", product="Loon CRM")
	assert decided(other, "Plan", release=release("1", 9, product="Loon CRM")) is State.PLANNED


# What a decision is refused for


def test_a_release_must_be_of_the_product_and_still_to_come(items, releases):
	foreign = release("1", 5, product="Loon CRM")
	assert said(decided(items[0], "Plan", release=foreign)) == (
		"Loon CRM 1 is a release of Loon CRM, and “Import” is not of that product. Choose another release; "
		"nothing was decided."
	)
	frappe.db.set_value("Software Release", releases[0], "state", "Out")
	assert "is Out, so nothing can be planned for it" in said(decided(items[0], "Plan", release=releases[0]))
	for missing in (None, "", "no such release"):
		assert "Choose the release" in said(decided(items[0], "Plan", release=missing))
	assert rows(items[0], "name") == ()


@pytest.mark.parametrize("days", [None, -1, 0])
def test_an_item_is_deferred_to_a_day_to_come(items, days):
	until = None if days is None else add_days(getdate(), days)
	assert "Choose a day to come" in said(decided(items[0], "Defer", until=until))
	assert state_of(items[0]) == "Parked"


# Who decides, and by which ways


@pytest.mark.parametrize("user", [AGENT, MANAGER])
def test_nobody_but_the_product_director_decides(items, releases, as_user, user):
	with as_user(user):
		for call in (board.decide, board.needs):
			with pytest.raises(frappe.PermissionError, match="Only the product director decides"):
				call(items[0], "Plan", release=releases[0])
	assert state_of(items[0]) == "Parked"
	with as_user(DIRECTOR):
		assert board.needs(items[1], "Plan", releases[0])["reason"] is True
		assert board.needs(items[0], "Plan", releases[0]) == {"reason": False, "words": ""}
		assert board.decide(items[0], "Plan", release=releases[0]) == {"state": "Planned"}
		with pytest.raises(frappe.ValidationError, match="Release is no decision"):
			board.decide(items[0], "Release")


@pytest.mark.parametrize("user", [AGENT, MANAGER, DIRECTOR, "Administrator"])
@pytest.mark.parametrize(
	"sent",
	[{"state": "Planned"}, {"release": "Kassa CRM 1"}, {"reason": "so"}, {"deferred_until": "2030-01-01"}],
)
def test_a_decision_cannot_be_written_into_the_item(items, releases, as_user, user, sent):
	with as_user(user), pytest.raises(frappe.PermissionError, match="decided on the board of parked items"):
		frappe.client.set_value(PARKED_ITEM, items[0], sent)
	assert state_of(items[0]) == "Parked"


def test_nor_by_a_bulk_edit_or_with_a_new_item(items, releases, as_user):
	from frappe.desk.doctype.bulk_update.bulk_update import submit_cancel_or_update_docs

	frappe.db.commit()  # a bulk edit undoes what is before the document that fails
	with as_user(DIRECTOR):
		submit_cancel_or_update_docs(PARKED_ITEM, items, "update", {"state": "Declined"})
	assert [state_of(item) for item in items] == ["Parked"] * 3
	with as_user(AGENT):
		sent = {"state": "Planned", "release": releases[0], "customers": 99, "score": "999", "order_key": "0"}
		made = frappe.client.insert({"doctype": PARKED_ITEM, "title": "Mine", "product": PRODUCT, **sent})
	made = frappe.get_doc(PARKED_ITEM, made["name"])
	assert (made.state, made.release, made.customers, made.score, made.order_key) == (
		"Parked",
		None,
		0,
		None,
		None,
	)
	assert order() == ["Import", "Export", "Print"]


def test_nor_by_an_import(items, releases, as_user, tmp_path):
	file = tmp_path / "items.csv"
	changed = {"State": "Planned", "Release": releases[0], "Reason": "So"}
	lines = [("ID", *changed), (items[0], *changed.values())]
	file.write_text("".join(",".join(line) + "\n" for line in lines))
	frappe.db.delete("Data Import Log")
	frappe.db.commit()  # an import undoes what is before the row that fails
	with as_user(DIRECTOR):
		how = {"import_type": "Update Existing Records", "console": True}
		Importer(PARKED_ITEM, file_path=str(file), **how).import_data()
	item = frappe.get_doc(PARKED_ITEM, items[0])
	assert (item.state, item.release, item.reason) == ("Parked", None, None)
	assert rows(items[0], "name") == ()
	(log,) = frappe.get_all("Data Import Log", pluck="messages")
	assert "this is decided on the board of parked items" in log


def test_figures_that_are_sent_are_not_kept(items, as_user):
	before = frappe.get_doc(PARKED_ITEM, items[2]).as_dict()
	with as_user(AGENT):
		frappe.client.set_value(
			PARKED_ITEM, items[2], {"customers": 99, "order_key": "0", "score": "99", "description": "Seen"}
		)
	after = frappe.get_doc(PARKED_ITEM, items[2]).as_dict()
	changed = {key for key in after if after[key] != before[key]}
	assert changed <= {"description", "modified", "modified_by"} and after.description == "Seen"


def test_what_was_decided_is_never_changed_by_anybody(items):
	decided(items[0], "Defer", until=add_days(getdate(), 3))
	(row,) = rows(items[0], "name")
	doc = frappe.get_doc(DECISION, row[0])
	doc.reason = "another"
	with pytest.raises(frappe.PermissionError, match="stays as it was written"):
		doc.save(ignore_permissions=True)
	with pytest.raises(frappe.PermissionError, match="stays as it was written"):
		doc.delete(ignore_permissions=True)
	with pytest.raises(frappe.PermissionError, match="stays as it was written"):
		frappe.get_doc({"doctype": DECISION, "item": items[0]}).insert(ignore_permissions=True)
	for right in ("write", "create", "delete"):
		assert not [each for each in frappe.get_meta(DECISION).permissions if each.get(right)]
	assert rows(items[0], "reason") == ((None,),)


# The day to which it was deferred


def test_a_deferred_item_comes_back_on_its_day_and_once(items, frozen_time):
	decided(items[0], "Defer", until=add_days(getdate(), 3))
	decided(items[1], "Defer", until=add_days(getdate(), 9))
	deferred_items.run()
	assert order() == ["Print"]
	with frozen_time(f"{add_days(getdate(), 3)} 00:10"):
		deferred_items.run()
		deferred_items.run()
	assert order() == ["Import", "Print"]
	assert rows(items[0], "decision", "by") == (("Defer", DIRECTOR), ("Take back", "Administrator"))


# Weights


def weights(**changed: float):
	doc = frappe.get_doc(WEIGHTS)
	return doc.update(changed)


def test_other_weights_are_refused_if_they_weigh_nothing(as_user):
	for changed, words in (
		({"per_customer": 0, "per_user": 0, "per_regression": 0}, "Every score would be 0"),
		({"workaround_none": 1, "workaround_awkward": 2}, "must not count less"),
		({"per_user": 1001}, "lies between 0 and 1000"),
	):
		with pytest.raises(frappe.ValidationError, match=words):
			weights(**changed).save()
	with pytest.raises(frappe.ValidationError):
		weights(per_user=-1).save()


def test_only_the_product_director_chooses_the_weights(as_user):
	for user in (AGENT, MANAGER):
		with as_user(user), pytest.raises(frappe.PermissionError):
			weights(per_user=9).save()
	with as_user(DIRECTOR):
		weights(per_user=9).save()
	assert parked_items.weights().per_user == 9


def test_other_weights_weigh_every_item_anew_and_a_killed_job_goes_on(items, monkeypatch):
	handy = wanted("Handy", 20, workaround="Good")
	assert order() == ["Import", "Handy", "Export", "Print"]
	keys = dict(frappe.get_all(PARKED_ITEM, {"product": PRODUCT}, ["name", "order_key"], as_list=True))
	with patch("frappe.enqueue") as enqueued:
		weights(workaround_none=1, workaround_awkward=1).save()
	assert [call.args[0] for call in enqueued.call_args_list] == ["crm_support_ext.tasks.reweighing.run"]
	weigh, done = parked_items.weigh, []

	def dies(name):
		if len(done) == 2:
			raise KeyboardInterrupt
		weigh(name)
		done.append(name)

	monkeypatch.setattr(parked_items, "weigh", dies)
	with pytest.raises(KeyboardInterrupt):
		reweighing.run()
	monkeypatch.setattr(parked_items, "weigh", lambda name: (weigh(name), done.append(name)))
	reweighing.run()
	assert order() == ["Handy", "Import", "Export", "Print"]
	ours = [name for name in done if name in keys]
	assert sorted(ours) == sorted([*items, handy]), "each was weighed once"
	reweighing.run()
	assert len(done) == len(ours) + len(set(done) - set(keys))


def test_one_item_that_cannot_be_weighed_stops_no_other(items, monkeypatch):
	weigh = parked_items.weigh

	def failing(name):
		if name == items[0]:
			raise ValueError("the test says so")
		weigh(name)

	with patch("frappe.enqueue"):
		weights(per_user=5).save()
	monkeypatch.setattr(parked_items, "weigh", failing)
	reweighing.run()
	scores = dict(frappe.get_all(PARKED_ITEM, {"product": PRODUCT}, ["title", "score"], as_list=True))
	assert scores == {"Import": "108.00", "Export": "120.00", "Print": "24.00"}
	assert frappe.db.exists("Error Log", {"reference_name": items[0]})


def test_the_preview_says_how_the_order_would_change_and_changes_nothing(items, as_user):
	wanted("Handy", 20, workaround="Good")
	wanted("Other", 1, product="Loon CRM")
	with as_user(DIRECTOR):
		answer = board.what_would_change(weights(workaround_none=1, workaround_awkward=1).as_json())
	ours = {row["product"]: row for row in answer["products"]}[PRODUCT]
	assert (ours["items"], ours["changed"]) == (4, 2)
	lines = [(row["title"], row["was"], row["now"], row["score_was"], row["score"]) for row in ours["first"]]
	assert lines == [
		("Handy", 2, 1, "80.00", "80.00"),
		("Import", 1, 2, "108.00", "36.00"),
		("Export", 3, 3, "60.00", "20.00"),
		("Print", 4, 4, "12.00", "4.00"),
	]
	assert order() == ["Import", "Handy", "Export", "Print"] and parked_items.weights().per_customer == 3
	answer = board.what_would_change(weights(per_customer=0, per_user=0, per_regression=0).as_json())
	assert "Every score would be 0" in answer["refused"] and not answer["products"]
