"""Housekeeping of the jobs themselves."""

from procrastinate.contrib.django import app


@app.periodic(cron="* * * * *")
@app.task(name="outbox.retry_cut_off_jobs", queueing_lock="outbox.retry_cut_off_jobs")
async def retry_cut_off_jobs(timestamp: int) -> None:
    """Put the jobs of a worker that was killed back in the queue."""
    for job in await app.job_manager.get_stalled_jobs():
        await app.job_manager.retry_job(job)
