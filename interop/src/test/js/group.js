// Reads so many records as a member of a group, commits them and leaves; prints partition, offset and digest of each.
const { Kafka, logLevel } = require('kafkajs')
const { digest, end } = require('./records')

const [address, topic, groupId, count] = process.argv.slice(2)

async function read() {
  const kafka = new Kafka({ brokers: [address], logLevel: logLevel.ERROR })
  const consumer = kafka.consumer({ groupId, rebalanceTimeout: 10000 })
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  let printed = 0
  await new Promise((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error))
    consumer
      .run({
        autoCommit: false,
        eachMessage: async ({ partition, message }) => {
          if (printed === Number(count)) return
          printed++
          process.stdout.write(`${partition} ${message.offset} ${digest(message)}\n`)
          const offset = (BigInt(message.offset) + 1n).toString()
          // one at a time would be slow, and the last is what counts
          if (printed === Number(count)) await consumer.commitOffsets([{ topic, partition, offset }])
          if (printed === Number(count)) resolve()
        },
      })
      .catch(reject)
  })
  await consumer.disconnect()
}

read().catch(end)
