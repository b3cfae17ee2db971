"""A log into a site: what is sent, in which order, and what is said when it does not work."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from crm_support_ext.replay import upload
from crm_support_ext.replay.cli import main
from tests.replay.desk import UTC, Desk

LOG = (
	"ticket,time,event,customer,minutes,item\n"
	"T2,2026-03-02T12:00,resolved,,,\n"
	"T1,2026-03-02T09:00:00.5+01:00,created,ACME,,\n"
	"T2,2026-03-02T10:00,created,,,\n"
	"T3,2026-03-02T11:00,created,,,\n"
	",2026-03-02T11:30,item_released,,,P1\n"
	"T1,2026-03-02T13:00,worked,,20,\n"
)


class FakeSite:
	"""A server that books rows once, and answers as it is told."""

	def __init__(self) -> None:
		self.calls: list[tuple[str, dict[str, Any]]] = []
		self.tokens: set[str | None] = set()
		self.booked: set[tuple[str, int]] = set()
		self.answers: list[tuple[int, Any]] = []
		site = self

		class Handler(BaseHTTPRequestHandler):
			def do_POST(self) -> None:
				body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
				site.tokens.add(self.headers["Authorization"])
				status, answer = site.answers.pop(0) if site.answers else (200, site.book(self.path, body))
				data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
				self.send_response(status)
				self.send_header("Content-Length", str(len(data)))
				self.end_headers()
				self.wfile.write(data)

			def log_message(self, *arguments: Any) -> None:
				pass

		self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
		self.url = f"http://127.0.0.1:{self.server.server_port}"
		threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

	def book(self, path: str, body: dict[str, Any]) -> Any:
		self.calls.append((path.rpartition(".")[2], body))
		new = {(body["log"], event["row"]) for event in body.get("events", [])} - self.booked
		self.booked |= new
		return {
			"message": {"played": len(new), "skipped": len(body.get("events", [])) - len(new), "refused": []}
		}

	@property
	def events(self) -> list[dict[str, Any]]:
		return [event for _, body in self.calls for event in body.get("events", [])]


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSite]:
	monkeypatch.setattr(upload, "_PAUSES", (0.0, 0.0))
	fake = FakeSite()
	yield fake
	fake.server.shutdown()
	fake.server.server_close()


def send(desk: Desk, site: FakeSite, *more: str, log: str = LOG, policy: str = UTC, map: str = "") -> int:
	to = ["--to", site.url + "/", "--key", "k", "--secret", "s"]
	return main(["replay", *desk.arguments(log, policy, map), *to, *more])


def test_the_rows_go_in_order_of_time_with_what_they_say(desk: Desk, site: FakeSite, capsys) -> None:
	assert send(desk, site, policy=UTC + "[lifecycle]\nclose_after_hours = 72\n") == 0
	assert [method for method, _ in site.calls] == ["book", "finish"]
	assert site.tokens == {"token k:s"}
	assert site.events == [
		{"row": 3, "ticket": "T1", "at": "2026-03-02T08:00:00.500000+00:00", "event": "created", "customer": "ACME"},
		{"row": 4, "ticket": "T2", "at": "2026-03-02T10:00:00+00:00", "event": "created"},
		{"row": 5, "ticket": "T3", "at": "2026-03-02T11:00:00+00:00", "event": "created"},
		{"row": 6, "ticket": "", "at": "2026-03-02T11:30:00+00:00", "event": "item_released", "item": "P1"},
		{"row": 2, "ticket": "T2", "at": "2026-03-02T12:00:00+00:00", "event": "resolved"},
		{"row": 7, "ticket": "T1", "at": "2026-03-02T13:00:00+00:00", "event": "worked", "minutes": "20"},
	]  # fmt: skip
	timing = {
		"survey_after_hours": 24, "close_after_hours": 72, "survey_share": 100, "survey_contact_days": 14,
	}  # fmt: skip
	log = hashlib.sha256(LOG.encode()).hexdigest()[:16]
	assert all(body["timing"] == timing and body["log"] == log for _, body in site.calls)
	assert site.calls[-1][1]["until"] == "2026-03-02T13:00:00+00:00"
	assert capsys.readouterr().out == "6 rows played, 0 there already, 0 refused.\n"


def test_what_targets_depend_on_goes_along_and_a_time_agreed_with_its_offset(
	desk: Desk, site: FakeSite
) -> None:
	log = (
		"ticket,time,event,tier,date,party,chosen_by_customer\n"
		"T1,2026-03-02T09:00,created,I,,,\n"
		"T1,2026-03-02T10:00,tier_set,By agreement,,,\n"
		"T1,2026-03-02T11:00,agreed,,2026-03-05,,\n"
		"T1,2026-03-02T12:00,agreed,,2026-03-05T12:00,,\n"
		"T1,2026-03-02T13:00,escalated,,,hosting,1\n"
		"T1,2026-03-02T14:00,returned,,,hosting,\n"
		"T1,2026-03-02T15:00,workaround_given,,,,\n"
	)
	assert send(desk, site, log=log, policy='timezone = "Europe/Amsterdam"\n') == 0
	said = [{key: event[key] for key in event if key not in ("row", "ticket", "at")} for event in site.events]
	assert said == [
		{"event": "created", "tier": "I"},
		{"event": "tier_set", "tier": "By agreement"},
		{"event": "agreed", "date": "2026-03-05"},
		{"event": "agreed", "date": "2026-03-05T11:00:00+00:00"},
		{"event": "escalated", "party": "hosting", "chosen_by_customer": "1"},
		{"event": "returned", "party": "hosting"},
		{"event": "workaround_given"},
	]


def test_it_goes_in_batches_and_can_be_started_again(desk: Desk, site: FakeSite, monkeypatch, capsys) -> None:
	monkeypatch.setattr(upload, "BATCH", 4)
	site.answers = [(200, {"message": {"played": 4}}), (500, {"exception": "it broke"})]
	assert send(desk, site) == 2
	assert send(desk, site) == 0
	assert send(desk, site) == 0
	assert [len(body.get("events", [])) for _, body in site.calls] == [4, 2, 0, 4, 2, 0]
	assert capsys.readouterr().out.splitlines()[-1] == "0 rows played, 6 there already, 0 refused."


def test_a_limit_takes_the_first_tickets_in_time(desk: Desk, site: FakeSite) -> None:
	assert send(desk, site, "--limit", "2") == 0
	assert [event["row"] for event in site.events] == [3, 4, 6, 2, 7]


def test_until_ends_it(desk: Desk, site: FakeSite) -> None:
	assert send(desk, site, "--until", "2026-03-02T11:00") == 0
	assert [event["row"] for event in site.events] == [3, 4, 5]
	assert site.calls[-1][1]["until"] == "2026-03-02T11:00:00+00:00"


def test_a_map_is_applied_before_also_where_it_hangs_on_the_status(desk: Desk, site: FakeSite) -> None:
	log = (
		"ticket,time,event\nT1,2026-03-02T09:00,start\nT1,2026-03-02T10:00,done\nT1,2026-03-09T10:00,start\n"
	)
	map = '[events]\ndone = "resolved"\nstart = { event = "taken_up", in_closed = "reopened" }\n'
	assert send(desk, site, log=log, map=map) == 0
	assert [event["event"] for event in site.events] == ["taken_up", "resolved", "reopened"]


def test_bad_input_sends_nothing(desk: Desk, site: FakeSite) -> None:
	assert send(desk, site, log=LOG + "T1,x,created,,,\n") == 2
	assert site.calls == []


@pytest.mark.parametrize(
	("status", "answer", "said"),
	[
		(403, {"_server_messages": json.dumps([json.dumps({"message": "Not permitted"})])}, "answered 403: Not permitted"),
		(417, {"exception": "ValidationError:\n no such event"}, "answered 417: ValidationError: no such event"),
		(417, {"_server_messages": json.dumps([json.dumps({"message": "<b>T1</b> &amp; T2"})])}, "answered 417: T1 & T2\n"),
		(404, b"<html>", "answered 404: Not Found"),
		(401, [], "answered 401: Unauthorized"),
		(200, b"<html>", "is not that of a site with this app"),
		(200, {"other": 1}, "is not that of a site with this app"),
	],
)  # fmt: skip
def test_what_the_site_says_is_said_in_one_line(desk, site, capsys, status, answer, said) -> None:
	site.answers = [(status, answer)]
	assert send(desk, site) == 2
	err = capsys.readouterr().err
	assert said in err and err.count("\n") == 1


def test_a_site_that_is_busy_is_tried_again(desk: Desk, site: FakeSite) -> None:
	site.answers = [(503, b""), (502, b"")]
	assert send(desk, site) == 0
	assert len(site.events) == 6


def test_a_site_that_is_not_there(desk: Desk, site: FakeSite, capsys) -> None:
	site.server.shutdown()
	site.server.server_close()
	assert send(desk, site) == 1
	err = capsys.readouterr().err
	assert "cannot be reached" in err and err.count("\n") == 1


def test_an_empty_log_calls_nobody(desk: Desk, site: FakeSite) -> None:
	assert send(desk, site, log="ticket,time,event\n") == 0
	assert site.calls == []


def test_work_that_a_map_assumes_is_no_history_and_is_not_sent(desk: Desk, site: FakeSite) -> None:
	map = (
		'[events]\ncreated = "created"\nresolved = { event = "resolved", worked = { minutes = "30" } }\n'
		'item_released = "item_released"\nworked = "worked"\n'
	)
	assert send(desk, site, map=map) == 0
	assert [(event["row"], event["event"]) for event in site.events if "minutes" in event] == [(7, "worked")]
	assert len({event["row"] for event in site.events}) == len(site.events) == 6
