"""Rules, use cases and the replay run where no framework is."""

import subprocess
import sys

import pytest

from tests.harness.bench import ROOT

FREE = ("domain", "services", "replay", "store/memory.py", "store/memory_ledger.py", "constants.py")
PROGRAM = """
import importlib, sys

class Blocked:
	def find_spec(self, name, path=None, target=None):
		if name.split(".")[0] in ("frappe", "helpdesk", "telephony"):
			raise ImportError(f"{name} is blocked")

sys.meta_path.insert(0, Blocked())
for name in sys.argv[1:]:
	importlib.import_module(name)
"""


def modules_in(part: str) -> list[str]:
	"""The dotted names of all modules of one part of the app."""
	base = ROOT / "crm_support_ext" / part
	files = [base] if base.suffix else sorted(base.rglob("*.py"))
	parts = (file.relative_to(ROOT).with_suffix("").parts for file in files)
	return [".".join(name[:-1] if name[-1] == "__init__" else name) for name in parts]


@pytest.mark.parametrize("part", FREE)
def test_imports_with_the_framework_blocked(part):
	names = modules_in(part)
	done = subprocess.run(
		[sys.executable, "-c", PROGRAM, *names],
		cwd=ROOT,
		capture_output=True,
		text=True,
		stdin=subprocess.DEVNULL,
	)

	assert names
	assert done.returncode == 0, done.stderr


def test_the_package_itself_imports_nothing():
	program = (
		"import sys; before = set(sys.modules); import crm_support_ext; print(*(set(sys.modules) - before))"
	)
	done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)

	assert done.stdout.split() == ["crm_support_ext"]
