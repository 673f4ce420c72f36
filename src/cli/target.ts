import { systemClock } from '../clock.ts';
import { TargetShape } from '../energy/target/shapes.ts';
import { TargetQueries } from '../energy/target/target-queries.ts';
import { createTargets, type TargetRequest } from '../energy/target/targets.ts';
import { UTILITIES, type Utility } from '../energy/utility.ts';
import { CodedError } from '../errors.ts';
import { findRunning } from '../storage/lock.ts';
import type { Arguments } from './arguments.ts';
import { traceabilityTarget } from './canteen.ts';
import { withCore } from './commands.ts';
import { query } from './energy.ts';
import { print } from './print.ts';
import { ask } from './remote.ts';
import { sayTarget } from './target-words.ts';

/** How the school stands against a target of its plan. */
export async function target(args: Arguments): Promise<void> {
  const [, name] = args.words;
  if (name === 'traceability') return traceabilityTarget(args);
  const utility = UTILITIES.find((one) => one === name);
  if (!utility) {
    throw new CodedError('USAGE', {
      found: `target ${name ?? '–'}: ${UTILITIES.join(' | ')} | traceability?`,
    });
  }
  const { campus, from, to } = args;
  const request = { campus, from, to };
  const running = findRunning(args.data);
  const found = running
    ? await ask(running, `/api/v1/energy/target/${utility}?${query(request)}`, TargetShape)
    : await alone(args, utility, request);
  if (args.json) print(JSON.stringify(found));
  else for (const line of sayTarget(found)) print(line);
}

/** Works on the data folder itself, where no gateway runs. */
const alone = (args: Arguments, utility: Utility, request: TargetRequest) =>
  withCore(args, (core) => {
    // nobody listens to the devices meanwhile, so their silence means nothing
    core.engine.pause();
    const queries = new TargetQueries(core.database.connection);
    const targets = createTargets(core, systemClock, {
      target: async (one) => queries.answer(one),
      changedFigures: async (one) => queries.changedFigures(one),
    });
    return targets.answer(utility, request);
  });
