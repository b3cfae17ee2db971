"""How the targets were kept, as the bars of a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import NamedTuple

from crm_support_ext.domain.business_calendar import Week
from crm_support_ext.replay.kept import Kept
from crm_support_ext.replay.words import promised, share, working


class Split(NamedTuple):
	"""A bar of two parts, kept and missed, in hundredths of its width; ``label`` is one side of a comparison."""

	name: str
	promise: str
	kept: float
	missed: float
	text: str
	more: str
	label: str = ""


class Use(NamedTuple):
	"""How much of its target the middle ticket of a tier used, as a bar with a mark where the target is."""

	name: str
	promise: str
	length: float
	mark: float
	is_over: bool
	used: str
	late: str


def targets(tiers: Iterable[Kept], week: Week, label: str = "") -> Iterator[Split]:
	"""The targets kept, tier by tier."""
	for kept in tiers:
		yield _split(kept, kept.target_in_words(week), kept.met, kept.decided, label)


def responses(tiers: Iterable[Kept], week: Week, label: str = "") -> Iterator[Split]:
	"""The first responses that came in time, tier by tier."""
	for kept in tiers:
		yield _split(kept, promised(kept.tier.response, week), kept.answered, kept.replies, label)


def _split(kept: Kept, promise: str, met: int, decided: int, label: str) -> Split:
	good = 100 * met / decided if decided else 0.0
	text = share(met, decided) if decided else "none yet"
	return Split(
		kept.tier.name, promise, good, 100 - good if decided else 0.0, text, f"{met:,} of {decided:,}", label
	)


def uses(tiers: Iterable[Kept], week: Week) -> list[Use]:
	"""The working time that the middle ticket of each tier used, each tier on its own scale."""
	return [_use(kept, kept.target_in_words(week)) for kept in tiers]


def _use(kept: Kept, promise: str) -> Use:
	used, target = kept.median_used, kept.tier.target
	late = kept.median_late
	told = f"{kept.missed:,}, by {working(late, kept.unit)}" if late is not None else "none"
	if used is None or target is None:
		return Use(
			kept.tier.name, promise, 0, 0, False, "-" if used is None else working(used, kept.unit), told
		)
	part = used / target.amount
	whole = max(part, Fraction(1)) * Fraction(5, 4)
	return Use(
		kept.tier.name,
		promise,
		max(float(100 * part / whole), 0.8),
		float(100 / whole),
		part > 1,
		working(used, kept.unit),
		told,
	)
