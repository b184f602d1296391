"""Ends the record of runs that were killed with the code server they belonged to.

Nobody is left to say so: they would count as running, and hold up the queue, until they
exceed the maximum run time.
"""

import json

from dagster import DagsterInstance, DagsterRunStatus, RunsFilter

# The launcher's own: at which server a run was started.
SERVER_TAG = ".dagster/grpc_info"
_MESSAGE = "The code server that this run belonged to was killed, and the run with it."


def end_abandoned_runs(instance: DagsterInstance, socket: str | None) -> list[str]:
    """End the runs of the code server at this socket, which is not there; None: of any.

    They count as crashed, and are retried as such. Returns their ids.
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
