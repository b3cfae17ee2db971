"""What a release means for a customer, by what is installed there."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_support_ext.domain.releases import (
	Fixed,
	Judgement,
	Release,
	Stage,
	Step,
	Verdict,
	can_say_fixed,
	decide,
	judge,
	said_after,
)
from crm_support_ext.domain.results import Refusal

LINES = ["6", "7", "8", "9", "10"]


@pytest.mark.parametrize(
	("release", "installed", "judgement"),
	[
		(Release("10.3", "10"), "10", Judgement(Verdict.INSTALL, "10.3")),
		(Release("10.3", "10"), "9", Judgement(Verdict.UPGRADE_FIRST, "10")),
		(Release("10.3", "10"), "8", Judgement(Verdict.UPGRADE_FIRST, "10")),
		(Release("10.3", "10"), "7", Judgement(Verdict.UNSUPPORTED, "10")),
		(Release("10", "10"), "9", Judgement(Verdict.UPGRADE_FIRST, "10")),
		(Release("9.8", "9"), "9", Judgement(Verdict.INSTALL, "9.8")),
		(Release("9.8", "9"), "10", Judgement(Verdict.NOT_MEANT)),
		(Release("9.8", "9"), "8", Judgement(Verdict.UPGRADE_FIRST, "9")),
		(Release("10.3", "10"), None, Judgement(Verdict.VERSION_UNKNOWN, "10.3")),
		(Release("11.1", "11"), None, Refusal("unknown_version", {"version": "11"})),
		(Release("10.3", "10"), "5", Refusal("unknown_version", {"version": "5"})),
		(Release("11.1", "11"), "10", Refusal("unknown_version", {"version": "11"})),
	],
)
def test_judge(release: Release, installed: str | None, judgement: Judgement | Refusal) -> None:
	assert judge(LINES, release, installed) == judgement


@given(st.integers(1, 8), st.data())
def test_only_who_has_the_line_is_answered(number: int, data: st.DataObject) -> None:
	lines = [str(line) for line in range(number)]
	line, installed = data.draw(st.sampled_from(lines)), data.draw(st.sampled_from(lines))
	found = judge(lines, Release(f"{line}.1", line), installed)
	assert isinstance(found, Judgement)
	assert found.resolves == (line == installed)
	too_old = int(installed) < int(line) and number - 1 - int(installed) > 2
	assert (found.verdict is Verdict.UNSUPPORTED) == too_old


STEPS = """
           Planned    Going out  Stopped    Out
Release    Going out  -          -          -
Stop       -          Stopped    -          -
Go on      -          -          Going out  -
"""


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("stage", Stage)
def test_a_release_goes_out_once_and_can_be_stopped_until_all_are_told(stage: Stage, step: Step) -> None:
	head, *rows = [line for line in STEPS.splitlines() if line]
	columns = [head.index(each.value) for each in Stage]
	row = next(line for line in rows if line.startswith(step.value))
	cell = row[columns[list(Stage).index(stage)] :].split("  ")[0]
	refusal = Refusal("release_stage", {"stage": stage, "step": step})
	assert decide(stage, step) == (refusal if cell == "-" else Stage(cell))


@pytest.mark.parametrize("upgrade", Stage)
def test_an_update_goes_out_after_its_upgrade(upgrade: Stage) -> None:
	outcome = decide(Stage.PLANNED, Step.GO_OUT, upgrade)
	assert outcome == (Refusal("upgrade_not_out") if upgrade is Stage.PLANNED else Stage.GOING_OUT)


@pytest.mark.parametrize(
	("before", "said", "after"),
	[
		(None, Fixed.YES, Fixed.YES),
		(None, Fixed.NO, Fixed.NO),
		(Fixed.YES, Fixed.YES, Fixed.YES),
		(Fixed.YES, Fixed.NO, Fixed.NO),
		(Fixed.NO, Fixed.NO, Fixed.NO),
		(Fixed.NO, Fixed.YES, Refusal("said_no")),
	],
)
def test_a_yes_can_become_a_no_and_a_no_stays(
	before: Fixed | None, said: Fixed, after: Fixed | Refusal
) -> None:
	assert said_after(before, said) == after


def test_it_can_be_said_for_ninety_days() -> None:
	answered = datetime(2026, 3, 1, 9, tzinfo=timezone.utc)
	assert can_say_fixed(answered, answered + timedelta(days=90))
	assert not can_say_fixed(answered, answered + timedelta(days=90, seconds=1))
