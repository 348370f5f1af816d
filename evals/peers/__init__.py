"""Common ways to do the same job, on the same cases, judged by the same scorers. See ``table.compare_peers``."""
