'use strict';
// What applications do with amqplib: amqplib.js HOST:PORT. Prints what is seen.

const amqp = require('amqplib');

async function refusal(connection, attempt) {
  const channel = await connection.createChannel();
  channel.on('error', () => {});
  try {
    await attempt(channel);
    return 'nothing';
  } catch (error) {
    return `${error.code} ${error.message.replace(/^.*?"(.*)".*$/s, '$1')}`;
  }
}

async function main() {
  const connection = await amqp.connect(`amqp://guest:guest@${process.argv[2]}`);
  const channel = await connection.createConfirmChannel();
  const { queue } = await channel.assertQueue('', { exclusive: true });
  await channel.assertExchange('amqplib', 'topic', { durable: true });
  await channel.bindQueue(queue, 'amqplib', 'orders.*');
  for (let number = 0; number < 20; number++) {
    channel.publish('amqplib', 'orders.new', Buffer.from(`order ${number}`), {
      persistent: true,
      headers: { number, nested: { list: [1, 'two', false] } },
      messageId: `id-${number}`,
      timestamp: 1234567890,
    });
  }
  await channel.waitForConfirms();
  console.log('confirmed', (await channel.checkQueue(queue)).messageCount);

  await channel.prefetch(5);
  const bodies = [];
  await new Promise((resolve) => {
    channel.consume(queue, (message) => {
      const number = message.properties.headers.number;
      if (number === 7 && !message.fields.redelivered) {
        channel.nack(message);
        return;
      }
      bodies.push(message.content.toString());
      channel.ack(message);
      if (bodies.length === 20) {
        console.log('properties', message.properties.messageId, message.properties.timestamp,
          JSON.stringify(message.properties.headers.nested));
        resolve();
      }
    });
  });
  console.log('received', new Set(bodies).size);

  const returned = new Promise((resolve) => channel.once('return', resolve));
  channel.publish('amqplib', 'nobody', Buffer.from('back'), { mandatory: true });
  const message = await returned;
  console.log('returned', message.fields.replyCode, message.fields.replyText, message.content.toString());

  // a request and its reply
  const client = await connection.createChannel();
  const reply = new Promise((resolve) =>
    client.consume('amq.rabbitmq.reply-to', (answer) => resolve(answer), { noAck: true }));
  const server = await connection.createChannel();
  await server.assertQueue('amqplib-requests', { autoDelete: true, durable: false });
  await server.consume('amqplib-requests', (request) => {
    server.sendToQueue(request.properties.replyTo, Buffer.from(request.content.toString().toUpperCase()), {
      correlationId: request.properties.correlationId,
    });
    server.ack(request);
  });
  client.sendToQueue('amqplib-requests', Buffer.from('please'), {
    replyTo: 'amq.rabbitmq.reply-to',
    correlationId: '42',
  });
  const answer = await reply;
  console.log('reply', answer.properties.correlationId, answer.content.toString());

  console.log('refused', await refusal(connection, (other) => other.checkQueue('amqplib-none')));
  console.log('refused', await refusal(connection, (other) =>
    other.assertExchange('amqplib', 'fanout', { durable: true })));
  console.log('got', await channel.get(queue, {}));
  await channel.deleteExchange('amqplib');
  await connection.close();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
