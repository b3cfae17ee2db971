"""Whatever is booked in whatever order, some things hold of a ledger: tried from outside, on its entries alone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from unittest.mock import patch

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from crm_support_ext.domain import booking, chain
from crm_support_ext.domain.audit import audit
from crm_support_ext.domain.chain import resume
from crm_support_ext.domain.contracts import Contract, OnShortage, Plan
from crm_support_ext.domain.payment import Payment
from crm_support_ext.domain.results import Refusal
from crm_support_ext.domain.strippen import Entry, Kind
from tests.ledgers import ZONE, Book, checked

AMOUNTS = st.decimals("0.01", "25", places=2)
COSTS = st.one_of(st.sampled_from([Decimal(0), Decimal(1), Decimal(10)]), AMOUNTS)
GAPS = st.sampled_from([0, 0, 1, 3600, 86400, 30 * 86400, 200 * 86400, 400 * 86400])
PLANS = st.builds(
	Plan,
	name=st.just("any"),
	strippen_per_year=st.sampled_from([Decimal(0), Decimal("7.77"), Decimal(20)]),
	is_pro_rata=st.booleans(),
	carry_over=st.sampled_from([Decimal(0), Decimal("2.50"), Decimal(100)]),
	on_shortage=st.sampled_from(OnShortage),
	purchase=st.sampled_from([Decimal("3.33"), Decimal(10)]),
)
STARTS = st.sampled_from([date(2023, 7, 15), date(2024, 2, 29), date(2026, 1, 1)])


class AnyLedger(RuleBasedStateMachine):
	"""A contract that is booked on, renewed and caught up at will; every seventh entry is a checkpoint."""

	def __init__(self) -> None:
		super().__init__()
		self.every = patch.object(chain, "EVERY", 7)
		self.every.start()
		self.work_logs = 0
		self.has_one_plan, self.has_other_days = True, False

	def teardown(self) -> None:
		self.every.stop()

	@initialize(plan=PLANS, start=STARTS, days=st.integers(0, 900), late=GAPS)
	def begin(self, plan: Plan, start: date, days: int, late: int) -> None:
		self.book = Book(Contract("C1", "ACME", plan, start, start + timedelta(days=days)))
		self.now = datetime.combine(start, time(), ZONE) + timedelta(seconds=late)

	@rule(gap=GAPS)
	def pass_time(self, gap: int) -> None:
		self.now += timedelta(seconds=gap)

	@rule(plan=PLANS)
	def agree_on_another_plan(self, plan: Plan) -> None:
		self.book.catch_up(self.now)
		self.book.contract = replace(self.book.contract, plan=plan)
		self.has_one_plan = False

	@rule(months=st.sampled_from([1, 3, 12]))
	def renew(self, months: int) -> None:
		self.book.renew(months)

	@rule()
	def catch_up(self) -> None:
		self.book.catch_up(self.now)
		assert self.book.catch_up(self.now) == ()
		for year in self.book.contract.years():
			if year.first <= self.today and self.book.contract.allotment(year):
				assert self.book.account.granted_to and self.book.account.granted_to >= year.first

	@rule(cost=COSTS, minutes=st.integers(0, 300))
	def work(self, cost: Decimal, minutes: int) -> None:
		self.book.catch_up(self.now)
		before = self.book.account
		self.work_logs += 1
		outcome = self.book.use(str(cost), self.now, minutes=minutes, log=f"w{self.work_logs}")
		if isinstance(outcome, Refusal):
			assert self.book.account == before
			assert self.usable(before.number) < cost
			return
		assert sum(part.minutes for part in outcome.parts) == minutes
		used = -sum(line.amount for line in outcome.lines if line.kind is Kind.USE)
		assert used == sum(part.strippen for part in outcome.parts) <= cost
		plan = self.book.contract.plan
		assert used == cost or plan.on_shortage is OnShortage.SPLIT

	@rule(cost=AMOUNTS)
	def work_and_take_it_back_at_once(self, cost: Decimal) -> None:
		self.book.catch_up(self.now)
		self.work_logs += 1
		outcome = self.book.use(str(cost), self.now, log=f"w{self.work_logs}")
		if isinstance(outcome, Payment):
			bought = [line for line in outcome.lines if line.kind is Kind.PURCHASE]
			before = self.book.account
			uses = [line for line in outcome.lines if line.kind is Kind.USE]
			for line in uses:
				assert not isinstance(self.book.correct(line.number, self.now), Refusal)
			for line in bought:
				assert not isinstance(self.book.correct(line.number, self.now), Refusal)
			cost_of_all = sum(line.amount for line in outcome.lines)
			assert self.book.account.balance == before.balance - cost_of_all
			assert self.book.give_back(f"w{self.work_logs}", self.now) == ()

	@rule(units=AMOUNTS)
	def buy(self, units: Decimal) -> None:
		outcome = self.book.buy(str(units), self.now)
		assert isinstance(outcome, Refusal) != self.book.contract.covers(self.today)

	@rule(units=AMOUNTS)
	def grant(self, units: Decimal) -> None:
		outcome = self.book.grant(str(units), self.now)
		assert isinstance(outcome, Refusal) != self.book.contract.covers(self.today)

	@rule(units=AMOUNTS, begins=st.integers(-40, 400), days=st.integers(0, 500))
	def open_a_lot_of_other_days(self, units: Decimal, begins: int, days: int) -> None:
		"""No use case makes one today, but a ledger can hold it."""
		self.has_other_days = True
		self.book.catch_up(self.now)
		account, last_hash = self.book.store.head("C1")
		at = max(self.now, account.at or self.now)
		first = self.today + timedelta(days=begins)
		lines = booking.purchase(account, units, at, first, first + timedelta(days=days))
		self.book.store.append("C1", chain.seal(account, last_hash, lines))

	@rule(log=st.integers(1, 6))
	def give_back(self, log: int) -> None:
		self.book.catch_up(self.now)
		before, after = self.left(), dict(self.left())
		lines = self.book.give_back(f"w{log}", self.now)
		self.restores(before, after, [line for line in lines if line.kind is Kind.RELEASE])

	@rule(number=st.integers(1, 12))
	def correct(self, number: int) -> None:
		self.book.catch_up(self.now)
		before, after = self.left(), dict(self.left())
		lines = self.book.correct(number, self.now)
		if not isinstance(lines, Refusal):
			assert lines[0].amount == -self.book.entries[number - 1].amount
			self.restores(before, after, [lines[0]])

	def restores(self, before: dict[str, Decimal], after: dict[str, Decimal], lines: list[Entry]) -> None:
		"""Each line reverses one that was not reversed; its lot has what it had, unless it has lapsed."""
		for line in lines:
			reversed_one = self.book.entries[line.reverses - 1]  # type: ignore[operator]
			assert (line.lot, line.amount) == (reversed_one.lot, -reversed_one.amount)
			assert len([entry for entry in self.book.entries if entry.reverses == line.reverses]) == 1
			if line.amount < 0 or line.last_day >= self.today:
				after[line.lot] += line.amount
		assert self.left() == after

	@property
	def today(self) -> date:
		return chain.in_zone(self.now, ZONE).date()

	def left(self, number: int | None = None) -> dict[str, Decimal]:
		"""What each lot has left after so many entries, by adding them up."""
		left: defaultdict[str, Decimal] = defaultdict(Decimal)
		for entry in self.book.entries[:number]:
			left[entry.lot] += entry.amount
		return dict(left)

	def usable(self, number: int) -> Decimal:
		days = {entry.lot: (entry.first_day, entry.last_day) for entry in self.book.entries}
		left = self.left(number)
		return sum((left[lot] for lot in left if days[lot][0] <= self.today <= days[lot][1]), Decimal())

	@invariant()
	def sum_and_balance_and_chain_are_one(self) -> None:
		if self.book.sealed:
			account = self.book.account
			assert sum(entry.amount for entry in self.book.entries) == account.balance
			assert {lot: left for lot, left in self.left().items() if left} == {
				lot.name: lot.left for lot in account.lots
			}
			assert resume("C1", self.book.sealed) == (account, self.book.sealed[-1].hash)
			begins = [at for at, line in enumerate(self.book.sealed) if line.checkpoint]
			assert resume("C1", self.book.sealed[begins[-1] if begins else 0 :])[0] == account
			assert list(audit("C1", self.book.sealed, ZONE)) == []

	@invariant()
	def no_lot_is_overdrawn_or_used_outside_its_days_or_out_of_turn(self) -> None:
		left: defaultdict[str, Decimal] = defaultdict(Decimal)
		turn: dict[str, tuple[date, int]] = {}
		begins: dict[str, date] = {}
		for entry in self.book.entries:
			day = chain.in_zone(entry.at, ZONE).date()
			turn.setdefault(entry.lot, (entry.last_day, len(turn)))
			begins.setdefault(entry.lot, entry.first_day)
			left[entry.lot] += entry.amount
			assert min(left.values()) >= 0
			if entry.kind is Kind.USE:
				assert entry.first_day <= day <= entry.last_day
				earlier = [lot for lot in turn if turn[lot] < turn[entry.lot] and begins[lot] <= day]
				assert all(left[lot] == 0 for lot in earlier if turn[lot][0] >= day)
			if entry.kind is Kind.EXPIRY:
				assert (left[entry.lot], day > entry.last_day) == (0, True)

	@invariant()
	def every_year_has_its_allotment_once(self) -> None:
		contract, granted_to = self.book.contract, self.book.account.granted_to
		allotments = [entry for entry in self.book.entries if entry.is_allotment]
		assert len({entry.first_day for entry in allotments}) == len(allotments)
		for year in contract.years():
			granted = sum(entry.amount for entry in allotments if year.first <= entry.first_day <= year.last)
			if granted_to is None or granted_to < year.first:
				assert granted == 0
			elif self.has_one_plan and contract.plan.is_pro_rata and granted_to >= year.last:
				assert granted == contract.allotment(year)
			elif self.has_one_plan and not contract.plan.is_pro_rata:
				assert granted == contract.plan.strippen_per_year

	@invariant()
	def what_is_carried_over_has_just_lapsed_and_is_no_more_than_the_plan_says(self) -> None:
		limit = self.book.contract.plan.carry_over
		for entry in self.book.entries:
			if entry.kind is Kind.CARRY_OVER:
				together = [other for other in self.book.entries if other.at == entry.at]
				lapsed = -sum(
					other.amount
					for other in together
					if other.kind is Kind.EXPIRY and other.number < entry.number
				)
				begins_a_year = any(year.first == entry.first_day for year in self.book.contract.years())
				if self.has_one_plan and begins_a_year and not self.has_other_days:
					assert entry.amount == min(lapsed, limit)
				assert entry.amount <= lapsed

	@rule(data=st.data())
	def check_a_statement(self, data: st.DataObject) -> None:
		if self.book.sealed:
			middle = str(data.draw(st.sampled_from(self.book.entries)).at.date())
			for days in (("2020-01-01", middle), (middle, "2100-01-01")):
				result, findings = checked(self.book.statement(*days))
				assert result is not None and findings == []
			assert result.balance == self.book.account.balance


AnyLedger.TestCase.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)
TestAnyLedger = AnyLedger.TestCase
