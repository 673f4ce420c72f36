import { type Static, Type } from 'typebox';
import type { Configuration } from '../src/campus/model.ts';
import { Duration, readYaml, throwMistakes } from '../src/validation.ts';
import { devicesHit, FaultError, FaultRequest } from './faults.ts';

const Scenario = Type.Array(
  Type.Object({ at: Duration(), ...FaultRequest.properties }, { additionalProperties: false }),
);

/** What goes wrong by itself, and how long after the start. */
export type Scenario = Static<typeof Scenario>;

/** Reads a scenario and checks it against the campus it is for. Throws CONFIG_INVALID. */
export function readScenario(file: string, configuration: Configuration): Scenario {
  const yaml = readYaml(file);
  const scenario = yaml.check(Scenario) ?? [];
  scenario.forEach((step, i) => {
    try {
      devicesHit(configuration, step);
    } catch (error) {
      if (!(error instanceof FaultError)) throw error;
      yaml.mistake([i, error.part], error.allowed);
    }
  });
  throwMistakes(yaml.mistakes);
  return scenario;
}
