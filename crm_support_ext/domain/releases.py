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
from datetime import datetime, timedelta
from enum import Enum

from crm_support_ext.domain.results import Refusal

LINES_BACK = 2
"""So many versions before the current one are supported."""

ASKED_FOR = timedelta(days=90)
"""So long after the answer a reporter can say whether it is fixed (ours)."""


class Stage(str, Enum):
	"""How far a release is. The values are those of the field on Software Release."""

	PLANNED = "Planned"
	GOING_OUT = "Going out"
	STOPPED = "Stopped"
	OUT = "Out"


class Step(str, Enum):
	"""What a person does with a release."""

	GO_OUT = "Release"
	STOP = "Stop"
	GO_ON = "Go on"


_AFTER = {
	(Step.GO_OUT, Stage.PLANNED): Stage.GOING_OUT,
	(Step.STOP, Stage.GOING_OUT): Stage.STOPPED,
	(Step.GO_ON, Stage.STOPPED): Stage.GOING_OUT,
}

IS_OUT = frozenset(Stage) - {Stage.PLANNED}
"""The stages in which a customer can have the version: it is out as soon as the first is told."""

ANSWERS = frozenset({Stage.GOING_OUT, Stage.OUT})
"""The stages in which who waits is told; after that, who is judged anew."""


def decide(stage: Stage, step: Step, upgrade: Stage | None = None) -> Stage | Refusal:
	"""The stage of a release after a step; ``upgrade`` is that of the upgrade that it is an update of, if it is one.

	Refusals: ``release_stage`` (facts ``stage``, ``step``), ``upgrade_not_out`` (no facts).
	"""
	after = _AFTER.get((step, stage))
	if after is None:
		return Refusal("release_stage", {"stage": stage, "step": step})
	if upgrade is Stage.PLANNED:
		return Refusal("upgrade_not_out", {})
	return after


def can_say_fixed(answered_at: datetime, at: datetime) -> bool:
	"""Whether who was told what to install can still say whether it is fixed."""
	return at <= answered_at + ASKED_FOR


class Fixed(str, Enum):
	"""What a reporter says of it. The values are those of the field on Ticket Parking."""

	YES = "Yes"
	NO = "No"


def said_after(before: Fixed | None, said: Fixed) -> Fixed | Refusal:
	"""What a reporter has said in the end: yes can become no, and no stays, as the ticket is being worked on (ours).

	Refusals: ``said_no`` (no facts).
	"""
	if before is Fixed.NO and said is Fixed.YES:
		return Refusal("said_no", {})
	return said


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
