"""A Celery application; its broker is in the environment."""

import os
import time

from celery import Celery
from kombu import Exchange, Queue

app = Celery("interop", broker=os.environ["CELERY_BROKER_URL"], backend="rpc://")
app.conf.update(
    task_acks_late=True,
    task_default_queue="celery-tasks",
    task_queues=[
        Queue("celery-tasks", Exchange("celery-tasks"), "celery-tasks", queue_arguments={"x-max-priority": 10}),
    ],
    worker_prefetch_multiplier=1,
    task_queue_max_priority=10,
    broker_connection_retry_on_startup=True,
    result_expires=60,
    timezone="UTC",
)


@app.task
def add(first, second):
    return first + second


@app.task(bind=True, max_retries=3)
def flaky(self):
    """Works the third time."""
    if self.request.retries < 2:
        raise self.retry(countdown=0.1)
    return "after %d retries" % self.request.retries


@app.task
def fail():
    raise ValueError("always")


@app.task
def now():
    return time.time()


@app.task(priority=9)
def urgent():
    return "urgent"


@app.task
def slow(seconds):
    time.sleep(seconds)
    return "slow"
