import { AssumeRole$, GetCallerIdentity$ } from '@aws-sdk/client-sts';
import { AwsError } from './answer-error.js';
import { operationShapes } from './shape.js';
import { managementAccount, type World } from './world.js';
import { stsAnswer } from './xml.js';

interface Session {
  readonly account: string;
  readonly roleArn: string;
  readonly name: string;
  /** Milliseconds. */
  readonly until: number;
}

const ROLE = /^arn:aws:iam::(\d{12}):role\/(?:.*\/)?([\w+=,.@-]+)$/;
const ASSUME_ROLE = operationShapes(AssumeRole$).output;
const CALLER = operationShapes(GetCallerIdentity$).output;

/** How keys begin that AssumeRole gives out. */
const GIVEN_OUT = 'ASIA';

/** Keys that AssumeRole gave out. Any other key is the management account's. */
export class Sessions {
  private readonly sessions = new Map<string, Session>();
  private given = 0;

  constructor(
    private readonly world: World,
    private readonly seconds: number,
    private readonly now: () => number,
  ) {}

  /** Throws RequestExpired for a key whose time is over, AuthFailure for one that another emulator gave out. */
  accountOf(key: string): string {
    const session = this.sessions.get(key);
    if (!session && key.startsWith(GIVEN_OUT)) {
      const message = 'AWS was not able to validate the provided access credentials';
      throw new AwsError(401, 'AuthFailure', message);
    }
    if (!session) return managementAccount(this.world);
    if (session.until <= this.now()) throw new AwsError(400, 'RequestExpired', 'Request has expired.');
    return session.account;
  }

  /** From now on every key that was given out has expired. */
  expireAll(): void {
    for (const [key, session] of this.sessions) this.sessions.set(key, { ...session, until: 0 });
  }

  /** The account that a call of STS is about. */
  subject(action: string, parameters: URLSearchParams, key: string): string {
    const role = action === 'AssumeRole' ? ROLE.exec(parameters.get('RoleArn') ?? '') : null;
    return role?.[1] ?? this.sessions.get(key)?.account ?? managementAccount(this.world);
  }

  answer(action: string, parameters: URLSearchParams, key: string, requestId: string): string {
    switch (action) {
      case 'AssumeRole':
        return stsAnswer(action, requestId, ASSUME_ROLE, this.assume(parameters, key));
      case 'GetCallerIdentity':
        return stsAnswer(action, requestId, CALLER, this.caller(key));
      default:
        throw new AwsError(400, 'InvalidAction', `Could not find operation ${action} for version 2011-06-15`);
    }
  }

  private assume(parameters: URLSearchParams, key: string): object {
    const arn = parameters.get('RoleArn') ?? '';
    const [, account = '', name = ''] = ROLE.exec(arn) ?? [];
    const owner = this.world.accounts.find(({ id }) => id === account);
    const role = owner?.role;
    const isAllowed =
      owner !== undefined &&
      (owner.status ?? 'ACTIVE') === 'ACTIVE' &&
      role?.revoked !== true &&
      (role?.name === undefined || role.name === name) &&
      (role?.externalId === undefined || role.externalId === parameters.get('ExternalId'));
    if (!isAllowed) {
      const caller = `arn:aws:iam::${this.accountOf(key)}:user/cadastre`;
      const message = `User: ${caller} is not authorized to perform: sts:AssumeRole on resource: ${arn}`;
      throw new AwsError(403, 'AccessDenied', message);
    }
    const session = parameters.get('RoleSessionName') ?? '';
    const AccessKeyId = `${GIVEN_OUT}${account}${String(++this.given).padStart(8, '0')}`;
    const until = this.now() + this.seconds * 1000;
    this.sessions.set(AccessKeyId, { account, roleArn: arn, name: session, until });
    return {
      AssumedRoleUser: {
        AssumedRoleId: `AROA${account}:${session}`,
        Arn: `arn:aws:sts::${account}:assumed-role/${name}/${session}`,
      },
      Credentials: {
        AccessKeyId,
        SecretAccessKey: `secret+of/${AccessKeyId}`,
        SessionToken: `token+of/${AccessKeyId}==`,
        Expiration: new Date(until),
      },
    };
  }

  private caller(key: string): object {
    const session = this.sessions.get(key);
    const Account = this.accountOf(key);
    if (!session) return { UserId: `AIDA${Account}`, Account, Arn: `arn:aws:iam::${Account}:user/cadastre` };
    const role = ROLE.exec(session.roleArn)?.[2] ?? '';
    return {
      UserId: `AROA${Account}:${session.name}`,
      Account,
      Arn: `arn:aws:sts::${Account}:assumed-role/${role}/${session.name}`,
    };
  }
}
