"""The rollup in Dagster: assets, jobs, schedules, checks, and what a run says.

One module per noun. What they do is in plain functions, which know nothing of Dagster
where that is possible; `orchestration.definitions` puts them together.
"""
