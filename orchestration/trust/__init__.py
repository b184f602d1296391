"""Whether the numbers are right, what a run would do, and how a person is erased."""
