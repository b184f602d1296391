"""Other ways to the same counts, each at its best, and checked against ours."""
