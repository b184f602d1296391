"""The settings of a Dagster instance, and what keeps its record of runs true."""

# Runs of the rollup take turns; the instance holds all but one of them in its queue.
POOL = "rollup"
