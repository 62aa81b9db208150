/** A question and the command line that asks it. */
export interface TryOut {
  readonly title: string;
  readonly command: string;
}

/** Things to try with curl, as they are. `address` is one that somebody holds. */
export function commandsFor({
  url,
  token,
  pool,
  address,
}: {
  url: string;
  token: string;
  pool: string;
  address: string;
}): TryOut[] {
  const ask = (query: string): string =>
    [
      `curl -s ${url}/graphql`,
      `-H 'authorization: Bearer ${token}'`,
      `-H 'content-type: application/json'`,
      `-d '${JSON.stringify({ query })}'`,
    ].join(' \\\n  ');
  return [
    {
      title: 'A /22 for your first VPC. Run it twice: the same key gives the same CIDR.',
      command: ask(
        `mutation { allocate(input: { pool: "${pool}", prefixLength: 22, key: "my-first-vpc" }) { ... on Allocation { id cidr status } ... on Failure { code message } } }`,
      ),
    },
    {
      title: `Who has ${address}?`,
      command: ask(
        `{ checkCidrs(cidrs: ["${address}/32"]) { status pool { name } conflicts { cidr key holder { provider account region resourceType resourceId contact } } } }`,
      ),
    },
    {
      title: 'Which networks have the same addresses, and could meet?',
      command: ask(
        `{ overlaps(filter: { class: [CONFLICT] }, first: 5) { totalCount nodes { cidr inner networks(first: 3) { id account region } conflicts(first: 1) { nodes { via { how resource } } } } } }`,
      ),
    },
    {
      title: 'How full is the pool, with all VPCs in it?',
      command: ask(
        `{ pool(name: "${pool}") { cidrs capacity(tree: true) { total allocated delegated assigned free utilization largestFreeBlock } } }`,
      ),
    },
  ];
}
