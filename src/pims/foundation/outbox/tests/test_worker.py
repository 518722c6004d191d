"""The worker starts, runs jobs beside the events, and stops cleanly when it is asked to."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from pims.foundation.outbox.dispatcher import Dispatcher
from pims.foundation.outbox.models import SubscriberCursor
from pims.foundation.outbox.records import EventRecord
from pims.foundation.outbox.subscribers import Subscriber
from pims.foundation.outbox.tasks import retry_cut_off_jobs
from pims.foundation.outbox.tests.conftest import Feed


@pytest.fixture
def worker(feed: Feed, monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[bytes]]:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(p for p in sys.path if p))
    SubscriberCursor.objects.all().delete()
    process = subprocess.Popen([sys.executable, "-m", "pims.cli.worker"])
    yield process
    process.kill()
    process.wait()


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_worker_runs_jobs_and_stops_when_asked(worker: subprocess.Popen[bytes]) -> None:
    job_id = retry_cut_off_jobs.defer(timestamp=0)
    wait_for(lambda: not ProcrastinateJob.objects.filter(pk=job_id).exists())
    assert worker.poll() is None
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(10) == 0


TICKING = """
import django; django.setup()
from procrastinate.contrib.django import app
from pims.foundation.outbox import worker

@app.periodic(cron="* * * * * *")
@app.task(name="tests.tick", queue="clock", queueing_lock="tests.tick")
def tick(timestamp):
    print("tick", flush=True)

raise SystemExit(worker.main())
"""


def test_what_the_clock_starts_goes_on_after_the_database_was_away(
    feed: Feed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(p for p in sys.path if p))
    out, log = tmp_path / "out", tmp_path / "log"

    def ticks() -> int:
        return out.read_text().count("tick")

    with out.open("w") as told, log.open("w") as logged:
        ticking = subprocess.Popen([sys.executable, "-c", TICKING], stdout=told, stderr=logged)
        try:
            wait_for(lambda: ticks() > 1)
            feed.lose_connection()
            seen = ticks()
            wait_for(lambda: ticks() > seen + 1)
            ticking.send_signal(signal.SIGTERM)
            assert ticking.wait(15) == 0
        finally:
            ticking.kill()
            ticking.wait()
    # It waits between two tries, and does not fill the disk with what it says about them.
    assert log.read_text().count("started again") < 20


def test_a_job_put_in_the_queue_by_a_failing_handler_is_never_run(feed: Feed) -> None:
    def defer_then_fail(event: EventRecord) -> None:
        retry_cut_off_jobs.defer(timestamp=event.position)
        if event.person_id == 2:
            raise RuntimeError

    before = set(ProcrastinateJob.objects.values_list("pk", flat=True))
    feed.put(1, 2)
    dispatcher = Dispatcher([Subscriber("jobs", ("custody.*",), defer_then_fail)])
    while dispatcher.round():
        pass
    made = ProcrastinateJob.objects.exclude(pk__in=before)
    assert [job.args for job in made] == [{"timestamp": 1}]
