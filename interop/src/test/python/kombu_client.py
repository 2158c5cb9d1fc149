"""What applications do with kombu: kombu_client.py URL. Prints what is seen."""

import socket
import sys

from kombu import Connection, Consumer, Exchange, Producer, Queue
from kombu.pools import producers


def main():
    with Connection(sys.argv[1], heartbeat=10) as connection:
        simple = connection.SimpleQueue("kombu-simple")
        simple.put({"hello": ["world", 1, None]}, serializer="json", compression="zlib")
        message = simple.get(timeout=10)
        print("simple", message.payload, message.content_type)
        message.ack()
        print("empty", simple.qsize())
        simple.close()

        media = Exchange("kombu-media", "topic", durable=True)
        video = Queue("kombu-video", media, "video.#", durable=True, max_length=100, message_ttl=60)
        audio = Queue("kombu-audio", media, "audio.*", durable=True, expires=60, max_priority=5)
        received = []

        def handle(body, message):
            received.append((message.delivery_info["routing_key"], body))
            message.ack()

        with producers[connection].acquire(block=True) as producer:
            for key in ("video.new", "audio.new", "video.a.b", "text"):
                producer.publish({"key": key}, exchange=media, routing_key=key, declare=[media, video, audio], retry=True)
        with connection.Consumer([video, audio], callbacks=[handle], prefetch_count=2):
            while len(received) < 3:
                connection.drain_events(timeout=10)
            try:
                connection.drain_events(timeout=0.2)
            except socket.timeout:
                print("no more")
        print("received", sorted(key for key, _ in received), all(body == {"key": key} for key, body in received))

        channel = connection.channel()
        producer = Producer(channel, on_return=lambda *returned: print("returned", returned[1]))
        confirming = Connection(sys.argv[1], transport_options={"confirm_publish": True})
        confirmed = Producer(confirming.channel())
        confirmed.publish("confirmed", routing_key="kombu-video")
        print("confirmed", video(channel).get(no_ack=True).body)
        confirming.release()
        for queue in (video, audio):
            queue(channel).delete()
        Queue("kombu-simple", channel=channel).delete()
        media(channel).delete()


main()
