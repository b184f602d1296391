"""What is done to Dagster's instance before its services start.

`python -m orchestration.pipeline.instance.prepare SOCKET` for a code server at a socket
of its own; `--every-run` where no other services use the instance; neither: only the
pool.
"""

import json
import sys

from dagster import DagsterInstance, DagsterRunStatus, RunsFilter

from orchestration.pipeline.instance import POOL

_EVERY_RUN = "--every-run"
# The launcher's own: at which server a run was started.
SERVER_TAG = ".dagster/grpc_info"
_MESSAGE = "The code server that this run belonged to was killed, and the run with it."


def end_abandoned_runs(instance: DagsterInstance, socket: str | None) -> list[str]:
    """End the runs of the code server at this socket, which is not there; None: of any.

    Nobody is left to say so: they would count as running, and hold up the queue, until
    they exceed the maximum run time. They count as crashed, and are retried as such.
    Returns their ids.
    """
    statuses = [DagsterRunStatus.STARTED, DagsterRunStatus.CANCELING]
    abandoned = [
        run
        for run in instance.get_runs(RunsFilter(statuses=statuses))
        if socket is None
        or json.loads(run.tags.get(SERVER_TAG, "{}")).get("socket") == socket
    ]
    for run in abandoned:
        if run.status is DagsterRunStatus.CANCELING:
            instance.report_run_canceled(run, _MESSAGE)
        else:
            instance.report_run_failed(run, _MESSAGE)
    return [run.run_id for run in abandoned]


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
