import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Aedes } from 'aedes';

/** A broker that is not the gateway's, as far as the gateway can tell. */
export interface OtherBroker {
  port: number;
  /** Goes away and comes back on the same port, its sessions kept. */
  restart(between?: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

/** A TCP server that knows its connections, so that it can end them. */
function endable(accept: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
    accept(socket);
  });
  const end = async () => {
    const closed = once(server.close(), 'close');
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return { server, sockets, end };
}

export async function startAedes(refuse: string[] = []): Promise<OtherBroker> {
  const broker = await Aedes.createBroker({
    authenticate: (_client, username, _password, done) => {
      done(null, username === undefined || username === 'gateway');
    },
    authorizeSubscribe: (_client, subscription, done) => {
      done(null, refuse.includes(subscription.topic) ? null : subscription);
    },
  });
  const { server, end } = endable((socket) => broker.handle(socket));
  const port = await listen(server, 0);
  return {
    port,
    async restart(between) {
      await end();
      await between?.();
      await listen(server, port);
    },
    async stop() {
      await end();
      await new Promise<void>((resolve) => broker.close(resolve));
    },
  };
}

/** Whether a real mosquitto can be started here. */
export const hasMosquitto = (() => {
  try {
    execFileSync('mosquitto', ['-h'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    // `-h` answers with status 3 in some versions; only a missing program counts.
    return !(error instanceof Error && 'code' in error && error.code === 'ENOENT');
  }
})();

export async function startMosquitto(): Promise<OtherBroker> {
  const folder = mkdtempSync(join(tmpdir(), 'mosquitto-'));
  const free = createServer();
  const port = await listen(free, 0);
  await once(free.close(), 'close');
  const config = join(folder, 'mosquitto.conf');
  writeFileSync(
    config,
    [
      `listener ${port} 127.0.0.1`,
      'allow_anonymous true',
      'persistence true',
      `persistence_location ${folder}/`,
      // Started as root it would change to a user that may not write here.
      'user root',
    ].join('\n'),
  );
  let child: ChildProcess;
  const up = async () => {
    child = spawn('mosquitto', ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'] });
    if (!child.stderr) throw new Error('no output to wait for');
    for await (const line of createInterface(child.stderr)) {
      if (line.includes('running')) break;
    }
  };
  const down = async () => {
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  };
  await up();
  // A test that times out does not come to its end.
  const abandon = () => child.kill();
  process.once('exit', abandon);
  return {
    port,
    async restart(between) {
      await down();
      await between?.();
      await up();
    },
    async stop() {
      process.off('exit', abandon);
      await down();
      rmSync(folder, { recursive: true });
    },
  };
}

/** MQTT packet types as they stand in a packet's first byte. */
export const CONNECT = 1;
export const PUBACK = 4;
export const SUBSCRIBE = 8;
export const PINGREQ = 12;

/**
 * A cable between the gateway and its broker: counts what the gateway sends, and can be cut.
 * `port` is where the gateway connects to.
 */
export async function startTap(target: number) {
  const sent: number[] = [];
  const { server, sockets, end } = endable((socket) => {
    const broker = connect(target, '127.0.0.1');
    broker.on('error', () => {});
    broker.on('close', () => socket.destroy());
    socket.on('close', () => broker.destroy());
    broker.pipe(socket);
    let rest = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      broker.write(chunk);
      rest = Buffer.concat([rest, chunk]);
      // The gateway's packets are short, but for a CONNECT or SUBSCRIBE of two length bytes.
      for (let length = size(rest); length !== undefined && length <= rest.length; ) {
        sent.push((rest[0] ?? 0) >> 4);
        rest = rest.subarray(length);
        length = size(rest);
      }
    });
  });
  const port = await listen(server, 0);
  return {
    port,
    url: `mqtt://127.0.0.1:${port}`,
    count: (type: number) => sent.filter((other) => other === type).length,
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
    end,
  };
}

function size(bytes: Buffer): number | undefined {
  const [, low, high] = bytes;
  if (low === undefined) return undefined;
  if (low < 128) return 2 + low;
  return high === undefined ? undefined : 3 + (low & 127) + high * 128;
}
