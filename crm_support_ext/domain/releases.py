"""Releases: what a customer hears when the version is out that has what they wait for.

Rule: domain.md section 7; the versions are those of seeds/001: an upgrade changes the version, at most once in two
years and not for free; the updates of a version are free with the maintenance contract; the current version and the
two before it are supported.

Every release belongs to a line: the upgrade that began the version. A customer can take each release of the line that
is installed there, and of no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from crm_support_ext.domain.results import Refusal

LINES_BACK = 2
"""So many versions before the current one are supported."""


@dataclass(frozen=True)
class Release:
	"""A release by its version; ``line`` is the version of the upgrade that it belongs to, for an upgrade its own."""

	version: str
	line: str

	@property
	def is_upgrade(self) -> bool:
		"""Whether it begins a line."""
		return self.version == self.line


class Verdict(str, Enum):
	"""What a release means for who waits for it. The values are those of the field on Ticket Parking."""

	INSTALL = "Install"
	UPGRADE_FIRST = "Upgrade first"
	UNSUPPORTED = "Unsupported"
	VERSION_UNKNOWN = "Version unknown"
	NOT_MEANT = "Not meant"


@dataclass(frozen=True)
class Judgement:
	"""What a customer is told.

	To install ``version``; to upgrade to it first; that their version is too old, and ``version`` is the current one,
	with a quotation on request; that it is in ``version``, and which one do they have (ours); or nothing, as the release
	is for an older version than theirs (ours).
	"""

	verdict: Verdict
	version: str = ""

	@property
	def resolves(self) -> bool:
		"""Whether it answers the ticket; if not, the ticket stays parked."""
		return self.verdict is Verdict.INSTALL


def judge(lines: Sequence[str], release: Release, installed: str | None) -> Judgement | Refusal:
	"""What a release means for a customer on whose machine the line ``installed`` runs; None if nobody knows which.

	``lines`` are those of the product that are out, the oldest first; the last is the current one. A line that is none
	of them is refused: ``unknown_version`` (fact ``version``).
	"""
	for line in (release.line, installed):
		if line is not None and line not in lines:
			return Refusal("unknown_version", {"version": line})
	if installed is None:
		return Judgement(Verdict.VERSION_UNKNOWN, release.version)
	theirs, needed, current = (lines.index(line) for line in (installed, release.line, lines[-1]))
	if theirs == needed:
		return Judgement(Verdict.INSTALL, release.version)
	if theirs > needed:
		return Judgement(Verdict.NOT_MEANT)
	if theirs < current - LINES_BACK:
		return Judgement(Verdict.UNSUPPORTED, lines[-1])
	return Judgement(Verdict.UPGRADE_FIRST, release.line)
