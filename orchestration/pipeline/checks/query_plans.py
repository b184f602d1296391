"""The check that no query reads a big table in full for a few of its rows."""

from collections.abc import Iterator

import dagster as dg

from orchestration.core.dbt import compiled_models
from orchestration.pipeline.assets import rollup
from orchestration.pipeline.events_asset import EVENTS
from orchestration.pipeline.instance import POOL
from orchestration.pipeline.run_database import one_instant
from orchestration.trust.explain.context import models_explained
from orchestration.trust.explain.explained import Explained, by_mend, explained

NAME = "no_full_scans"
_DESCRIPTION = """
Each query of runs, answers and analysts, as `fast-dau explain` lists them, is served by
its index on this database, within its bound on pages read.
"""


@dg.multi_asset_check(
    specs=[
        dg.AssetCheckSpec(
            NAME,
            asset=EVENTS.key,
            # Not before the run's tables are there.
            additional_deps=[rollup],
            description=_DESCRIPTION.strip(),
        )
    ],
    name=NAME,
    pool=POOL,
)
def no_full_scans() -> Iterator[dg.AssetCheckResult]:
    """Explain every query, and pass where all keep their promise."""
    with one_instant() as (connection, variables):
        models = compiled_models(models_explained(), "{}", variables)
        every = list(explained(connection, models, runs_full_passes=False))
    broken = [one for one in every if one.findings]
    metadata: dict[str, dg.MetadataValue | int] = {
        "queries": len(every),
        "queries_not_served": len(broken),
    }
    if broken:
        metadata["to_mend"] = dg.MetadataValue.md(in_markdown(broken))
    yield dg.AssetCheckResult(passed=not broken, metadata=metadata)
    # Who is mailed about failed runs is to know of it.
    if broken:
        raise dg.Failure(
            f"Queries not served by their indexes: {len(broken)}; see {NAME}.",
            allow_retries=False,
        )


def in_markdown(broken: list[Explained]) -> str:
    """Say what is wrong with which queries, and the SQL that mends it."""
    lines = []
    for mend, texts in by_mend(broken).items():
        lines += [f"- {text}: {', '.join(names)}" for text, names in texts.items()]
        lines += ["", "```sql", mend, "```", ""]
    return "\n".join(lines)
