"""Where things are: the checkout, the bench that lends its apps, and the Python environment made from the two."""

from __future__ import annotations

import hashlib
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOME = Path(os.environ.get("HARNESS_DIR") or ROOT / "build" / "bench").resolve()
SITES = HOME / "sites"
LOGS = HOME / "logs"
PYTHON = HOME / "env" / "bin" / "python"
SITE = "test.localhost"
LENT_APPS = ("frappe", "telephony", "helpdesk")
LEAKY = ("FRAPPE_", "SITES_PATH", "DEV_SERVER", "CI", "VIRTUAL_ENV", "PYTHONHOME", "MYSQL_")


class HarnessError(Exception):
	"""The harness cannot bring up what the tests need; the message says what and where to look."""


@dataclass(frozen=True)
class Bench:
	"""A bench on this machine. Read only."""

	path: Path

	@property
	def python(self) -> Path:
		"""The interpreter of the bench's environment."""
		return self.path / "env" / "bin" / "python"

	def fingerprint(self) -> str:
		"""Changes when another version of a lent app, or another Python, stands in the bench."""
		parts = [self.ask("import sys; print(sys.version)")]
		for app in LENT_APPS:
			source = self.path / "apps" / app
			head = subprocess.run(["git", "-C", source, "rev-parse", "HEAD"], capture_output=True, text=True)
			parts += [head.stdout, (source / app / "__init__.py").read_text()]
		return digest("\n".join(parts).encode())

	def ask(self, program: str) -> str:
		"""Let the bench's Python answer a question about itself."""
		answer = subprocess.run([self.python, "-c", program], capture_output=True, text=True, check=True)
		return answer.stdout.strip()


def find_bench() -> Bench | None:
	"""The bench at $BENCH or ~/frappe-bench, if one is there with Frappe and Helpdesk in it."""
	path = Path(os.environ.get("BENCH") or "~/frappe-bench").expanduser()
	needed = ("env/bin/python", "apps/frappe", "apps/helpdesk")
	return Bench(path.resolve()) if all((path / part).exists() for part in needed) else None


def digest(content: bytes) -> str:
	"""A short name for some content."""
	return hashlib.sha256(content).hexdigest()[:16]


def environ() -> dict[str, str]:
	"""The environment in which anything of the test site runs: this checkout first, nothing from elsewhere.

	CI is taken out because a Frappe worker that sees it sends no mail.
	"""
	kept = {key: value for key, value in os.environ.items() if not key.startswith(LEAKY)}
	path = f"{PYTHON.parent}{os.pathsep}{kept.get('PATH', os.defpath)}"
	ours = {"PYTHONPATH": str(ROOT), "HARNESS_DIR": str(HOME), "FRAPPE_BENCH_ROOT": str(HOME), "PATH": path}
	return kept | ours


def run(command: list[str | Path], log: str, *, timeout: int, cwd: Path = HOME) -> None:
	"""Run one command of the harness to its end, output to a log; a failure names that log."""
	LOGS.mkdir(parents=True, exist_ok=True)
	with (LOGS / log).open("w") as output:
		try:
			done = subprocess.run(
				command,
				cwd=cwd,
				env=environ(),
				stdin=subprocess.DEVNULL,
				stdout=output,
				stderr=subprocess.STDOUT,
				timeout=timeout,
			)
		except subprocess.TimeoutExpired as late:
			raise HarnessError(f"{log[:-4]} took more than {timeout} s, see {LOGS / log}") from late
	if done.returncode:
		last_words = "\n".join((LOGS / log).read_text(errors="replace").splitlines()[-20:])
		raise HarnessError(
			f"{log[:-4]} failed with exit code {done.returncode}, see {LOGS / log}:\n{last_words}"
		)


def make_environment(bench: Bench) -> None:
	"""A virtual environment that sees the bench's packages and holds what only the tests need."""
	stamp = HOME / "env" / "made-from"
	wanted = digest(
		(ROOT / "pyproject.toml").read_bytes() + str(bench.path).encode() + bench.ask(_VERSION).encode()
	)
	if stamp.exists() and stamp.read_text() == wanted:
		return
	HOME.mkdir(parents=True, exist_ok=True)
	base, packages = bench.ask(_ORIGIN).splitlines()
	run([base, "-m", "venv", "--clear", HOME / "env"], "venv.log", timeout=300)
	own_packages = next((HOME / "env" / "lib").glob("python3*/site-packages"))
	(own_packages / "bench.pth").write_text(f"import site; site.addsitedir({packages!r})\n")
	pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
	run([*pip, "-e", f"{ROOT}[test,site]"], "pip.log", timeout=1200)
	stamp.write_text(wanted)


_VERSION = "import sys; print(sys.version)"
_ORIGIN = "import sys, sysconfig; print(sys._base_executable); print(sysconfig.get_path('purelib'))"
