import { CodedError } from '../errors.ts';
import { loadConfiguration } from './load.ts';
import type { LoadAnswer } from './load-apart.ts';
import { loadProfiles } from './profile.ts';

// The process of load-apart.ts: one configuration, then its end.

const [config = '', profiles = ''] = process.argv.slice(2);

function load(): LoadAnswer {
  try {
    return { configuration: loadConfiguration(config, loadProfiles(profiles)) };
  } catch (error) {
    if (error instanceof CodedError) return { code: error.code, params: error.params };
    throw error;
  }
}

process.send?.(load(), () => process.disconnect());
