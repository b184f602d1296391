"""The settings of a Dagster instance, and what keeps its record of runs true."""
