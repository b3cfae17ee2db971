"""A desk on paper: logs written in a few lines, played through the command line."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crm_support_ext.replay.cli import main

UTC = 'timezone = "UTC"\n'


@dataclass
class Desk:
	"""Files in a directory of their own. ``errors`` is what the last run said, by line."""

	root: Path
	errors: list[str] = field(default_factory=list)

	def write(self, name: str, content: str | bytes) -> str:
		"""Write a file and answer its path."""
		path = self.root / name
		path.write_bytes(content if isinstance(content, bytes) else content.encode())
		return str(path)

	def arguments(
		self, log: str | bytes, policy: str = UTC, map: str = "", name: str = "log.csv"
	) -> list[str]:
		"""The arguments that play this log by this policy and this map."""
		arguments = [self.write(name, log), "--policy", self.write("policy.toml", policy)]
		return [*arguments, "--map", self.write("map.toml", map)] if map else arguments

	def play(
		self, log: str | bytes, *more: str, policy: str = UTC, map: str = "", name: str = "log.csv"
	) -> Any:
		"""The answer to a log."""
		out = self.root / "answer.json"
		code = main(["replay", *self.arguments(log, policy, map, name), "--json", str(out), *more])
		assert code == 0
		return json.loads(out.read_text("utf-8"))


def history(ticket: Any) -> list[tuple[str, str, str]]:
	"""The record of a ticket: when, into which status, by what."""
	return [(line["at"], line["to"], line["cause"]) for line in ticket["history"]]
