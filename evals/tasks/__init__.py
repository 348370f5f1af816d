"""Scorers, one file per subject. Each is ``(case, output, sources) -> Score | None``; None: does not apply."""
