"""OpenLineage: which objects of the lake each stage read and made, told where somebody listens.

Nothing is told unless OpenLineage's own variables name a transport (OPENLINEAGE_URL,
OPENLINEAGE_CONFIG or OPENLINEAGE__TRANSPORT__...). What is told are keys of the lake and no
content; a listener that fails is logged, and never fails a month.
"""

import functools
import logging
import os
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

from recount import published
from recount.collecting import imported
from recount.lake import Lake
from recount.month import Month
from recount.project import made_by

_LOG = logging.getLogger(__name__)
_SWITCHES = ("OPENLINEAGE_URL", "OPENLINEAGE_CONFIG", "OPENLINEAGE__TRANSPORT")
_Rest = ParamSpec("_Rest")
_Result = TypeVar("_Result")
Stage = Callable[Concatenate[Month, _Rest], _Result]
# What a stage read and made, by keys of the lake; it is asked after the stage has ended.
Datasets = Callable[..., tuple[Iterable[str], Iterable[str]]]


def told(datasets: Datasets) -> Callable[[Stage[_Rest, _Result]], Stage[_Rest, _Result]]:
    """Tell of each run of a stage; `datasets` gets its result, the month and what else it got."""

    def decorate(stage: Stage[_Rest, _Result]) -> Stage[_Rest, _Result]:
        @functools.wraps(stage)
        def run(month: Month, /, *args: _Rest.args, **kwargs: _Rest.kwargs) -> _Result:
            if not is_wanted():
                return stage(month, *args, **kwargs)
            telling = _Telling(f"{month.contract_name}.{stage.__name__}", month.lake)
            telling.tell("START")
            try:
                result = stage(month, *args, **kwargs)
            except BaseException:
                telling.tell("FAIL")
                raise
            telling.tell("COMPLETE", lambda: datasets(result, month, *args))
            return result

        return run

    return decorate


def is_wanted() -> bool:
    """Say whether a transport is named."""
    return any(name.startswith(_SWITCHES) and value for name, value in os.environ.items())


class _Telling:
    """The events of one run of a stage."""

    def __init__(self, job: str, lake: Lake) -> None:
        self._job, self._lake = job, lake
        self._run_id: str | None = None
        self._is_heard = True

    def tell(
        self, state: str, datasets: Callable[[], tuple[Iterable[str], Iterable[str]]] | None = None
    ) -> None:
        if not self._is_heard:
            return  # the client has tried several times already
        try:
            reads, writes = datasets() if datasets else ((), ())
            self._emit(state, reads, writes)
        except Exception as problem:
            self._is_heard = False
            # the text of it may hold an address or a token
            _LOG.warning("OpenLineage was not told %s of %s: %s", state, self._job, type(problem))

    def _emit(self, state: str, reads: Iterable[str], writes: Iterable[str]) -> None:
        events = imported("openlineage.client.event_v2")
        if self._run_id is None:
            self._run_id = str(imported("openlineage.client.uuid").generate_new_uuid())
        namespace = self._lake.place.uri
        event = events.RunEvent(
            eventType=getattr(events.RunState, state),
            # when it was told, which no statement depends on
            eventTime=datetime.now(UTC).isoformat(),
            run=events.Run(runId=self._run_id),
            job=events.Job(namespace="recount", name=self._job),
            producer=f"urn:recount:{made_by()['version']}",
            inputs=[events.InputDataset(namespace=namespace, name=key) for key in reads],
            outputs=[events.OutputDataset(namespace=namespace, name=key) for key in writes],
        )
        _client().emit(event)


@functools.cache
def _client() -> Any:
    return imported("openlineage.client").OpenLineageClient()


def of_marts(month: Month, manifest_key: str) -> list[str]:
    """Return the keys of the manifest of a month's marts, and of what it lists."""
    marts = published.read(month.lake, manifest_key)["marts"]
    return [manifest_key, *(each["key"] for each in marts.values())]
