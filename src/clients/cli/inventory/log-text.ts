import type { ConfigurationChangeFieldsFragment } from '../../graphql/operations.js';
import { safeText } from '../output/safe-text.js';
import { instantText } from '../output/words.js';
import { describeChange } from './sentence.js';

type Change = ConfigurationChangeFieldsFragment;

/** Changes in the order given, those of one sweep and VPC below one heading; without those of which there is nothing to say. */
export function logText(changes: readonly Change[]): string {
  const groups: Change[][] = [];
  for (const change of changes.filter((one) => describeChange(one) !== '')) {
    const group = groups.at(-1);
    if (group && headingOf(group[0]!) === headingOf(change)) group.push(change);
    else groups.push([change]);
  }
  return groups
    .map((group) =>
      [headingOf(group[0]!), ...group.map((change) => `    ${describeChange(change)}`)]
        .map(safeText)
        .join('\n'),
    )
    .join('\n\n');
}

function headingOf({ at, account, region, vpcId, vpcs, actor }: Change): string {
  const where = account === null ? `declared by ${actor}` : `${account} ${region}`;
  return [instantText(at), vpcId ?? vpcs.join(' '), where].filter(Boolean).join('  ');
}
