"""The evaluation suite: cases, scorers, statistics, runs, reports, peers. Imports bot and knowledge, never the reverse."""
