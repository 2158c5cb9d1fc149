// Administers a topic that is there and a group that has committed offsets in it; prints what is seen on the way.
const { ConfigResourceTypes, Kafka, logLevel } = require('kafkajs')
const { end } = require('./records')

const [address, topic, groupId] = process.argv.slice(2)

async function administer() {
  const kafka = new Kafka({ brokers: [address], logLevel: logLevel.ERROR })
  const admin = kafka.admin()
  await admin.connect()
  const say = (...words) => console.log(words.join(' '))

  const { brokers } = await admin.describeCluster()
  say('nodes', brokers.length)
  say('created', await admin.createTopics({ topics: [{ topic: 'created', numPartitions: 2 }] }))
  await admin.createPartitions({ topicPartitions: [{ topic: 'created', count: 3 }] })
  const metadata = await admin.fetchTopicMetadata({ topics: ['created'] })
  say('partitions', metadata.topics[0].partitions.length)
  const resource = { type: ConfigResourceTypes.TOPIC, name: 'created' }
  await admin.alterConfigs({
    resources: [{ ...resource, configEntries: [{ name: 'cleanup.policy', value: 'compact' }] }],
  })
  const { resources } = await admin.describeConfigs({ resources: [{ ...resource, configNames: ['cleanup.policy'] }] })
  say('cleanup.policy', resources[0].configEntries[0].configValue)
  await admin.deleteTopics({ topics: ['created'] })
  say('listed', (await admin.listTopics()).includes('created'))

  const { groups } = await admin.listGroups()
  say('groups', groups.map(group => group.groupId))
  const descriptions = await admin.describeGroups([groupId])
  say('state', descriptions.groups[0].state)
  const offset = async () => (await admin.fetchOffsets({ groupId, topics: [topic] }))[0].partitions[0].offset
  say('committed', await offset())
  await admin.resetOffsets({ groupId, topic, earliest: true })
  say('reset', await offset())
  await admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: '7' }] })
  say('set', await offset())
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '5' }] })
  say('low', (await admin.fetchTopicOffsets(topic))[0].low)
  await admin.deleteGroups([groupId])
  say('groups', (await admin.listGroups()).groups.length)
  await admin.disconnect()
}

administer().catch(end)
