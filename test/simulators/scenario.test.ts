import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readScenario } from '../../simulators/campus.ts';
import { parseDuration } from '../../src/duration.ts';
import { configuration, ROOT } from './fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'scenario-'));
afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string) {
  const file = join(folder, 'scenario.yaml');
  writeFileSync(file, text);
  return readScenario(file, configuration);
}

test("the demo's first alarm comes within its first half minute", () => {
  const scenario = readScenario(join(ROOT, 'simulators/demo-scenario.yaml'), configuration);
  const first = scenario.find(({ fault }) => fault === 'smoke');
  expect(parseDuration(first?.at ?? '1d')).toBeLessThanOrEqual(30_000);
});

test('mistakes are named by line, with what is allowed', () => {
  expect(() =>
    read(`
- {at: 20s, fault: freezer_failure, device: canteen-freezer-9}
- {at: soon, fault: earthquake, device: water-main}
`),
  ).toThrow(
    /scenario.yaml:3: \[1\].at: .*a duration[\s\S]*:3: \[1\].fault: .*one of freezer_failure, door_open/,
  );
  expect(() => read('- {at: 20s, fault: freezer_failure, device: canteen-freezer-9}')).toThrow(
    /scenario.yaml:1: \[0\].device: found "canteen-freezer-9"; allowed: one of qingcheng\/canteen-freezer-1/,
  );
  expect(() => read('fault: smoke')).toThrow(/allowed: a list/);
});
