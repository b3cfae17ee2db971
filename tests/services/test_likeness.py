"""Which texts are alike: by the words that they share, in any order, misspelt or inflected."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.utils import default_process

from crm_support_ext.store.likeness import LEAST, alike, likeness

TITLES = {
	"filter": "Filter on empty fields",
	"twice": "Duplicate contacts after import",
	"photo": "Photo upload turns sideways",
	"box": "Shared mailboxes",
}


@pytest.mark.parametrize(
	("words", "found"),
	[
		("I cannot filter on fields that are empty", ["filter"]),
		("DUPLICATED CONTACTS, after importing!", ["twice"]),
		("after import: contact duplicates", ["twice"]),
		("the photos are sideways when I upload them", ["photo"]),
		("shraed mailbox", ["box"]),
		("The invoice has no total", []),
		("", []),
		("?!", []),
	],
)
def test_what_is_alike(words, found):
	assert [each.name for each in alike(words, TITLES, 3)] == found


def test_the_same_words_come_before_more_words():
	titles = {"more": "Shared mailboxes of a team in two countries", "same": "Mailboxes, shared"}
	assert [each.name for each in alike("shared mailboxes", titles, None)] == ["same", "more"]


def test_of_equal_ones_the_first_comes_first_and_no_more_than_asked():
	titles = {name: "Shared mailboxes" for name in "cab"}
	assert [each.name for each in alike("shared mailboxes", titles, 2)] == ["c", "a"]
	assert all(each.score == 100 for each in alike("shared mailboxes", titles, None))


WORDS = st.lists(st.sampled_from("import contact field photo box login".split()), max_size=6)


@given(WORDS, WORDS)
def test_likeness_is_mutual_from_0_to_100_and_full_for_the_same_words(one, other):
	left, right = " ".join(one), " ".join(other)
	assert likeness(left, right) == likeness(right, left)
	assert 0 <= likeness(left, right) <= 100
	if one:
		assert likeness(left, " ".join(reversed(one))) == 100


@given(WORDS, st.dictionaries(st.sampled_from("abcdef"), WORDS.map(" ".join), max_size=6))
def test_none_is_left_out_that_is_alike_enough_and_the_most_alike_come_first(words, titles):
	said = " ".join(words)
	found = alike(said, titles, None)
	assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
	if said:
		wanted = {name for name, title in titles.items() if likeness(said, default_process(title)) >= LEAST}
		assert {each.name for each in found} == wanted
