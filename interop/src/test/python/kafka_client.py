"""What applications do with kafka-python: kafka_client.py ADDRESS COMMAND ARGUMENTS. Records are printed as partition,
offset and digest."""

import base64
import hashlib
import sys

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, NewPartitions, NewTopic


def produce(address, topic, *compressions):
    """Publishes lines of key and value in base64, the same share in each compression; prints the offsets."""
    lines = sys.stdin.readlines()
    share = -(-len(lines) // len(compressions))
    for index, compression in enumerate(compressions):
        producer = KafkaProducer(
            bootstrap_servers=address,
            acks="all",
            linger_ms=20,
            compression_type=None if compression == "none" else compression,
        )
        futures = []
        for line in lines[index * share : (index + 1) * share]:
            key, value = (base64.b64decode(part) for part in line.split(" "))
            futures.append(producer.send(topic, key=key, value=value))
        producer.flush()
        for future in futures:
            print(future.get().offset)
        producer.close()


def read(address, topic):
    """Assigns all partitions and reads each from the start to its end."""
    consumer = KafkaConsumer(bootstrap_servers=address, enable_auto_commit=False, check_crcs=True)
    partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic)]
    consumer.assign(partitions)
    consumer.seek_to_beginning()
    remaining = sum(consumer.end_offsets(partitions).values())
    while remaining > 0:
        for records in consumer.poll(timeout_ms=100).values():
            for record in records:
                show(record)
                remaining -= 1
    consumer.close(autocommit=False)


def group(address, topic, group_id, count):
    """Reads so many records as a member of a group, commits and leaves."""
    consumer = KafkaConsumer(
        topic,
        bootstrap_servers=address,
        group_id=group_id,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        max_poll_records=50,
    )
    printed = 0
    while printed < int(count):
        for records in consumer.poll(timeout_ms=100).values():
            for record in records:
                show(record)
                printed += 1
        consumer.commit()
    consumer.close(autocommit=False)


def times(address, topic, *timestamps):
    """Prints, for each time, the first record of partition 0 that is not older."""
    consumer = KafkaConsumer(bootstrap_servers=address)
    partition = TopicPartition(topic, 0)
    for timestamp in timestamps:
        found = consumer.offsets_for_times({partition: int(timestamp)})[partition]
        print("none" if found is None else "%d %d" % (found.offset, found.timestamp))
    consumer.close()


def topics(address, topic):
    """Creates a topic, gives it partitions and a setting, and deletes it; prints what is seen of it on the way."""
    admin = KafkaAdminClient(bootstrap_servers=address)
    admin.create_topics([NewTopic(topic, 2, 1, topic_configs={"retention.ms": "3600000"})])
    print("listed", topic in admin.list_topics())
    admin.create_partitions({topic: NewPartitions(3)})
    print("partitions", len(admin.describe_topics([topic])[0]["partitions"]))
    print("retention.ms", retention(admin, topic))
    admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, configs={"retention.ms": "7200000"})])
    print("retention.ms", retention(admin, topic))
    admin.delete_topics([topic])
    print("listed", topic in admin.list_topics())
    admin.close()


def retention(admin, topic):
    wanted = ConfigResource(ConfigResourceType.TOPIC, topic, configs={"retention.ms": None})
    responses = admin.describe_configs([wanted])
    (_, _, _, _, entries) = responses[0].resources[0]
    return {entry[0]: entry[1] for entry in entries}["retention.ms"]


def groups(address, group_id):
    """Prints what is known of a group that has committed offsets and no members; deletes it."""
    admin = KafkaAdminClient(bootstrap_servers=address)
    print("listed", group_id in [listed[0] for listed in admin.list_consumer_groups()])
    description = admin.describe_consumer_groups([group_id])[0]
    print("state", description.state, "members", len(description.members))
    for partition, offset in sorted(admin.list_consumer_group_offsets(group_id).items()):
        print(partition.topic, partition.partition, offset.offset)
    print("deleted", [error.__name__ for _, error in admin.delete_consumer_groups([group_id])])
    admin.close()


def show(record):
    digest = hashlib.sha256(record.key + b"\0" + record.value).hexdigest()
    print(record.partition, record.offset, digest, flush=True)


commands = {
    "produce": produce,
    "read": read,
    "group": group,
    "times": times,
    "topics": topics,
    "groups": groups,
}
commands[sys.argv[2]](sys.argv[1], *sys.argv[3:])
