"""Run the command line in this process, as its entry point does: errors become one message and an exit code."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from typer.testing import CliRunner

from bot.surfaces import cli


@dataclass(frozen=True)
class Ran:
    """Exit code and what was written."""

    code: int
    out: str
    err: str

    @property
    def message(self) -> str:
        """What went to the error stream, in one line."""
        return "".join(self.err.split("\n"))


class Terminal:
    """``run("ask", "…")``: the typed command with its guard."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def run(self, *arguments: str, typed: str = "") -> Ran:
        result = CliRunner().invoke(cli.app, list(arguments), input=typed)
        if result.exception is None or isinstance(result.exception, SystemExit):
            return Ran(result.exit_code, result.stdout, result.stderr)
        problem = result.exception

        def again() -> None:
            raise problem

        self._capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.guard(again)
        written = self._capsys.readouterr()
        return Ran(int(str(ended.value.code)), result.stdout + written.out, result.stderr + written.err)
