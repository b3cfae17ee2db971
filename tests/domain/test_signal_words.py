"""Which subjects of tickets ask the same: measured on made-up ones of which it is known."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from crm_support_ext.store.signal_words import key_of, words_of
from tests.alike_subjects import FIRST, SECOND, subjects


def pairs(counts: Counter) -> int:
	"""How many pairs there are within what was counted."""
	return sum(count * (count - 1) // 2 for count in counts.values())


ORDERS = 20


@pytest.mark.parametrize(
	("languages", "precision", "recall"),
	[(FIRST, 0.97, 0.83), (SECOND, 0.95, 0.79), (FIRST + SECOND, 0.96, 0.81)],
)
def test_of_the_pairs_in_one_group_most_ask_the_same_and_most_of_those_are_found(
	languages, precision, recall
):
	rows, right, together = subjects(languages), 0, 0
	for seed in range(ORDERS):
		Random(seed).shuffle(rows)
		known: dict[str, str] = {}
		groups = []
		for number, (subject, asked) in enumerate(rows):
			words = words_of(subject)
			key = key_of(words, known) or str(number)
			known.setdefault(key, words)
			groups.append((key, asked))
		together += pairs(Counter(key for key, _ in groups))
		right += pairs(Counter(groups))
	same = ORDERS * pairs(Counter(asked for _, asked in rows))
	assert right / together > precision and right / same > recall, (right, together, same)


def test_every_subject_is_put_in_words_of_its_own():
	rows = subjects(FIRST + SECOND)
	assert len({subject for subject, _ in rows}) == len(rows) == 281


@pytest.mark.parametrize(
	("subject", "words"),
	[
		("Re: Import stops", "Import stops"),
		("RE: Fwd: AW: Import stops", "Import stops"),
		("Antw: Sv: Import stopt", "Import stopt"),
		("Resources are missing", "Resources are missing"),
		("  ", ""),
		(None, ""),
	],
)
def test_what_mail_programs_put_before_a_subject_is_none_of_its_words(subject, words):
	assert words_of(subject) == words


def test_words_that_say_nothing_are_alike_to_nothing():
	assert key_of("", {"a": ""}) is None
	assert key_of("???", {"a": "???"}) is None
	assert key_of("Import stops", {}) is None
