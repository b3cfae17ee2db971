"""From "a bench was found" to "the tests can start", in the order in which things need each other."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from dataclasses import dataclass

from tests.harness import services, site
from tests.harness.bench import HOME, Bench, environ, make_environment


@dataclass(frozen=True)
class Stage:
	"""A test site that is up."""

	web_port: int
	queue_port: int

	@property
	def url(self) -> str:
		"""Where the site answers once its web server runs."""
		return f"http://127.0.0.1:{self.web_port}"

	@property
	def environ(self) -> dict[str, str]:
		"""The environment for tests on this site."""
		return environ() | {"SITE_URL": self.url}

	def processes(self) -> list[services.Service]:
		"""A web server, and a worker that finds an empty queue: a test's rolled-back rows leave jobs behind."""
		services.empty_redis(self.queue_port)
		return [services.web(self.web_port), services.worker()]


@contextlib.contextmanager
def staged(bench: Bench, *, fresh: bool = False) -> Iterator[Stage]:
	"""A site that is up and fits the checkout; its services stop at the end unless they ran before."""
	HOME.mkdir(parents=True, exist_ok=True)
	with alone():
		say("its Python environment")
		make_environment(bench)
		say("its database and Redis")
		with services.core_running() as ports:
			yield prepare(bench, ports, fresh=fresh)


def prepare(bench: Bench, ports: dict[str, int], *, fresh: bool = False) -> Stage:
	"""The sites directory and the site, once database and Redis run."""
	web_port = services.free_port()
	site.make_sites_directory(bench, ports, web_port)
	say("the site itself (some minutes if it must be made anew)")
	say(f"the site is {site.make_site(bench, fresh=fresh)}")
	return Stage(web_port, ports["redis_queue"])


@contextlib.contextmanager
def alone() -> Iterator[None]:
	"""Hold the harness directory: two runs on one site would see each other's rows."""
	with (HOME / "lock").open("w") as lock:
		try:
			fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
		except BlockingIOError:
			say("waiting for another run in this directory to end (HARNESS_DIR=… gives you one of your own)")
			fcntl.flock(lock, fcntl.LOCK_EX)
		yield


def say(what: str) -> None:
	"""One line of progress."""
	print(f"[test site] {what}", flush=True)
