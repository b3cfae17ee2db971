"""Which texts are alike, from 0 to 100: the words that they share, whatever their order, by the letters they have in common.

A library decides it (RapidFuzz, token ratios): case and marks count for nothing, a word may be inflected or misspelt, and
texts of which the one has all the words of the other are quite alike. What words mean, nobody here knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from rapidfuzz import fuzz, process
from rapidfuzz.utils import default_process

LEAST = 50.0
"""Below this, what two texts share is chance."""


class Alike(NamedTuple):
	"""A candidate by its name, and how alike it is."""

	name: str
	score: float


def alike(words: str, candidates: Mapping[str, str], limit: int | None, least: float = LEAST) -> list[Alike]:
	"""The candidates, texts by name, that are alike to these words: the most alike first, those of one score in the given
	order; at most ``limit``, None for all, and none that is less alike than ``least``."""
	if not default_process(words):
		return []
	found = process.extract(
		words, candidates, scorer=likeness, processor=default_process, limit=limit, score_cutoff=least
	)
	return [Alike(name, score) for _text, score, name in found]


def likeness(one: str, other: str, *, score_cutoff: float = 0.0) -> float:
	"""How alike two texts are; 0 if that is less than the cutoff.

	Half of it is whether the one has the words of the other, and half whether they have the same words: so what says
	the same is more alike than what says that, too.
	"""
	score = (fuzz.token_set_ratio(one, other) + fuzz.token_sort_ratio(one, other)) / 2
	return score if score >= score_cutoff else 0.0
