// Reads the only log of a topic from the start to its end; prints offset and digest of each record.
//
// kafkajs has no consumer without a group: its consumer always joins one. Until groups are served, this takes the parts
// that the consumer itself fetches with.
const { createHash } = require('crypto')
const { Kafka, logLevel } = require('kafkajs')
const Cluster = require('kafkajs/src/cluster')
const createSocketFactory = require('kafkajs/src/network/socketFactory')
const { createLogger, LEVELS } = require('kafkajs/src/loggers')
const LoggerConsole = require('kafkajs/src/loggers/console')

const [address, topic] = process.argv.slice(2)

function digest({ key, value }) {
  const hash = createHash('sha256')
  if (key !== null) hash.update(key)
  return hash.update(Buffer.from([0])).update(value).digest('hex')
}

async function end() {
  const kafka = new Kafka({ brokers: [address], logLevel: logLevel.ERROR })
  const admin = kafka.admin()
  await admin.connect()
  const [partition] = await admin.fetchTopicOffsets(topic)
  await admin.disconnect()
  return BigInt(partition.high)
}

async function read() {
  const high = await end()
  const cluster = new Cluster({
    brokers: [address],
    clientId: 'mainstem-interop',
    logger: createLogger({ level: LEVELS.ERROR, logCreator: LoggerConsole }),
    socketFactory: createSocketFactory(),
    connectionTimeout: 5000,
    requestTimeout: 30000,
    metadataMaxAge: 300000,
    retry: {},
    allowAutoTopicCreation: false,
  })
  await cluster.connect()
  await cluster.addTargetTopic(topic)
  const leaders = cluster.findLeaderForPartitions(topic, [0])
  const broker = await cluster.findBroker({ nodeId: Object.keys(leaders)[0] })
  let offset = 0n
  const lines = []
  while (offset < high) {
    const { responses } = await broker.fetch({
      isolationLevel: 0,
      maxWaitTime: 500,
      topics: [{ topic, partitions: [{ partition: 0, fetchOffset: offset.toString(), maxBytes: 1 << 20 }] }],
    })
    for (const message of responses[0].partitions[0].messages) {
      // A batch comes whole, also when the fetch begins inside of it.
      if (BigInt(message.offset) >= offset) {
        lines.push(`${message.offset} ${digest(message)}\n`)
        offset = BigInt(message.offset) + 1n
      }
    }
  }
  await cluster.disconnect()
  process.stdout.write(lines.join(''))
}

read().catch(failure => {
  console.error(failure)
  process.exit(1)
})
