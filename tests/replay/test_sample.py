"""The sample: the first thing that one sees of the rules."""

from __future__ import annotations

import io

from crm_support_ext.domain.lifecycle import Status
from crm_support_ext.replay.figures import figures
from crm_support_ext.replay.policy import load_policy
from crm_support_ext.replay.simulation import replay
from tests.replay import make_sample


def test_the_log_is_the_one_that_the_script_makes() -> None:
	out = io.StringIO()
	make_sample.write(out)
	assert out.getvalue() == make_sample.LOG.read_text("utf-8")


def test_the_sample_shows_something_of_everything() -> None:
	policy = load_policy(str(make_sample.LOG.with_name("policy.toml")))
	counted = figures(replay(str(make_sample.LOG), policy))
	assert counted.arrived == make_sample.TICKETS
	assert all(counted.statuses[status] for status in Status)
	assert counted.follow_ups and counted.reopened and counted.surveys
	for kept in counted.tiers.values():
		assert kept.met and kept.missed and kept.answered
	said = make_sample.LOG.read_text("utf-8")
	assert ",workaround_given," in said and ",workaround_failed," in said and ",agreed," in said
	assert "hosting provider,outside,1" in said
	assert len({code for _, code, _ in counted.refused}) > 1
