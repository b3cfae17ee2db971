"""How fast working time is added on a site, against the stock helpdesk's agreement with the same calendar.

Both sides run in one process, turn by turn, and must agree on the answer; the agreement is changed in memory only, and
its holidays are rolled back.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import frappe
from helpdesk.helpdesk.doctype.hd_service_level_agreement.hd_service_level_agreement import (
	HDServiceLevelAgreement,
)

from crm_support_ext.domain.business_calendar import BusinessCalendar, Holidays, days
from tests.harness.bench import SITE
from tests.perf import Row
from tests.perf.bench_calendar import HOLIDAYS, ZONE, agree, compared, faster, microseconds

TIMES_STOCK = 100
WORKING_DAYS = 20
START = datetime(2026, 4, 1, 11)
AGREEMENT, HOLIDAY_LIST = "HD Service Level Agreement", "HD Service Holiday List"


def measure() -> list[Row]:
	"""The rows of the table: with no holidays, and with the same ones."""
	frappe.init(SITE)
	frappe.connect()
	try:
		agreement = office_hours()
		return [
			against_stock(agreement, Holidays(), None),
			against_stock(agreement, HOLIDAYS, holiday_list()),
		]
	finally:
		frappe.db.rollback()
		frappe.destroy()


def office_hours() -> Any:
	"""The stock agreement with our week and 20 working days to resolve."""
	agreement = HDServiceLevelAgreement(AGREEMENT, frappe.db.get_value(AGREEMENT, {"default_sla": 1}))
	for row in agreement.support_and_resolution:
		row.start_time, row.end_time = timedelta(hours=9), timedelta(hours=17)
	agreement.priorities[0].resolution_time = WORKING_DAYS * 8 * 3600
	return agreement


def holiday_list() -> str:
	"""The holidays of a year as the stock helpdesk keeps them."""
	holidays = [{"holiday_date": day, "description": "Bench"} for day in sorted(HOLIDAYS.of_year(START.year))]
	return (
		frappe.get_doc(
			{
				"doctype": HOLIDAY_LIST,
				"holiday_list_name": "Bench",
				"from_date": f"{START.year}-01-01",
				"to_date": f"{START.year}-12-31",
				"holidays": holidays,
			}
		)
		.insert()
		.name
	)


def against_stock(agreement: Any, holidays: Holidays, name: str | None) -> Row:
	"""20 working days added by both."""
	calendar, span = BusinessCalendar(ZoneInfo(ZONE), holidays=holidays), days(WORKING_DAYS)
	start = START.replace(tzinfo=calendar.zone).astimezone(timezone.utc)  # as the store gives it
	agreement.holiday_list = name
	priority = agreement.priorities[0].priority
	theirs = partial(agreement.calc_time, START, priority, "resolution_time")
	agree(calendar.add(start, span), theirs().replace(tzinfo=calendar.zone))
	ours, stock = compared(partial(calendar.add, start, span), theirs)
	return Row(
		f"{WORKING_DAYS} working days added{' over holidays' if name else ''}",
		faster(ours, stock, TIMES_STOCK),
		microseconds(stock),
	)
