"""Answers: questions put to the rollup tables, and ways to show what they say."""
