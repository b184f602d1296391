"""A small Apache Spark cluster of this machine's own, to try things and for tests."""
