import { createServer } from 'node:net';
import { Aedes } from 'aedes';

// The baseline, a process of its own: a broker with its defaults that keeps nothing and only
// acknowledges. Says on which port; asked anything, says what it has used. Where it is given a
// phone, it passes a smoke detector's messages on, at once and without any care.

const [phone] = process.argv.slice(2);

const broker = await Aedes.createBroker();
const server = createServer((socket) => {
  socket.setNoDelay(true);
  broker.handle(socket);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' && address ? address.port : 0);
});

if (phone !== undefined) {
  broker.on('publish', ({ topic }) => {
    const [, id = ''] = /\/(smoke-detector-\d+)\/up$/.exec(topic) ?? [];
    if (id === '') return;
    const body = JSON.stringify({ event: 'raised', device: { id } });
    void fetch(phone, { method: 'POST', body }).then((response) => response.body?.cancel());
  });
}

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ memory: process.memoryUsage.rss(), cpu: (user + system) / 1e6 });
});
// the bench has gone: nothing is left to do
process.on('disconnect', () => process.exit(0));
