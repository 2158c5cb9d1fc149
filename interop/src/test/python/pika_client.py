"""What applications do with pika: pika_client.py HOST PORT COMMAND. Prints what is seen."""

import functools
import sys
import threading

import pika
import pika.exceptions


def connect(host, port, **more):
    return pika.BlockingConnection(pika.ConnectionParameters(host=host, port=int(port), **more))


def work(host, port):
    """A work queue: messages with properties, one of them rejected and one requeued, an answer with each."""
    connection = connect(host, port)
    channel = connection.channel()
    channel.queue_declare("pika-work", durable=True)
    answers = channel.queue_declare("", exclusive=True).method.queue
    channel.confirm_delivery()
    for number in range(10):
        channel.basic_publish(
            "",
            "pika-work",
            b"task %d" % number,
            pika.BasicProperties(
                content_type="text/plain",
                delivery_mode=2,
                correlation_id=str(number),
                reply_to=answers,
                headers={"number": number, "table": {"list": [1, "two", None, True]}},
            ),
        )
    channel.basic_qos(prefetch_count=3)
    done = []

    def handle(channel, method, properties, body):
        number = properties.headers["number"]
        assert properties.headers["table"] == {"list": [1, "two", None, True]}, properties.headers
        assert body == b"task %d" % number
        if number == 3:
            channel.basic_reject(method.delivery_tag, requeue=False)
        elif number == 5 and not method.redelivered:
            channel.basic_nack(method.delivery_tag, requeue=True)
            return
        else:
            channel.basic_publish("", properties.reply_to, body.upper(), pika.BasicProperties(
                correlation_id=properties.correlation_id))
            channel.basic_ack(method.delivery_tag)
        done.append(number)
        if len(done) == 10:
            channel.stop_consuming()

    channel.basic_consume("pika-work", handle)
    channel.start_consuming()
    print("done", sorted(done))
    replies = []
    for method, properties, body in channel.consume(answers, auto_ack=True, inactivity_timeout=10):
        replies.append((int(properties.correlation_id), body.decode()))
        if len(replies) == 9:
            break
    channel.cancel()
    print("replies", sorted(replies))
    print("left", channel.queue_declare("pika-work", passive=True).method.message_count)
    print("deleted", channel.queue_delete("pika-work").method.message_count)
    connection.close()


def routes(host, port):
    """Exchanges of each type, what is returned, and a transaction."""
    connection = connect(host, port)
    channel = connection.channel()
    channel.exchange_declare("pika-topic", "topic")
    channel.exchange_declare("pika-fanout", "fanout")
    channel.exchange_bind("pika-fanout", "pika-topic", "logs.#")
    queue = channel.queue_declare("", exclusive=True).method.queue
    channel.queue_bind(queue, "pika-fanout")
    channel.queue_bind(queue, "pika-topic", "*.error")
    channel.confirm_delivery()
    channel.basic_publish("pika-topic", "logs.error", b"one copy", mandatory=True)
    try:
        channel.basic_publish("pika-topic", "nothing", b"nobody", mandatory=True)
    except pika.exceptions.UnroutableError as error:
        print("returned", [(message.method.reply_code, message.body) for message in error.messages])
    method, _, body = channel.basic_get(queue, auto_ack=True)
    print("got", body, method.message_count)
    print("empty", channel.basic_get(queue))
    transaction = connection.channel()
    transaction.tx_select()
    transaction.basic_publish("pika-topic", "logs", b"rolled back")
    transaction.tx_rollback()
    transaction.basic_publish("pika-topic", "logs", b"committed")
    transaction.tx_commit()
    print("got", channel.basic_get(queue, auto_ack=True)[2])
    channel.exchange_delete("pika-topic")
    channel.exchange_delete("pika-fanout")
    connection.close()


def errors(host, port):
    """What goes wrong is an exception with its code."""
    connection = connect(host, port)
    for what, attempt in (
        ("not found", lambda channel: channel.queue_declare("pika-none", passive=True)),
        ("refused", lambda channel: channel.queue_declare("amq.mine")),
        ("unknown tag", lambda channel: (channel.basic_ack(77), channel.basic_get("pika-none"))),
    ):
        channel = connection.channel()
        try:
            attempt(channel)
        except pika.exceptions.ChannelClosedByBroker as error:
            print(what, error.reply_code, error.reply_text)
    try:
        connect(host, port, credentials=pika.PlainCredentials("guest", "wrong"))
    except pika.exceptions.ProbableAuthenticationError as error:
        print("wrong password", type(error).__name__)
    try:
        connect(host, port, virtual_host="nowhere")
    except pika.exceptions.ProbableAccessDeniedError as error:
        print("vhost", error)
    connection.close()


def threads(host, port):
    """The work is done in threads while the connection keeps its heartbeats."""
    connection = connect(host, port, heartbeat=2)
    channel = connection.channel()
    queue = channel.queue_declare("", exclusive=True).method.queue
    for number in range(20):
        channel.basic_publish("", queue, b"%d" % number)
    channel.basic_qos(prefetch_count=5)
    finished = []

    def settle(tag):
        channel.basic_ack(tag)
        finished.append(tag)
        if len(finished) == 20:
            channel.stop_consuming()

    def handle(channel, method, properties, body):
        threading.Thread(
            target=lambda: connection.add_callback_threadsafe(functools.partial(settle, method.delivery_tag))
        ).start()

    channel.basic_consume(queue, handle)
    channel.start_consuming()
    print("settled", len(finished), "left", channel.queue_declare(queue, passive=True).method.message_count)
    connection.close()


def asynchronous(host, port):
    """Without blocking: a connection that consumes what it publishes, confirms included."""
    seen = {"confirmed": 0, "received": []}

    def opened(connection):
        connection.channel(on_open_callback=channel_opened)

    def channel_opened(channel):
        channel.confirm_delivery(lambda frame: confirmed(channel, frame.method))
        channel.queue_declare("", exclusive=True, callback=lambda frame: declared(channel, frame.method.queue))

    def declared(channel, queue):
        channel.basic_consume(queue, received)
        for number in range(100):
            channel.basic_publish("", queue, b"%d" % number)

    def confirmed(channel, method):
        seen["confirmed"] = method.delivery_tag
        check(channel)

    def received(channel, method, properties, body):
        channel.basic_ack(method.delivery_tag)
        seen["received"].append(int(body))
        check(channel)

    def check(channel):
        if seen["confirmed"] == 100 and len(seen["received"]) == 100:
            channel.connection.close()

    connection = pika.SelectConnection(
        pika.ConnectionParameters(host=host, port=int(port)),
        on_open_callback=opened,
        on_close_callback=lambda connection, reason: connection.ioloop.stop(),
    )
    connection.ioloop.start()
    print("confirmed", seen["confirmed"], "in order", seen["received"] == list(range(100)))


globals()[sys.argv[3]](sys.argv[1], sys.argv[2])
