"""The sample: the first thing that one sees of the rules."""

from __future__ import annotations

import io

from crm_support_ext.domain.lifecycle import Status
from crm_support_ext.domain.settlement import RULES, Choice
from crm_support_ext.domain.strippen import Kind
from crm_support_ext.replay.figures import figures
from crm_support_ext.replay.policy import load_policy
from crm_support_ext.replay.simulation import replay
from crm_support_ext.replay.usage import REFUSED, usage
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


def test_the_sample_shows_contracts_of_every_kind_and_strippen_that_run_out() -> None:
	work = usage(replay(str(make_sample.LOG), load_policy(str(make_sample.LOG.with_name("policy.toml")))))
	assert all(work.sums[way].minutes for way in ("Free", "Strippen", "Time and Material", REFUSED))
	kinds = {kind for found in work.usages.values() for kind, amount in found.sums.items() if amount}
	assert kinds == {Kind.GRANT, Kind.PURCHASE, Kind.USE, Kind.EXPIRY, Kind.CARRY_OVER}
	assert any(year.out_at for year in work.years_out) and any(year.pace for year in work.years_out)
	contracts = [found.contract for found in work.usages.values()]
	assert len({each.plan.on_shortage for each in contracts}) == 3
	assert any(each.product for each in contracts) and any(each.plan.is_pro_rata for each in contracts)


def test_the_other_terms_differ_in_plans_tariff_and_one_rule_only() -> None:
	one, other = (
		load_policy(str(make_sample.LOG.with_name(f"{name}.toml"))) for name in ("policy", "other_terms")
	)
	differing = {key for key in other.settings if one.settings.get(key) != other.settings[key]}
	assert differing == {"plans", "tariff", "rules"}
	assert one.terms.rules == RULES
	changed = [rule for rule in other.terms.rules if rule not in RULES]
	assert [(rule.settlement, rule.kind) for rule in changed] == [(Choice.FREE, "wish")]
	assert len(other.terms.rules) == len(RULES)
