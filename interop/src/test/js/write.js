// Publishes to a topic, by kafkajs's own idempotent producer, compressed, what it reads: a line for each record, with key
// and value in base64.
const { createInterface } = require('readline')
const { CompressionTypes, Kafka, logLevel } = require('kafkajs')

const [address, topic] = process.argv.slice(2)

async function write() {
  const kafka = new Kafka({ brokers: [address], logLevel: logLevel.ERROR })
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  await producer.connect()
  let messages = []
  const send = async () => {
    await producer.send({ topic, compression: CompressionTypes.GZIP, messages })
    messages = []
  }
  for await (const line of createInterface({ input: process.stdin })) {
    const [key, value] = line.split(' ').map(text => Buffer.from(text, 'base64'))
    messages.push({ key, value })
    if (messages.length === 100) await send()
  }
  if (messages.length > 0) await send()
  await producer.disconnect()
}

write().catch(failure => {
  console.error(failure)
  process.exit(1)
})
