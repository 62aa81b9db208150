import { DescribeNetworkInterfacesCommand, DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import fc from 'fast-check';
import { Readable } from 'node:stream';
import { decodePage } from './decode-page.js';
import { NotWellFormedError, type Read, scannerOf } from './scanner.js';

const bytes = (xml: string) => new TextEncoder().encode(xml);

const SHAPE = {
  name: 'text',
  tags: [{ key: 'text', value: 'text' }],
  inner: { deep: { text: 'text' } },
  words: ['text'],
} as const;
const scan = scannerOf(SHAPE);
const of = (inside: string): Read<typeof SHAPE> => scan(bytes(`<r xmlns="x">${inside}</r>`));

describe('elements', () => {
  it.each<[string, Partial<Read<typeof SHAPE>>]>([
    ['<name>a</name>', { name: 'a' }],
    ['<name/>', { name: '' }],
    ['<name />', { name: '' }],
    ['<name></name >', { name: '' }],
    ['<name a="1" b=\'>\'>x</name>', { name: 'x' }],
    ['<name>\n  </name>', { name: '' }],
    ['<name>  </name>', { name: '  ' }],
    ['<name> a\n b </name>', { name: ' a\n b ' }],
    ['<name>a\r\nb\rc</name>', { name: 'a\nb\nc' }],
    ['<name>&lt;&amp;&gt;&quot;&apos;&#65;&#x42;</name>', { name: '<&>"\'AB' }],
    ['<name>&amp;lt; &unknown; &</name>', { name: '&lt;  &' }],
    ['<name>&#0;&#xD800;&#x1F600;&#x110000;</name>', { name: '\ufffd\ufffd😀\ufffd' }],
    ['<name>Zoë 😀</name>', { name: 'Zoë 😀' }],
    ['<name><![CDATA[<a>&amp;]]>b</name>', { name: '<a>&amp;b' }],
    ['<name>a<!-- </name> -->b<?x y?></name>', { name: 'ab' }],
    ['<tags/>', { tags: [] }],
    ['<tags>\n</tags>', { tags: [] }],
    ['<tags><item><key>k</key><value/></item><item/></tags>', { tags: [{ key: 'k', value: '' }, {}] }],
    ['<words><item>a</item><other><item>no</item></other><item/></words>', { words: ['a', ''] }],
    ['<inner><deep><text>t</text></deep></inner>', { inner: { deep: { text: 't' } } }],
    ['<inner/>', { inner: {} }],
    ['<skipped><name>no</name><skipped/><a b="/>"><c/></a></skipped><name>yes</name>', { name: 'yes' }],
    ['<skipped><!-- </skipped> --><![CDATA[</skipped>]]><?</skipped>?></skipped>', {}],
    ['', {}],
  ])('%j', (xml, expected) => expect(of(xml)).toEqual(expected));

  it('reads what stands around the document', () => {
    expect(
      scan(bytes('\ufeff<?xml version="1.0"?>\n<!DOCTYPE r>\n<!-- x --><r><name>a</name></r>\n<!-- y -->\n')),
    ).toEqual({
      name: 'a',
    });
  });

  it.each([
    ['', 'without an end'],
    ['plain text', 'without an end'],
    ['</r>', 'no element'],
    ['<r><name>a</r>', 'no end of <name>'],
    ['<r><name>a</nam></r>', 'no end of <name>'],
    ['<r><skipped><a></skipped></r>', 'no end'],
    ['<r></r><r></r>', 'after the end'],
    ['<r></r>text', 'after the end'],
    ['<r><name>\0</name></r>', 'NUL'],
  ])('refuses %j', (xml, why) => {
    expect(() => scan(bytes(xml))).toThrow(NotWellFormedError);
    expect(() => scan(bytes(xml))).toThrow(why);
  });
});

const PAGE = `<?xml version="1.0" encoding="UTF-8"?>
<DescribeVpcsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
  <requestId>a&amp;b</requestId>
  <vpcSet><item><vpcId>vpc-1</vpcId><cidrBlock>10.0.0.0/16</cidrBlock><dhcpOptionsId>d</dhcpOptionsId>
    <tagSet><item><key>Näme</key><value>x &lt; y</value></item></tagSet></item><item a="b"><vpcId>vpc-2</vpcId><unknown><a/></unknown></item></vpcSet>
</DescribeVpcsResponse>`;

it('takes no beginning of a page for the page, at whichever byte it is cut', () => {
  const whole = bytes(PAGE);
  const place = { account: '1', region: 'r' };
  expect(decodePage('vpc', whole, place).rows).toHaveLength(2);
  for (let end = 0; end < whole.length; end++) {
    expect(() => decodePage('vpc', whole.subarray(0, end), place)).toThrow(NotWellFormedError);
  }
});

describe('against the decoder of the SDK', () => {
  let answer = '';
  const client = new EC2Client({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
    requestHandler: {
      handle: () =>
        Promise.resolve({
          response: { statusCode: 200, headers: {}, body: Readable.from([Buffer.from(answer)]) },
        }),
    } as never,
  });
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.stringMatching(/^[ \n\t\r<>&"'a;#]{0,8}$/),
  );
  const usable = text.filter((value) => !/[\0\ufffe\uffff]|\p{Surrogate}/u.test(value));
  const escaped = (value: string) =>
    value.replace(
      /[&<>"']/g,
      (one) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;' })[one] ?? '&apos;',
    );
  const noise = fc.constantFrom(
    '',
    '\n  ',
    '<!-- </item> -->',
    '<unknown a=">"><item/>x</unknown>',
    '<unknown/>',
  );
  const tag = fc.record({ key: usable, value: usable });
  const element = (name: string, value: string) =>
    value === '' ? `<${name}/>` : `<${name}>${escaped(value)}</${name}>`;
  const set = (name: string, items: readonly string[], between: string) =>
    `<${name}>${items.map((item) => `${between}<item>${item}</item>`).join('')}${between}</${name}>`;

  it('reads the same VPCs', async () => {
    const vpc = fc.record({
      id: usable,
      state: usable,
      tags: fc.array(tag, { maxLength: 3 }),
      between: noise,
    });
    const shape = scannerOf({
      vpcSet: [{ vpcId: 'text', state: 'text', tagSet: [{ key: 'text', value: 'text' }] }],
      nextToken: 'text',
    });
    await fc.assert(
      fc.asyncProperty(fc.array(vpc, { maxLength: 4 }), noise, usable, async (vpcs, between, token) => {
        const items = vpcs.map(
          (one) =>
            element('vpcId', one.id) +
            one.between +
            element('state', one.state) +
            set(
              'tagSet',
              one.tags.map(({ key, value }) => element('key', key) + element('value', value)),
              one.between,
            ),
        );
        answer = `<R>${set('vpcSet', items, between)}${element('nextToken', token)}</R>`;
        const theirs = await client.send(new DescribeVpcsCommand({}));
        const ours = shape(bytes(answer));
        expect({ vpcs: ours.vpcSet, next: ours.nextToken }).toEqual({
          vpcs: theirs.Vpcs!.map((one) => ({
            vpcId: one.VpcId,
            state: one.State,
            tagSet: one.Tags!.map(({ Key, Value }) => ({ key: Key, value: Value })),
          })),
          next: theirs.NextToken,
        });
      }),
      { numRuns: 300 },
    );
  });

  it('reads the same addresses of network interfaces', async () => {
    const address = fc.ipV4();
    const eni = fc.record({
      addresses: fc.array(address, { maxLength: 4 }),
      prefixes: fc.array(address, { maxLength: 2 }),
      public: fc.option(address),
      description: usable,
      managed: fc.boolean(),
      between: noise,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(eni, { maxLength: 4 }), async (enis) => {
        const items = enis.map((one, i) =>
          [
            element('networkInterfaceId', `eni-${i}`),
            element('description', one.description),
            element('requesterManaged', String(one.managed)),
            set('groupSet', ['<groupId>sg-1</groupId>'], one.between),
            set(
              'privateIpAddressesSet',
              one.addresses.map((ip) => element('privateIpAddress', ip)),
              one.between,
            ),
            set(
              'ipv4PrefixSet',
              one.prefixes.map((ip) => element('ipv4Prefix', `${ip}/32`)),
              one.between,
            ),
            one.public === null ? '' : `<association>${element('publicIp', one.public)}</association>`,
          ].join(one.between),
        );
        answer = `<R>${set('networkInterfaceSet', items, '')}</R>`;
        const theirs = await client.send(new DescribeNetworkInterfacesCommand({}));
        const ours = decodePage('networkInterface', bytes(answer), { account: '1', region: 'r' });
        const bodies = ours.rows.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
        const unique = (values: (string | undefined)[]) => [...new Set(values)].sort();
        expect(
          bodies.map((one) => ({
            ...one,
            addresses: unique(one['addresses'] as string[]),
            prefixes: unique(one['prefixes'] as string[]),
          })),
        ).toEqual(
          theirs.NetworkInterfaces!.map((one) =>
            expect.objectContaining({
              description: one.Description,
              requesterManaged: one.RequesterManaged,
              addresses: unique(one.PrivateIpAddresses!.map((ip) => ip.PrivateIpAddress)),
              prefixes: unique(one.Ipv4Prefixes!.map((ip) => ip.Ipv4Prefix)),
              publicAddresses: one.Association?.PublicIp ? [one.Association.PublicIp] : [],
            }),
          ),
        );
      }),
      { numRuns: 200 },
    );
  });
});
