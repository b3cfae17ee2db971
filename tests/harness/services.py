"""The processes around the site: each in its own process group, bound to 127.0.0.1, its output in a log.

The database and the two Redis can outlive a run (`python -m tests.harness up`); `running.json` remembers them. Whoever
starts services stops them again, also after Ctrl-C or a failure.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.harness.bench import HOME, LOGS, PYTHON, ROOT, SITES, HarnessError, environ, run

DATABASE = HOME / "mariadb"
DATABASE_PASSWORD = "root-of-the-test-database"
RUNNING = HOME / "running.json"


@dataclass
class Service:
	"""One process that listens on one port, or on none when it only works (a queue worker)."""

	name: str
	command: list[str | Path]
	port: int | None = None
	cwd: Path = HOME
	pid: int = 0

	def start(self) -> None:
		"""Start it and wait until it listens."""
		LOGS.mkdir(parents=True, exist_ok=True)
		with (LOGS / f"{self.name}.log").open("w") as log:
			process = subprocess.Popen(
				self.command,
				cwd=self.cwd,
				env=environ(),
				stdin=subprocess.DEVNULL,
				stdout=log,
				stderr=subprocess.STDOUT,
				start_new_session=True,
			)
		self.pid = process.pid
		deadline = time.monotonic() + 120
		while self.port and not is_listening(self.port):
			if process.poll() is not None or time.monotonic() > deadline:
				self.stop()
				raise HarnessError(f"{self.name} did not come up, see {LOGS / self.name}.log")
			time.sleep(0.1)

	def is_alive(self) -> bool:
		"""Whether the process is there and, if it has a port, answers on it."""
		return is_process(self.pid) and (self.port is None or is_listening(self.port))

	def stop(self) -> None:
		"""Stop it and whatever it started: first politely, after half a minute for good."""
		for sign, patience in ((signal.SIGTERM, 30), (signal.SIGKILL, 5)):
			if not is_process(self.pid):
				return
			os.killpg(self.pid, sign)
			deadline = time.monotonic() + patience
			while is_process(self.pid) and time.monotonic() < deadline:
				with contextlib.suppress(ChildProcessError):
					os.waitpid(self.pid, os.WNOHANG)
				time.sleep(0.05)


def is_process(pid: int) -> bool:
	"""Whether a process group with this leader is there."""
	try:
		return pid > 0 and os.getpgid(pid) == pid
	except ProcessLookupError:
		return False


def is_listening(port: int) -> bool:
	"""Whether something on this machine accepts a connection there."""
	with socket.socket() as probe:
		probe.settimeout(1)
		return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
	"""A port that nobody listens on."""
	with socket.socket() as probe:
		probe.bind(("127.0.0.1", 0))
		return probe.getsockname()[1]


def find_program(*names: str) -> str:
	"""The first of these programs on the machine."""
	path = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"))
	for name in names:
		if found := shutil.which(name, path=path):
			return found
	raise HarnessError(
		f"a bench is here but the program {' or '.join(names)} is not: install it to run the site tests"
	)


def database(port: int) -> Service:
	"""A MariaDB of our own. The socket's name is short because it is relative to the data directory."""
	as_user = ["--user=root"] if os.geteuid() == 0 else []
	if not (installed := DATABASE / "installed").exists():
		shutil.rmtree(DATABASE, ignore_errors=True)
		installer = find_program("mariadb-install-db", "mysql_install_db")
		options = [
			f"--datadir={DATABASE}",
			"--skip-test-db",
			"--auth-root-authentication-method=normal",
			*as_user,
		]
		run([installer, "--no-defaults", *options], "mariadb-install-db.log", timeout=300)
		installed.touch()
	password = HOME / "mariadb.sql"
	user = "'root'@'127.0.0.1'"
	password.write_text(
		f"CREATE USER IF NOT EXISTS {user};\n"
		f"ALTER USER {user} IDENTIFIED BY '{DATABASE_PASSWORD}';\n"
		f"GRANT ALL ON *.* TO {user} WITH GRANT OPTION;\n"
	)
	(temporary := HOME / "tmp").mkdir(exist_ok=True)  # a server that starts empties its own, not another's
	command = [
		find_program("mariadbd", "mysqld"),
		"--no-defaults",
		*as_user,
		f"--datadir={DATABASE}",
		f"--tmpdir={temporary}",
		f"--init-file={password}",
		f"--port={port}",
		"--bind-address=127.0.0.1",
		"--socket=mariadb.sock",
		f"--pid-file={DATABASE}/mariadb.pid",
		"--character-set-server=utf8mb4",
		"--collation-server=utf8mb4_unicode_ci",
		"--skip-name-resolve",
		"--skip-log-bin",
		"--innodb-flush-log-at-trx-commit=2",
		"--innodb-doublewrite=0",
		"--innodb-buffer-pool-size=256M",
		"--max-allowed-packet=64M",
	]
	return Service("mariadb", command, port)


def redis(name: str, port: int) -> Service:
	"""A Redis of our own that forgets everything when it stops."""
	options = [
		"--port",
		str(port),
		"--bind",
		"127.0.0.1",
		"--save",
		"",
		"--appendonly",
		"no",
		"--dir",
		str(HOME),
	]
	return Service(name, [find_program("redis-server", "valkey-server"), *options], port)


def empty_redis(port: int) -> None:
	"""Let a Redis forget everything."""
	with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
		connection.sendall(b"FLUSHALL\r\n")
		connection.recv(16)


def web(port: int) -> Service:
	"""The site on 127.0.0.1."""
	return Service("web", [PYTHON, ROOT / "tests" / "harness" / "web.py", str(port)], port, SITES)


def worker() -> Service:
	"""One worker for all queues."""
	command = [PYTHON, "-m", "frappe.utils.bench_helper", "frappe", "worker", "--queue", "short,default,long"]
	return Service("worker", command, cwd=SITES)


def scheduler() -> Service:
	"""The scheduler, for whoever wants to see jobs come by themselves (`serve --schedule`)."""
	return Service("scheduler", [PYTHON, "-m", "frappe.utils.bench_helper", "frappe", "schedule"], cwd=SITES)


def core() -> list[Service]:
	"""The database and both Redis, on free ports."""
	return [database(free_port()), redis("redis_cache", free_port()), redis("redis_queue", free_port())]


def start_all(services: list[Service]) -> list[Service]:
	"""Start these in order; if one does not come up, none stays."""
	try:
		for service in services:
			service.start()
	except BaseException:
		stop_all(services)
		raise
	return services


def stop_all(services: list[Service]) -> None:
	"""Stop those of these that run, last one first."""
	for service in reversed(services):
		service.stop()


@contextlib.contextmanager
def running(services: list[Service]) -> Iterator[list[Service]]:
	"""These services for as long as the block runs."""
	start_all(services)
	try:
		yield services
	finally:
		stop_all(services)


@contextlib.contextmanager
def core_running() -> Iterator[dict[str, int]]:
	"""The ports of the core services: of those that run already, which stay, or of new ones, which stop at the end.

	Services that a killed run left behind are taken over.
	"""
	services, is_ours = find_core()
	if not services:
		services, is_ours = start_all(core()), True
	if is_ours:
		remember(services, keep=False)
	try:
		yield ports_of(services)
	finally:
		if is_ours:
			stop_core(services)


def keep_core_running() -> dict[str, int]:
	"""Start the core services, or find them, and leave them running until `stop_core`."""
	services, _ = find_core()
	services = services or start_all(core())
	remember(services, keep=True)
	return ports_of(services)


def find_core() -> tuple[list[Service], bool]:
	"""Core services that run already, and whether nobody else wants them."""
	if not RUNNING.exists():
		return [], False
	state = json.loads(RUNNING.read_text())
	services = [Service(name, [], port, pid=pid) for name, (pid, port) in state["services"].items()]
	if all(service.is_alive() for service in services):
		return services, not state["keep"] and not is_running(state["owner"])
	stop_core([service for service in services if service.is_alive()])
	return [], False


def stop_core(services: list[Service]) -> None:
	"""Stop core services and forget them."""
	stop_all(services)
	RUNNING.unlink(missing_ok=True)


def remember(services: list[Service], *, keep: bool) -> None:
	"""Write down what runs, so that a later command finds it even if this one is killed."""
	entries = {service.name: (service.pid, service.port) for service in services}
	RUNNING.write_text(json.dumps({"keep": keep, "owner": os.getpid(), "services": entries}))


def ports_of(services: list[Service]) -> dict[str, int]:
	"""Where each service listens."""
	return {service.name: service.port for service in services if service.port}


def is_running(pid: int) -> bool:
	"""Whether a process of this number is there."""
	try:
		os.kill(pid, 0)
	except ProcessLookupError:
		return False
	return True
