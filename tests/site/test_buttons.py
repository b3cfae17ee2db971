"""What a button of the ticket page asks for, and what of it reaches the one who handles it."""

from __future__ import annotations

from datetime import datetime, timezone

import frappe
import pytest

from crm_support_ext.api import ticket as api
from crm_support_ext.api.buttons import Button, Field, answers
from tests.site.desk import AGENT, people, ticket_in

FIELDS = [
	Field("who", "Who", required=True),
	Field("kind", "Kind", "select", {"a": "Apple", "b": "Pear"}, default="a"),
	Field("at", "At", "datetime"),
	Field("told", "Told", "check", default=1),
]


@pytest.fixture
def pressed(monkeypatch):
	"""A button of our own on every ticket that is Open; what it was pressed with."""
	people()
	calls = []

	def press(doc, text, values):
		calls.append((doc.name, text, values))
		return {"told": "everybody"}

	trial = Button(
		event="trial",
		label=lambda: "Trial",
		prompt=lambda: "Why?",
		is_offered=lambda doc: doc.status == "Open",
		fields=lambda doc: FIELDS,
		press=press,
	)
	monkeypatch.setattr(api, "BUTTONS", (*api.BUTTONS, trial))
	return calls


def test_a_button_says_what_its_dialog_asks(pressed):
	ticket = ticket_in("Open")
	row = next(row for row in api.actions(str(ticket.name))["actions"] if row["event"] == "trial")
	assert (row["label"], row["prompt"], row["needs_text"], row["seldom"]) == ("Trial", "Why?", False, False)
	assert row["fields"][1] == {
		"name": "kind",
		"label": "Kind",
		"type": "select",
		"options": [{"value": "a", "label": "Apple"}, {"value": "b", "label": "Pear"}],
		"default": "a",
		"required": False,
	}
	assert all("fields" in row for row in api.actions(str(ticket.name))["actions"])


def test_what_was_filled_in_reaches_the_one_who_handles_it(pressed, as_user):
	ticket = ticket_in("Open")
	values = {"who": " Kim ", "kind": "b", "at": "2026-03-02T08:00:00.000Z", "told": 0}
	with as_user(AGENT):
		answer = api.act(str(ticket.name), "trial", " because ", values)
	at = datetime(2026, 3, 2, 8, tzinfo=timezone.utc)
	assert pressed == [(ticket.name, "because", {"who": "Kim", "kind": "b", "at": at, "told": False})]
	assert answer == {"ticket": str(ticket.name), "status": "Open", "told": "everybody"}


@pytest.mark.parametrize(
	("values", "says"),
	[
		({"kind": "a"}, "Still to fill in: Who"),
		({"who": " "}, "Still to fill in: Who"),
		({"who": "Kim", "kind": "c"}, "Kind: c is none of a, b"),
		({"who": "Kim", "at": "soon"}, "At: soon is not a time"),
	],
)
def test_what_cannot_be_is_refused(values, says):
	with pytest.raises(frappe.ValidationError, match=says):
		answers(FIELDS, values)


def test_a_time_without_an_offset_is_the_sites():
	at = answers(FIELDS, '{"who": "Kim", "at": "2026-03-02 09:00"}')["at"]
	assert at.tzinfo is not None


def test_a_button_that_is_not_offered_is_not_pressed(pressed):
	ticket = ticket_in("Pending")
	assert "trial" not in [row["event"] for row in api.actions(str(ticket.name))["actions"]]
	with pytest.raises(frappe.ValidationError, match=r"Trial.*is not possible"):
		api.act(str(ticket.name), "trial", "", {"who": "Kim"})
	assert pressed == []
