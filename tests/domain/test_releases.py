"""What a release means for a customer, by what is installed there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_support_ext.domain.releases import Judgement, Release, Verdict, judge
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
