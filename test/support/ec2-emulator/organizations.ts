import { AwsError } from './answer-error.js';
import type { World } from './world.js';

const MOST = 20;

/** ListAccounts over JSON 1.1; pages of at most 20 as in AWS. Throws AwsError. */
export function listAccounts(world: World, caller: string, body: string, most: number | undefined): object {
  const { organization } = world;
  if (!organization)
    throw new AwsError(
      400,
      'AWSOrganizationsNotInUseException',
      'Your account is not a member of an organization.',
    );
  if (caller !== organization.managementAccountId)
    throw new AwsError(400, 'AccessDeniedException', "You don't have permissions to access this resource.");
  const { MaxResults, NextToken } = JSON.parse(body || '{}') as { MaxResults?: number; NextToken?: string };
  if (MaxResults !== undefined && !(MaxResults >= 1 && MaxResults <= MOST))
    throw new AwsError(400, 'InvalidInputException', 'You specified an invalid value for MaxResults.');
  const start = NextToken === undefined ? 0 : positionOf(NextToken, world.accounts.length);
  const end = start + Math.min(MaxResults ?? MOST, most ?? MOST);
  return {
    Accounts: world.accounts.slice(start, end).map(({ id, name, status = 'ACTIVE' }) => ({
      Id: id,
      Arn: `arn:aws:organizations::${organization.managementAccountId}:account/${organization.id}/${id}`,
      Email: `aws+${id}@example.com`,
      Name: name,
      Status: status,
      State: status,
      JoinedMethod: 'CREATED',
      JoinedTimestamp: 1_600_000_000.5,
    })),
    ...(end < world.accounts.length && {
      NextToken: Buffer.from(`accounts from ${end}`).toString('base64'),
    }),
  };
}

function positionOf(token: string, length: number): number {
  const position = Number(/^accounts from (\d+)$/.exec(Buffer.from(token, 'base64').toString())?.[1]);
  if (!(position <= length))
    throw new AwsError(400, 'InvalidInputException', 'You provided an invalid next token.');
  return position;
}
