import { EC2Client } from '@aws-sdk/client-ec2';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { Ec2Emulator } from './emulator.js';

/** Of whom the emulator knows nothing: the management account's. */
export const OWN_KEY = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' };

/** The real SDK, in an account through AssumeRole; one attempt, so that what went wrong is seen. */
export async function ec2Client(
  emulator: Ec2Emulator,
  account: string,
  region = 'eu-west-1',
): Promise<EC2Client> {
  const sts = new STSClient({ region, endpoint: emulator.url, credentials: OWN_KEY, maxAttempts: 1 });
  try {
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${account}:role/Cadastre`, RoleSessionName: 'test' }),
    );
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
    return new EC2Client({
      region,
      endpoint: emulator.url,
      maxAttempts: 1,
      credentials: {
        accessKeyId: AccessKeyId,
        secretAccessKey: SecretAccessKey,
        sessionToken: SessionToken,
      },
    });
  } finally {
    sts.destroy();
  }
}
