"""Whose words a message is: machines by their headers, thanks by their words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_support_ext.domain.intake import (
	EVENT,
	Origin,
	is_bounce,
	is_machine_mail,
	only_says_thanks,
	origin_of,
)
from crm_support_ext.domain.lifecycle import Event

PHRASES = (
	"thanks",
	"thank you",
	"thank you very much",
	"it works",
	"ok",
	"hartelijk dank",
	"bedankt",
	"tusen takk",
	"takk",
)


@pytest.mark.parametrize(
	"headers",
	[
		{"auto-submitted": "auto-replied"},
		{"auto-submitted": "Auto-Generated; owner=kim"},
		{"precedence": "BULK"},
		{"precedence": " list "},
		{"return-path": "<>"},
		{"x-autorespond": "yes"},
		{"x-failed-recipients": "kim@example.com"},
		{"x-auto-response-suppress": "DR, All", "x-ms-exchange-inbox-rules-loop": "kim@example.com"},
		{"from": '"MAILER-DAEMON@mx.example" <x@mx.example>'},
		{"from": "Mail Delivery System <mail@mx.example>"},
	],
)
def test_a_machine_is_known_by_its_headers(headers):
	assert is_machine_mail(headers)


@pytest.mark.parametrize(
	"headers",
	[
		{},
		{"auto-submitted": "no"},
		{"precedence": "first-class"},
		{"return-path": "<kim@example.com>"},
		{"x-auto-response-suppress": "All"},  # a person's mail server asks for no automatic answers
		{"from": "Kim <kim@mailer-daemon.example>"},
	],
)
def test_a_person_is_no_machine(headers):
	assert not is_machine_mail(headers, "text/plain")


def test_a_delivery_report_is_a_machines():
	assert is_machine_mail({}, "multipart/report")


@pytest.mark.parametrize(
	"text",
	[
		"Thanks!",
		"THANK YOU VERY MUCH :-)",
		"Ok, it works. Thanks",
		"Hi Agnes,\n\nThank you!\n\nKind regards,\nKees Jansen\nBakkerij De Ochtend\n+31 20 123 45 67",
		"Beste Agnes de Wit,\nhartelijk dank\nMet vriendelijke groet,\nKees",
		"Hei!\nTusen takk\nMvh Kari Nordmann",
		"Bedankt\n\nOp 3 maart schreef Agnes:\n> Probeer het nog eens?\n> Of bel ons.",
		"Thanks\n\n-----Original Message-----\nFrom: Agnes\nDoes it work now?",
		"Thanks\n--\nKees",
		"Takk\n\nSendt fra min telefon",
	],
)
def test_mere_thanks(text):
	assert only_says_thanks(text, PHRASES)


@pytest.mark.parametrize(
	"text",
	[
		"",
		"\n\n",
		"Hi Agnes,",
		"Hi, still broken.\nThanks",
		"Hello it fails again\n\nThanks",
		"Dag, het werkt nog niet\nBedankt",
		"Thanks, but it still fails.",
		"It works not.",
		"No thanks",
		"Thanks. And the other printer?",
		"Thanks\nRegards the second printer: it still fails",
		"Thanks\n\nKind regards,\nKees\n\nPS: it still fails on Mondays",
		"Thanks\nOn Monday Agnes wrote:\n> Does it work now?\nNo, it does not.",
		"Thanks\nMvh Kari\n" + "\n".join(f"and point {number} is open" for number in range(8)),
	],
)
def test_more_than_thanks_is_never_taken_for_thanks(text):
	assert not only_says_thanks(text, PHRASES)


@given(st.lists(st.sampled_from(PHRASES), min_size=1), st.sampled_from([" ", ", ", "! ", "\n"]))
def test_phrases_in_any_order_are_thanks(phrases, between):
	assert only_says_thanks(between.join(phrases), PHRASES)


GREETED = {"all", "there", "team", "support", "helpdesk", "van", "der", "den"}


@given(
	st.sampled_from(PHRASES),
	st.from_regex(r"[a-z]{3,12}", fullmatch=True).filter(
		lambda word: word not in GREETED and word not in " ".join(PHRASES)
	),
)
def test_a_word_besides_is_no_longer_thanks(phrase, word):
	assert not only_says_thanks(f"{phrase} {word}", PHRASES)
	assert not only_says_thanks(f"hi {word}\n{phrase}", PHRASES)


def test_without_phrases_nothing_is_thanks():
	assert not only_says_thanks("Thanks", ())
	assert not only_says_thanks("Thanks", ("", "!"))


FACTS = (
	"is_copy",
	"is_from_machine",
	"belongs_to_ticket",
	"is_from_agent",
	"belongs_to_customer",
	"is_thanks_for_answer",
)


class Said:
	"""A message of which these facts hold; it remembers what it was asked."""

	def __init__(self, *facts: str) -> None:
		self.facts, self.asked = facts, []

	def __getattr__(self, fact: str) -> bool:
		assert fact in FACTS
		self.asked.append(fact)
		return fact in self.facts


@pytest.mark.parametrize(
	("facts", "origin"),
	[
		((), Origin.STRANGER),
		(("is_thanks_for_answer",), Origin.STRANGER),
		(("belongs_to_customer",), Origin.CUSTOMER),
		(("belongs_to_ticket",), Origin.CUSTOMER),
		(("belongs_to_customer", "is_thanks_for_answer"), Origin.THANKS),
		(("belongs_to_ticket", "is_thanks_for_answer"), Origin.THANKS),
		(("is_from_agent",), Origin.AGENT),
		(("is_from_agent", "belongs_to_customer", "is_thanks_for_answer"), Origin.AGENT),
		(("is_from_agent", "belongs_to_ticket"), Origin.CUSTOMER),
		(("is_from_machine", "belongs_to_ticket", "is_thanks_for_answer"), Origin.MACHINE),
		(("is_copy", *FACTS[1:]), Origin.COPY),
	],
)
def test_whose_words_they_are(facts, origin):
	assert origin_of(Said(*facts)) is origin


def test_nothing_is_looked_up_that_does_not_matter():
	said = Said("belongs_to_ticket")
	origin_of(said)
	assert "is_from_agent" not in said.asked and "belongs_to_customer" not in said.asked


def test_only_the_customers_own_words_move_a_ticket():
	assert {origin for origin, event in EVENT.items() if event is not Event.MACHINE_REPLIED} == {
		Origin.CUSTOMER
	}


@pytest.mark.parametrize(
	("headers", "content_type", "bounced"),
	[
		({}, "multipart/report", True),
		({"x-failed-recipients": "noc@hosting.example"}, "text/plain", True),
		({"auto-submitted": "auto-replied"}, "text/plain", False),
		({}, "text/plain", False),
	],
)
def test_a_bounce_says_that_a_mail_did_not_arrive(headers, content_type, bounced):
	assert is_bounce(headers, content_type) is bounced
