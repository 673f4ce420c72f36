import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FakeInflux, type Reply, refusing } from './fake-influx.ts';
import { Rig } from './rig.ts';

const isBad = (line: string): boolean => / temperature=\d*13 /.test(line);
const refuse = refusing(isBad, 422);

const REPLIES: Reply[] = [
  { status: 204 },
  { status: 500 },
  { status: 503, headers: { 'retry-after': '7' } },
  { status: 401 },
  { status: 429 },
  // the server has what it can have, and says that it has not
  { status: 502, takes: (line) => !isBad(line) },
  'reset',
];

const Step = fc.oneof(
  fc.record({ kind: fc.constant('read' as const), count: fc.integer({ min: 1, max: 700 }) }),
  fc.record({ kind: fc.constant('pass' as const), seconds: fc.integer({ min: 1, max: 90 }) }),
  fc.constantFrom(...REPLIES).map((reply) => ({ kind: 'reply' as const, reply })),
  fc.constant({ kind: 'tooLarge' as const }),
  fc.constant({ kind: 'crash' as const }),
  fc.constant({ kind: 'restart' as const }),
);

test('whatever happens, every good reading arrives and every bad one is a dead letter, once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(Step, { minLength: 3, maxLength: 12 }), async (steps) => {
      await using server = new FakeInflux();
      await server.listen();
      await using rig = Rig.open({ url: server.url });
      const replies: Reply[] = [];
      server.answer = (request) => {
        const reply = replies.shift();
        if (typeof reply !== 'object') return reply ?? refuse(request);
        const isPlain =
          reply.status === 204 || (reply.status === 413 && request.lines.length === 1);
        return isPlain ? refuse(request) : reply;
      };
      await rig.begin();
      for (const step of steps) {
        if (step.kind === 'read') rig.readMany(step.count, 200);
        else if (step.kind === 'pass') await rig.pass(`${step.seconds}s`);
        else if (step.kind === 'reply') replies.push(step.reply);
        else if (step.kind === 'tooLarge') replies.push({ status: 413 });
        else {
          if (step.kind === 'crash') await rig.crash();
          else await rig.restart();
          rig.start();
        }
      }
      await rig.pass('30m');
      expect(rig.waiting).toBe(0);
      const [bad, good] = [true, false].map((wanted) =>
        [...rig.expected()].filter(([, value]) => isBad(` temperature=${value} `) === wanted),
      );
      expect(server.readings).toEqual(new Map(good));
      expect(rig.deadLetters).toHaveLength(bad?.length ?? 0);
      expect(rig.deadLetters.filter(({ text }) => !isBad(text))).toEqual([]);
      expect(rig.alarms).toEqual([]);
    }),
    { numRuns: 8 },
  );
}, 60_000);
