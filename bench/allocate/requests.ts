import type { Description } from '../../src/features/allocation/domain/command.js';
import { pickFrom, randomOf } from '../harness/random.js';

/** What one caller asks for and how it describes it, as Terraform runs and CI jobs do. */
export interface Requests {
  prefixLength(): number;
  description(): Description;
  /** Unlike any other of this run. */
  unique(prefix: string): string;
}

const REGIONS = ['eu-central-1', 'eu-west-1', 'us-east-1', 'ap-southeast-2'];
/** A /28 or so. */
const LENGTHS = [28, 28, 28, 28, 28, 28, 27, 26];

export function requestsOf(seed: number): Requests {
  const random = randomOf(seed);
  let made = 0;
  const unique = (prefix: string): string => `${prefix}-${seed.toString(36)}-${(++made).toString(36)}`;
  return {
    prefixLength: () => pickFrom(random, LENGTHS),
    description: () => ({
      holder: {
        provider: 'aws',
        account: String(100_000_000_000 + Math.floor(random() * 75)),
        region: pickFrom(random, REGIONS),
        resourceType: 'subnet',
        resourceId: unique('subnet'),
      },
      tags: { team: `team-${Math.floor(random() * 40)}`, environment: 'production' },
      description: '',
    }),
    unique,
  };
}
