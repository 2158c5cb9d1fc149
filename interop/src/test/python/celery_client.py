"""Sends tasks to a Celery worker, and prints what comes back."""

import time

from celery import chain, group
from celery.exceptions import TaskRevokedError

import celery_tasks as tasks

DEADLINE = 30


def main():
    print("pong", list(tasks.app.control.ping(timeout=10, limit=1)[0].values()))
    print("sum", tasks.add.delay(2, 3).get(timeout=DEADLINE))
    print("retried", tasks.flaky.delay().get(timeout=DEADLINE))
    failing = tasks.fail.delay()
    print("failed", repr(failing.get(timeout=DEADLINE, propagate=False)), failing.state)
    sent = time.time()
    later = tasks.now.apply_async(countdown=1).get(timeout=DEADLINE)
    print("not before its time", later - sent >= 1)
    print("group", sorted(group(tasks.add.s(number, number) for number in range(20))().get(timeout=DEADLINE)))
    print("chain", chain(tasks.add.s(1, 2), tasks.add.s(10), tasks.add.s(100))().get(timeout=DEADLINE))
    print("urgent", tasks.urgent.apply_async().get(timeout=DEADLINE))
    revoked = tasks.add.apply_async((1, 1), countdown=1)
    tasks.app.control.revoke(revoked.id)
    try:
        print("revoked", revoked.get(timeout=DEADLINE))
    except TaskRevokedError as error:
        print("revoked", error)
    print("queues", [queue["name"] for queue in list(tasks.app.control.inspect(timeout=10, limit=1).active_queues().values())[0]])
    tasks.app.control.shutdown()


main()
