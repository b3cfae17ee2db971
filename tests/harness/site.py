"""The test site: its sites directory, its making, and its keeping up with the code of this checkout."""

from __future__ import annotations

import json
import os
import shlex
import shutil
from pathlib import Path

from tests.harness.bench import HOME, LENT_APPS, PYTHON, ROOT, SITE, SITES, Bench, digest, environ, run
from tests.harness.services import DATABASE, DATABASE_PASSWORD

ADMIN_PASSWORD = "admin-of-the-test-site"
APP = "crm_support_ext"
SET_UP = ROOT / "tests" / "harness" / "set_up_site.py"
MADE_FROM = DATABASE / "site-made-from.json"
# Layers of the app whose code never changes what is in the database.
NO_MIGRATION = {
	"domain",
	"services",
	"store",
	"replay",
	"handlers",
	"overrides",
	"api",
	"tasks",
	"__pycache__",
}
FRAPPE: list[str | Path] = [PYTHON, "-m", "frappe.utils.bench_helper", "frappe"]


def make_sites_directory(bench: Bench, ports: dict[str, int], web_port: int) -> None:
	"""Everything in the sites directory that is not the site; written anew at every start since ports change."""
	for directory in (SITES / "assets", HOME / "logs", HOME / "config" / "pids"):
		directory.mkdir(parents=True, exist_ok=True)
	link(HOME / "apps", bench.path / "apps")
	for asset in (bench.path / "sites" / "assets").iterdir():
		link(SITES / "assets" / asset.name, asset)
	link(SITES / "assets" / APP, ROOT / APP / "public")
	(SITES / "apps.txt").write_text("\n".join((*LENT_APPS, APP)) + "\n")
	for app in LENT_APPS[1:]:
		# Frappe looks a required app up on the internet unless something of that name is in the sites directory.
		(SITES / app).touch()
	config = {
		"db_host": "127.0.0.1",
		"db_port": ports["mariadb"],
		"redis_cache": f"redis://127.0.0.1:{ports['redis_cache']}",
		"redis_queue": f"redis://127.0.0.1:{ports['redis_queue']}",
		"redis_socketio": f"redis://127.0.0.1:{ports['redis_cache']}",
		"webserver_port": web_port,
		"host_name": f"http://127.0.0.1:{web_port}",
		"throttle_user_limit": 100000,
		"max_queued_jobs": 100000,
		"developer_mode": 0,
		"default_site": SITE,
	}
	if os.geteuid() == 0:
		config["frappe_user"] = "root"
	(SITES / "common_site_config.json").write_text(json.dumps(config, indent="\t"))


def link(place: Path, target: Path) -> None:
	"""Let a symbolic link stand at this place, whatever stood there."""
	if place.is_symlink() or place.exists():
		place.unlink()
	place.symlink_to(target)


def make_site(bench: Bench, *, fresh: bool) -> str:
	"""Make the site, or bring the one that is there up to date. Says what it did."""
	wanted = {"bench": bench.fingerprint() + digest(SET_UP.read_bytes()), "app": fingerprint()}
	found = json.loads(MADE_FROM.read_text()) if MADE_FROM.exists() else {}
	if fresh or not (SITES / SITE / "site_config.json").exists() or found.get("bench") != wanted["bench"]:
		shutil.rmtree(SITES / SITE, ignore_errors=True)
		run([*FRAPPE, "new-site", SITE, *new_site_options()], "new-site.log", timeout=1800, cwd=SITES)
		run(
			[PYTHON, ROOT / "tests" / "harness" / "set_up_site.py"], "set-up-site.log", timeout=300, cwd=SITES
		)
		outcome = "made anew"
	elif found["app"] != wanted["app"]:
		MADE_FROM.unlink()
		run([*FRAPPE, "--site", SITE, "migrate"], "migrate.log", timeout=1200, cwd=SITES)
		outcome = "migrated to the code of this checkout"
	else:
		return "up to date"
	MADE_FROM.write_text(json.dumps(wanted))
	return outcome


def new_site_options() -> list[str | Path]:
	"""What `new-site` must be told to ask nothing."""
	options = ["--force", "--db-name", "test_site", "--db-password", DATABASE_PASSWORD]
	options += ["--mariadb-user-host-login-scope", "%"]
	options += ["--db-root-username", "root", "--db-root-password", DATABASE_PASSWORD]
	options += ["--admin-password", ADMIN_PASSWORD]
	return [*options, *(part for app in (*LENT_APPS[1:], APP) for part in ("--install-app", app))]


def fingerprint() -> str:
	"""Changes when a file of the app changes that a migration may have to act upon."""
	files = (
		path
		for path in sorted((ROOT / APP).rglob("*"))
		if path.is_file() and not NO_MIGRATION.intersection(path.relative_to(ROOT / APP).parts)
	)
	return digest(b"".join(str(path.relative_to(ROOT)).encode() + path.read_bytes() for path in files))


def shell_lines() -> str:
	"""Shell lines after which `python -m frappe.utils.bench_helper frappe …` works on the test site."""
	own = {key: value for key, value in environ().items() if os.environ.get(key) != value}
	return "\n".join(
		[f"export {key}={shlex.quote(value)}" for key, value in own.items()]
		+ [f"cd {shlex.quote(str(SITES))}"]
	)
