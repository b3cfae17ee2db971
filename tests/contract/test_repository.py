"""The repository is of no particular machine, and says one thing about itself everywhere."""

import re
import subprocess

import pytest

import crm_support_ext
from tests.harness.bench import ROOT

# Written in pieces, so that this file does not contain what it looks for.
MACHINE_PATH = re.compile("|".join(f"(?<![\\w.:}}~])/{home}/\\w" for home in ("root", "work", "home")))
REGISTRIES = (
	"pypi" + ".org",
	"python" + "hosted.org",
	"npm" + "js.org",
	"npm" + "js.com",
	"yarn" + "pkg.com",
)


def tracked_files() -> list[str]:
	"""The text files that git knows."""
	listing = subprocess.run(["git", "-C", ROOT, "grep", "-Il", ""], capture_output=True, text=True)
	return [name for name in listing.stdout.splitlines() if (ROOT / name).is_file()]


def test_no_file_names_a_place_on_one_machine_or_a_registry():
	if not (ROOT / ".git").exists():
		pytest.skip("not a git checkout")
	offenders = []
	for name in tracked_files():
		for number, line in enumerate((ROOT / name).read_text(errors="replace").splitlines(), 1):
			if MACHINE_PATH.search(line) or any(registry in line for registry in REGISTRIES):
				offenders.append(f"{name}:{number}: {line.strip()[:100]}")

	assert tracked_files()
	assert offenders == []


def test_one_version():
	assert re.fullmatch(r"\d+\.\d+\.\d+", crm_support_ext.__version__)
	assert 'version = { attr = "crm_support_ext.__version__" }' in (ROOT / "pyproject.toml").read_text()
