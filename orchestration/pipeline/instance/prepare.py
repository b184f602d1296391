"""What is done to Dagster's instance before its services start.

`python -m orchestration.pipeline.instance.prepare SOCKET` for a code server at a socket
of its own; `--every-run` where no other services use the instance; neither: only the
pool.
"""

import sys

from dagster import DagsterInstance

from orchestration.pipeline.instance import POOL
from orchestration.pipeline.instance.abandoned import end_abandoned_runs

_EVERY_RUN = "--every-run"


def main(arguments: list[str]) -> None:
    """Limit the pool, and end the record of runs that were killed with their server."""
    with DagsterInstance.get() as instance:
        # The default limit of dagster.yaml reaches a pool only once a run has waited
        # for it: the first two runs of a new instance would be let in together.
        instance.event_log_storage.set_concurrency_slots(POOL, 1)
        for argument in arguments:
            socket = None if argument == _EVERY_RUN else argument
            for run_id in end_abandoned_runs(instance, socket):
                print(f"ended the record of the run {run_id}, which was killed")


if __name__ == "__main__":
    main(sys.argv[1:])
