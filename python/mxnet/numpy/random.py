"""Random numbers: counter-based, the same on any number of threads."""
