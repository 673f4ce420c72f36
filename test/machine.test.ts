import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfiguration } from '../src/campus/load.ts';
import type { MachineConfig } from '../src/campus/schema.ts';
import { awaitingRestart, gatherMeans } from '../src/machine.ts';
import { Folder } from './harness/folder.ts';
import { realProfiles } from './harness/profiles.ts';

const PEM = join(import.meta.dirname, 'transport/fixtures');
const CERTIFICATE = `certFile: ${PEM}/test-cert.pem, keyFile: ${PEM}/test-key.pem`;

function machine(yaml: string): MachineConfig {
  using folder = new Folder();
  const text = `campus: {id: qingcheng, name: 青城小学}\n${yaml}`;
  return loadConfiguration(folder.write('campus.yaml', text), realProfiles).machine;
}

test('what the machine needs is gathered at once', () => {
  const yaml = `
transport: {external: {url: "mqtts://broker", passwordEnv: BROKER, caFile: ${PEM}/test-cert.pem}}
http: {host: 0.0.0.0, tokenEnv: TOKEN, smsReplySecretEnv: SMS}
influx: {url: "http://influx", tokenEnv: INFLUX}
`;
  const env = { BROKER: 'broker’s', TOKEN: 'token', SMS: 'sms', INFLUX: 'influx’s' };
  expect(gatherMeans(machine(yaml), env)).toEqual({
    httpToken: 'token',
    smsReplySecret: 'sms',
    influxToken: 'influx’s',
    broker: { password: 'broker’s', authority: expect.stringContaining('BEGIN CERTIFICATE') },
  });
  expect(gatherMeans(machine(`transport: {tls: {${CERTIFICATE}}}`), {}).broker).toEqual({
    own: {
      cert: expect.stringContaining('BEGIN CERTIFICATE'),
      key: expect.stringContaining('PRIVATE KEY'),
    },
  });
});

test.each([
  ['HTTP_WIDE_OPEN', 'http: {host: 0.0.0.0}'],
  ['SECRET_MISSING', 'http: {tokenEnv: NOBODY_SET_IT}'],
  ['SECRET_MISSING', 'http: {smsReplySecretEnv: NOBODY_SET_IT}'],
  ['SECRET_MISSING', 'influx: {url: "http://influx", tokenEnv: NOBODY_SET_IT}'],
  ['SECRET_MISSING', 'transport: {external: {url: "mqtt://broker", passwordEnv: NOBODY_SET_IT}}'],
  ['CONFIG_UNREADABLE', 'transport: {external: {url: "mqtts://broker", caFile: missing.pem}}'],
  ['CONFIG_UNREADABLE', 'transport: {tls: {certFile: missing.pem, keyFile: missing.pem}}'],
  // both are there, and each is the other
  [
    'CERTIFICATE_INVALID',
    `transport: {tls: {certFile: ${PEM}/test-key.pem, keyFile: ${PEM}/test-cert.pem}}`,
  ],
])('what would stop the start is a coded error: %s by %s', (code, yaml) => {
  expect(() => gatherMeans(machine(yaml), {})).toThrow(expect.objectContaining({ code }));
});

test('an error about a secret of the broker keeps the broker’s address to itself', () => {
  const yaml = 'transport: {external: {url: "mqtt://me:word@broker", passwordEnv: UNSET}}';
  expect(() => gatherMeans(machine(yaml), {})).toThrow(/^((?!word@).)*$/);
});

test('only what is read at the start waits for the next one', () => {
  const before = machine('');
  const waits = (yaml: string) => awaitingRestart(before, machine(yaml));
  expect(waits('')).toEqual([]);
  expect(waits('http: {publicUrl: "https://school.test"}')).toEqual([]);
  expect(waits('transport: {maxPayload: 1000}')).toEqual([]);
  expect(waits('transport: {maxPayload: 4194304}')).toEqual([]);
  expect(waits('transport: {maxPayload: 4194305}'), 'more than the broker reads').toEqual([
    'transport',
  ]);
  expect(waits('transport: {port: 1883}'), 'the default, written out').toEqual([]);
  expect(waits('storage: {keepReadings: 30d, keepDeadLetters: 1d, maxDeadLetters: 100}')).toEqual(
    [],
  );
  expect(waits('http: {port: 1}\ntransport: {maxConnections: 7}')).toEqual(['transport', 'http']);
  expect(waits('influx: {url: "http://influx"}')).toEqual(['influx']);
});

test('an external broker reads what it likes: the most that is taken waits for no start', () => {
  const external = 'external: {url: "mqtt://broker"}';
  const edited = machine(`transport: {${external}, maxPayload: 16777216}`);
  expect(awaitingRestart(machine(`transport: {${external}}`), edited)).toEqual([]);
});
