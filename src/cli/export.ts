import { setTimeout as wait } from 'node:timers/promises';
import cliProgress from 'cli-progress';
import { Type } from 'typebox';
import { systemClock } from '../clock.ts';
import { CodedError } from '../errors.ts';
import { createForwarder } from '../influx/create.ts';
import { rangeOf } from '../influx/range.ts';
import { findRunning, type Running } from '../storage/lock.ts';
import type { Arguments } from './arguments.ts';
import { errorsOnly, withCore } from './commands.ts';
import { note, print } from './print.ts';
import { ask } from './remote.ts';

const PATH = '/api/v1/exports/influx';
const LOOK_EVERY = 300;

const Progress = Type.Object({
  series: Type.Number(),
  finished: Type.Number(),
  sent: Type.Number(),
  done: Type.Boolean(),
  problem: Type.Optional(Type.String()),
});
type Progress = Type.Static<typeof Progress>;

/** Sends stored readings to InfluxDB. Interrupted, the same command goes on where it was. */
export async function exportHistory(args: Arguments): Promise<void> {
  const { from, until, to } = args;
  if (to !== 'influx' || from === undefined) {
    throw new CodedError('USAGE', { found: 'export – --to influx --from 2026-09-01?' });
  }
  const running = findRunning(args.data);
  const { show, end } = showProgress();
  const exported = running
    ? throughGateway(running, { from, ...(until === undefined ? {} : { until }) }, show)
    : alone(args, from, until, show);
  const { sent } = await exported.finally(end);
  if (args.json) print(JSON.stringify({ sent }));
  else print(`已发送 sent: ${sent} 条读数 reading(s)`);
}

type Show = (progress: Progress) => void;

/** The running gateway does the work, and goes on with it if this command is interrupted. */
async function throughGateway(running: Running, days: object, show: Show): Promise<Progress> {
  let progress = await ask(running, PATH, Progress, days);
  for (show(progress); !progress.done; show(progress)) {
    await wait(LOOK_EVERY);
    const answer = await ask(running, PATH, Type.Object({ export: Progress }));
    progress = answer.export;
  }
  return progress;
}

function alone(
  args: Arguments,
  from: string,
  until: string | undefined,
  show: Show,
): Promise<Progress> {
  return withCore(args, async (core) => {
    // nobody listens to the devices meanwhile, so their silence means nothing
    core.engine.pause();
    const range = rangeOf(from, until, core.configuration);
    const name = core.configuration.machine.influx?.tokenEnv;
    const token = name === undefined ? undefined : process.env[name];
    if (name !== undefined && !token) {
      throw new CodedError('SECRET_MISSING', { name, what: 'influx.tokenEnv' });
    }
    const forwarder = createForwarder(core, { clock: systemClock, log: errorsOnly(), token });
    if (!forwarder) throw new CodedError('INFLUX_MISSING');
    try {
      forwarder.start();
      let progress: Progress = forwarder.export(range.from, range.until);
      for (show(progress); !progress.done; show(progress)) {
        await wait(LOOK_EVERY);
        const { problem } = forwarder.status();
        progress = { ...(forwarder.exportProgress ?? progress), ...(problem ? { problem } : {}) };
      }
      return progress;
    } finally {
      await forwarder.stop();
    }
  });
}

/** A bar on a terminal, until `end`; else only what is in the way is said. */
function showProgress(): { show: Show; end: () => void } {
  let said: string | undefined;
  const bar = process.stderr.isTTY
    ? new cliProgress.SingleBar({
        format: '{bar} {percentage} % · {sent} 条读数 readings · {eta_formatted} {problem}',
        stream: process.stderr,
        hideCursor: true,
      })
    : undefined;
  const show: Show = ({ series, finished, sent, problem = '' }) => {
    if (!bar) {
      if (problem !== '' && problem !== said) note(`InfluxDB: ${problem}`);
      said = problem;
      return;
    }
    if (!bar.isActive) bar.start(series, finished, { sent, problem });
    bar.update(finished, { sent, problem });
  };
  return { show, end: () => bar?.stop() };
}
