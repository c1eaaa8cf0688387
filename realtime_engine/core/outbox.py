"""Where every part of a session puts what goes out, in order."""

from __future__ import annotations

from realtime_api.dialect import Dialect
from realtime_api.server_events import ServerEvent
from realtime_engine.core.outputs import Output, SendEvent, StartJob
from realtime_engine.core.ports import Job, NewId


class Outbox:
    """Collects outputs; translates server events into the session's dialect."""

    def __init__(self, dialect: Dialect, new_id: NewId) -> None:
        self.dialect = dialect
        self.new_id = new_id
        self._outputs: list[Output] = []

    def emit(self, event: ServerEvent) -> None:
        """Send an event, if the dialect has it."""
        wire = event.to_wire(self.dialect, self.new_id("event"))
        if wire is not None:
            self._outputs.append(SendEvent(wire))

    def start(self, job: Job) -> None:
        """Hand out a job, or a message to a running one."""
        self._outputs.append(StartJob(job))

    def put(self, output: Output) -> None:
        """Hand out anything else."""
        self._outputs.append(output)

    def take(self) -> list[Output]:
        """All outputs since the last call."""
        outputs, self._outputs = self._outputs, []
        return outputs
