"""Explains every pattern on one database, and judges its plan."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from orchestration.core.connection import Connection
from orchestration.trust.explain.catalog import Catalog
from orchestration.trust.explain.context import Context
from orchestration.trust.explain.judgement import Finding, findings
from orchestration.trust.explain.patterns import Pattern, pattern_names, read_pattern
from orchestration.trust.explain.query_plans import Plan, explain


@dataclass(frozen=True)
class Explained:
    """A pattern, its plan, and what the plan does not keep of the promise."""

    pattern: Pattern
    plan: Plan
    findings: list[Finding]

    @property
    def indexes(self) -> list[str]:
        """Return the names of the indexes used, each once."""
        names = (index.name for scan in self.plan.scans for index in scan.indexes)
        return list(dict.fromkeys(names))


def explained(
    connection: Connection, models: Mapping[str, str], *, runs_full_passes: bool
) -> Iterator[Explained]:
    """Yield each pattern, run with `explain analyze`, in the order of their names.

    `models`: the compiled SQL of context.models_explained. Patterns that read all
    events are only planned, unless `runs_full_passes`. Raises UserError where there is
    no rollup yet.
    """
    context = Context(connection, models)
    catalog = Catalog(connection, context.tables)
    names = context.names()
    for name in pattern_names():
        pattern = read_pattern(name, names)
        run = runs_full_passes or not pattern.is_full_pass
        plan = explain(connection, pattern.query, context.values, run=run)
        yield Explained(pattern, plan, findings(pattern, plan, catalog))


def by_mend(every: Iterable[Explained]) -> dict[str, dict[str, list[str]]]:
    """Return what mends a plan, and by it what it mends in which patterns."""
    found: dict[str, dict[str, list[str]]] = {}
    for one in every:
        for finding in one.findings:
            texts = found.setdefault(finding.mend, {})
            texts.setdefault(finding.text, []).append(one.pattern.name)
    return found
