"""Who is hindered by another is done again, with the locks that it wanted first, and not for ever."""

from __future__ import annotations

import frappe
import pytest

from crm_support_ext.store import contention
from crm_support_ext.store.contention import TRIES, Busy, Overtaken, patiently, wanted


class Hindered:
	"""Work that the database undoes so often."""

	def __init__(self, times: int, *error) -> None:
		self.times, self.tried = times, []
		self.error = error or (frappe.QueryDeadlockError,)

	def __call__(self) -> str:
		self.lock("MC-1")
		self.tried.append("work")
		if self.tried.count("work") <= self.times:
			raise self.error[0](*self.error[1:])
		return "done"

	def lock(self, name: str) -> None:
		wanted(self.lock, name)
		self.tried.append(f"lock {name}")


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
	monkeypatch.setattr(contention, "_PAUSE", 0)


ERRORS = {
	"deadlock": (frappe.QueryDeadlockError,),
	"time is up": (frappe.QueryTimeoutError,),
	"changed since, as Frappe 15 says it": (Exception, 1020, "Record has changed since last read"),
}


@pytest.mark.parametrize("error", ERRORS)
def test_it_is_done_again_and_what_it_locked_comes_first_then(error):
	work = Hindered(2, *ERRORS[error])
	assert patiently(work) == "done"
	again = ["lock MC-1", "lock MC-1", "work"]
	assert work.tried == ["lock MC-1", "work", *again, *again]


def test_who_was_overtaken_decides_again_before_it_locks():
	work = Hindered(1, Overtaken)
	assert patiently(work) == "done"
	assert work.tried == ["lock MC-1", "work"] * 2


def test_what_was_written_before_it_was_undone_is_gone():
	def write() -> str:
		tries.append(1)
		frappe.get_doc({"doctype": "ToDo", "description": f"try {len(tries)}"}).insert()
		if len(tries) < 3:
			raise frappe.QueryDeadlockError
		return "done"

	tries: list[int] = []
	assert patiently(write) == "done"
	assert frappe.get_all("ToDo", {"description": ("like", "try %")}, pluck="description") == ["try 3"]


def test_who_is_hindered_all_the_time_reads_a_sentence():
	work = Hindered(TRIES)
	with pytest.raises(Busy, match="Others are changing the same all the time; nothing was saved"):
		patiently(work)
	assert work.tried.count("work") == TRIES


def test_a_refusal_is_no_hindrance():
	work = Hindered(1, frappe.ValidationError, "no")
	with pytest.raises(frappe.ValidationError, match="no"):
		patiently(work)
	assert work.tried.count("work") == 1
