"""A stand-in for an SMS gateway: a web server of this process that keeps what it is asked to send."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import frappe

SECRET = "the-key-of-the-gateway"


class Gateway:
	"""What it was asked to send, oldest first; ``status`` is what it answers."""

	def __init__(self) -> None:
		self.sent: list[tuple[str, str]] = []
		self.status = 200
		self.url = ""

	def take(self, number: str, text: str) -> int:
		"""Take one message; the answer's status."""
		self.sent.append((number, text))
		return self.status


@contextmanager
def gateway() -> Iterator[Gateway]:
	"""A gateway that runs meanwhile and stands in the site's SMS Settings."""
	taken = Gateway()

	class Handler(BaseHTTPRequestHandler):
		def do_POST(self) -> None:
			form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
			status = taken.take(form["to"][0], form["text"][0])
			self.send_response(status)
			self.end_headers()

		def log_message(self, *_: object) -> None:
			"""Nobody reads it."""

	server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
	thread = threading.Thread(target=server.serve_forever, daemon=True)
	thread.start()
	taken.url = f"http://127.0.0.1:{server.server_port}/send?key={SECRET}"
	try:
		use(taken.url)
		yield taken
	finally:
		server.shutdown()
		server.server_close()
		thread.join()


def use(url: str | None) -> None:
	"""Let the site send its SMS here; None: nowhere."""
	values = {"sms_gateway_url": url, "message_parameter": "text", "receiver_parameter": "to", "use_post": 1}
	for field, value in values.items():
		frappe.db.set_single_value("SMS Settings", field, value)
	frappe.clear_document_cache("SMS Settings", "SMS Settings")
