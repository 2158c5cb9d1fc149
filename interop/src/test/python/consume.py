"""Takes messages from a queue until it is killed, acknowledges them one by one, and prints what happens.

One event a line: its letter, the monotonic clock in nanoseconds, the digest of the message if there is one.
C connected, D delivered, R redelivered, A acknowledged, M a marker that was sent at this time is confirmed.
"""

import hashlib
import sys
import time

import pika
import pika.exceptions


def tell(letter, nanos, digest=""):
    sys.stdout.write(f"{letter} {nanos} {digest}\n")
    sys.stdout.flush()


def consume(host, port, queue, markers, marker_interval_millis, prefetch):
    connection = pika.BlockingConnection(pika.ConnectionParameters(host=host, port=port))
    tell("C", time.monotonic_ns())
    channel = connection.channel()
    channel.confirm_delivery()
    channel.basic_qos(prefetch_count=prefetch)
    interval_nanos = marker_interval_millis * 1_000_000
    last_marker = time.monotonic_ns()
    for method, _, body in channel.consume(queue, inactivity_timeout=marker_interval_millis / 1000):
        if method is not None:
            digest = hashlib.sha256(method.routing_key.encode() + b"\0" + body).hexdigest()
            tell("R" if method.redelivered else "D", time.monotonic_ns(), digest)
            channel.basic_ack(method.delivery_tag)
            tell("A", time.monotonic_ns(), digest)
        now = time.monotonic_ns()
        if now - last_marker >= interval_nanos:
            # Returns when it is confirmed.
            channel.basic_publish("", markers, b"marker", pika.BasicProperties(delivery_mode=2))
            tell("M", now)
            last_marker = now


def main():
    host, port, queue, markers, marker_interval_millis, prefetch = sys.argv[1:]
    while True:
        try:
            consume(host, int(port), queue, markers, int(marker_interval_millis), int(prefetch))
        except pika.exceptions.AMQPError as failure:
            # The broker has been killed; it comes back.
            print(repr(failure), file=sys.stderr, flush=True)
            time.sleep(0.02)


main()
