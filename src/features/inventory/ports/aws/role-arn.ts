/**
 * The ARN of a role (`Name` or `path/Name`) in an account, in the partition of the region; an ARN stays as it is.
 */
export function roleArnOf(role: string, account: string, region: string): string {
  if (role.startsWith('arn:')) return role;
  const partition = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  return `arn:${partition}:iam::${account}:role/${role.replace(/^\/+/, '')}`;
}
