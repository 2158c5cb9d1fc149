"""Publishes to an exchange, each message confirmed, what it reads: a line for each, with key and body in base64."""

import base64
import sys

import pika


def main():
    host, port, exchange = sys.argv[1:]
    connection = pika.BlockingConnection(pika.ConnectionParameters(host=host, port=int(port)))
    channel = connection.channel()
    channel.confirm_delivery()
    for line in sys.stdin:
        key, body = (base64.b64decode(word) for word in line.rstrip("\n").split(" "))
        # Raises when it is not confirmed, or when no queue gets it.
        channel.basic_publish(exchange, key.decode(), body, pika.BasicProperties(delivery_mode=2), mandatory=True)
    connection.close()


main()
