// Reads the only log of a topic from the start to its end, as the only member of a group; prints offset and digest of
// each record.
const { Kafka, logLevel } = require('kafkajs')
const { digest, end } = require('./records')

const [address, topic] = process.argv.slice(2)

async function read() {
  const kafka = new Kafka({ brokers: [address], logLevel: logLevel.ERROR })
  const admin = kafka.admin()
  await admin.connect()
  const [{ high }] = await admin.fetchTopicOffsets(topic)
  await admin.disconnect()
  if (high === '0') return

  const consumer = kafka.consumer({ groupId: `readers-${process.pid}` })
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  const lines = []
  await new Promise((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error))
    consumer
      .run({
        eachBatch: async ({ batch }) => {
          for (const message of batch.messages) lines.push(`${message.offset} ${digest(message)}\n`)
          if (BigInt(lines.length) >= BigInt(high)) resolve()
        },
      })
      .catch(reject)
  })
  await consumer.disconnect()
  process.stdout.write(lines.join(''))
}

read().catch(end)
