import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadConfiguration } from '../../src/campus/load.ts';
import { Folder } from '../harness/folder.ts';
import { realProfiles } from '../harness/profiles.ts';

const ROOT = join(import.meta.dirname, '../..');
const FILES = ['docker-compose.yml', 'docker-compose.scale.yml'];
const folder = new Folder();
afterAll(() => folder[Symbol.dispose]());

const Compose = Type.Object({
  services: Type.Record(
    Type.String(),
    Type.Object({
      image: Type.Optional(Type.String()),
      build: Type.Optional(Type.Unknown()),
      extends: Type.Optional(Type.Unknown()),
      profiles: Type.Optional(Type.Array(Type.String())),
      mem_limit: Type.Optional(Type.String()),
      ports: Type.Optional(Type.Array(Type.String())),
      environment: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    }),
  ),
});

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const servicesOf = (file: string) =>
  Object.entries(Value.Parse(Compose, parse(read(file), { merge: true })).services);

/** Whether a program is there to check with. */
const has = (command: string, ...args: string[]): boolean =>
  spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/** A copy of what first-run.sh needs, run once. */
function firstRun(): string {
  const place = folder.file(`run-${readdirSync(folder.path).length}`);
  for (const name of ['docker', ...FILES])
    cpSync(join(ROOT, name), join(place, name), { recursive: true });
  execFileSync('sh', ['docker/first-run.sh'], { cwd: place, stdio: 'pipe' });
  return place;
}

const secretsOf = (place: string): Map<string, string> => {
  const lines = readFileSync(join(place, '.env'), 'utf8').trim().split('\n');
  return new Map(lines.map((line) => [line.replace(/=.*/, ''), line.replace(/^[^=]*=/, '')]));
};

describe('first-run.sh', () => {
  const place = firstRun();

  test('makes secrets that only the owner can read, others each time', () => {
    expect(statSync(join(place, '.env')).mode & 0o777).toBe(0o600);
    const [one, other] = [secretsOf(place), secretsOf(firstRun())];
    for (const [name, value] of one) {
      if (name.endsWith('_USER')) continue;
      expect(value, name).toMatch(/^[0-9a-f]{64}$/);
      expect(other.get(name), name).not.toBe(value);
    }
    expect(new Set(one.values()).size).toBe(one.size - 1); // both user names are `campus`
  });

  test('changes nothing that is there', () => {
    const env = readFileSync(join(place, '.env'), 'utf8');
    folder.write(`${place.split('/').at(-1)}/config/campus.yaml`, '# mine\n');
    execFileSync('sh', ['docker/first-run.sh'], { cwd: place, stdio: 'pipe' });
    expect(readFileSync(join(place, '.env'), 'utf8')).toBe(env);
    expect(readFileSync(join(place, 'config/campus.yaml'), 'utf8')).toBe('# mine\n');
  });

  test('makes every secret that the compose files insist on', () => {
    const made = new Set(secretsOf(place).keys());
    const wanted = FILES.flatMap((file) => [...read(file).matchAll(/\$\{(\w+):\?/g)]);
    expect(wanted.length).toBeGreaterThan(5);
    for (const [, name = ''] of wanted) expect(made).toContain(name);
  });
});

describe.each(FILES)('%s', (file) => {
  const services = servicesOf(file);

  test('pins every image to a patch', () => {
    for (const [name, { image = '', build, extends: base }] of services) {
      if (build || base) continue;
      expect(image, name).toMatch(/:v?\d+\.\d+\.\d+(-cluster)?$/);
    }
  });

  test('bounds the memory of every service', () => {
    for (const [name, { mem_limit, extends: base }] of services) {
      if (!base) expect(mem_limit, name).toMatch(/^\d+[mg]$/);
    }
  });

  test('opens nothing but MQTT beyond loopback', () => {
    for (const [name, { ports = [] }] of services) {
      for (const port of ports) {
        const isMqtt = port.endsWith(':1883');
        expect(port, name).toMatch(
          isMqtt ? /^\$\{MQTT_LISTEN:-/ : /^(127\.0\.0\.1|\$\{\w+:-127\.0\.0\.1\}):/,
        );
      }
    }
  });

  test('has no secret in it', () => {
    for (const [name, { environment = {} }] of services) {
      for (const [key, value] of Object.entries(environment)) {
        if (!/(PASSWORD|TOKEN|SECRET|COOKIE)$/.test(key)) continue;
        expect(value, `${name} ${key}`).toMatch(/^\$\{\w+:(\?|-\})/);
      }
    }
  });
});

test('what starts by default fits an 8 GB machine', () => {
  const size = (limit = '0m') => Number.parseInt(limit, 10) * (limit.endsWith('g') ? 1024 : 1);
  const usual = servicesOf('docker-compose.yml').filter(([, { profiles }]) => !profiles);
  const megabytes = usual.reduce((sum, [, { mem_limit }]) => sum + size(mem_limit), 0);
  expect(usual.map(([name]) => name)).toEqual([
    'gateway',
    'influxdb',
    'influxdb-tokens',
    'dashboards',
    'grafana',
  ]);
  expect(megabytes).toBeLessThan(6 * 1024);
});

test('the configuration to begin with is taken by the gateway', () => {
  const { machine, campuses } = loadConfiguration(join(ROOT, 'docker/config'), realProfiles);
  expect(campuses.size).toBe(1);
  expect(machine).toMatchObject({
    transport: { host: '0.0.0.0' },
    http: { host: '0.0.0.0', port: 8080, tokenEnv: 'GATEWAY_HTTP_TOKEN' },
    influx: {
      url: 'http://influxdb:8086',
      org: 'campus',
      bucket: 'campus',
      tokenEnv: 'INFLUX_WRITE_TOKEN',
    },
  });
});

describe('the gateway in its container', () => {
  const run = (env: NodeJS.ProcessEnv) =>
    spawnSync('sh', [join(ROOT, 'docker/entrypoint.sh'), 'a', 'b c'], { env, encoding: 'utf8' });

  test('takes secrets from files and stays the process that is told to stop', () => {
    const bin = new Folder();
    chmodSync(
      bin.write(
        'node',
        '#!/bin/sh\nIFS="|"\necho "$INFLUX_WRITE_TOKEN|$OTHER_TOKEN|$SSL_CERT_FILE|$*"\n',
      ),
      0o755,
    );
    const path = `${bin.path}:${process.env.PATH}`;
    const { stdout } = run({
      PATH: path,
      INFLUX_WRITE_TOKEN_FILE: folder.write('token', 'a b$c'),
      OTHER_TOKEN_FILE: '',
      SSL_CERT_FILE: '/kept',
    });
    expect(stdout).toBe(
      'a b$c||/kept|--expose-gc|--max-semi-space-size=16|--no-allocation-site-pretenuring|src/main.ts|a|b c\n',
    );
    expect(run({ PATH: path, INFLUX_WRITE_TOKEN_FILE: '/no/such' }).status).toBe(1);
    bin[Symbol.dispose]();
  });

  test.each([
    [200, 0],
    [503, 1],
  ])('is well when /ready answers %i: exit %i', async (status, code) => {
    const server = createServer(({ url }, response) =>
      response.writeHead(url === '/ready' ? status : 404).end(),
    ).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const child = spawn(process.execPath, [join(ROOT, 'docker/healthcheck.ts')], {
      env: { ...process.env, HTTP_PORT: String(port) },
    });
    const [exit] = await once(child, 'exit');
    server.close();
    expect(exit).toBe(code);
  });
});

const compose = has('docker', 'compose', 'version');

describe.skipIf(!compose)(
  `docker compose config${compose ? '' : ' (skipped: no docker compose)'}`,
  () => {
    test.each([
      ['docker-compose.yml', ''],
      ['docker-compose.yml', 'mosquitto'],
      ['docker-compose.yml', 'emqx'],
      ['docker-compose.scale.yml', 'influxdb'],
      ['docker-compose.scale.yml', 'victoriametrics'],
    ])('%s %s', (file, profile) => {
      const args = [
        'compose',
        '-f',
        file,
        ...(profile ? ['--profile', profile] : []),
        'config',
        '-q',
      ];
      const { status, stderr } = spawnSync('docker', args, { cwd: firstRun(), encoding: 'utf8' });
      expect(status, stderr).toBe(0);
    });
  },
);

const shellcheck = has('shellcheck', '--version');

test.skipIf(!shellcheck)(`shellcheck${shellcheck ? '' : ' (skipped: not installed)'}`, () => {
  const scripts = readdirSync(join(ROOT, 'docker')).filter((name) => name.endsWith('.sh'));
  expect(scripts.length).toBeGreaterThan(2);
  const { status, stdout } = spawnSync('shellcheck', scripts, {
    cwd: join(ROOT, 'docker'),
    encoding: 'utf8',
  });
  expect(status, stdout).toBe(0);
});
