"""Watching a job: all of its news, each once, and a sign of life in silence."""

import threading

from fakes import FakeClock
from harness import House
from house.jobs.test_jobs import EVERYTHING, PATIENCE
from metarr.bell import Bell
from metarr.jobs.watch import JobWatch
from metarr.store.jobs import Job, JobState


def test_who_asks_for_everything_is_told_at_once_of_a_job_that_waits_for_its_start(
    home: House, clock: FakeClock
) -> None:
    job = home.services.jobs.submit(EVERYTHING)
    assert (job.state, job.sequence) == (JobState.QUEUED, 0)
    clock.auto = True
    with home.services.jobs.watch(job.id, 0, 10.0) as watch:
        told, news = watch.next()
        assert (told.id, told.state, news) == (job.id, JobState.QUEUED, True)
        assert clock.waits == []
        assert watch.next() == (job, False)
        assert clock.waits == [10.0]


def test_a_watcher_sees_every_progress_once_and_a_heartbeat_in_silence(home: House, clock: FakeClock) -> None:
    job = home.services.jobs.submit(EVERYTHING)
    with home.services.jobs.watch(job.id, -1, 10.0) as watch:
        told, news = watch.next()
        assert (told.id, news) == (job.id, True)
        heard: list[tuple[Job, bool]] = []
        thread = threading.Thread(target=lambda: heard.append(watch.next()))
        thread.start()
        clock.sleepers(1)
        clock.advance(10.1)
        thread.join(PATIENCE)
        assert [news for _, news in heard] == [False]
        home.services.jobs.cancel(job.id)
        told, news = watch.next()
        assert (told.state, news) == (JobState.CANCELLED, True)


def test_whom_a_restored_backup_set_back_is_told_everything_of_it(clock: FakeClock) -> None:
    clock.auto = True
    told = [Job(created_at=clock.now(), id=7, sequence=sequence, state=state) for sequence, state in STORY]

    def look() -> Job:
        return told[0] if len(told) == 1 else told.pop(0)

    with JobWatch(Bell(), clock, look, after_sequence=500, heartbeat=10.0) as watch:
        assert [(job.sequence, news) for job, news in (watch.next() for _ in range(3))] == [
            (3, True),
            (4, True),
            (4, False),
        ]


STORY = [(3, JobState.RUNNING), (4, JobState.COMPLETE)]
