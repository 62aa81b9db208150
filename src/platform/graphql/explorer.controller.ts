import { createHash } from 'node:crypto';
import { Controller, Get, Header, Inject, NotFoundException, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/allow.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import { ENDPOINT } from './endpoint.js';

interface Page {
  readonly html: string;
  readonly policy: string;
}

/** GraphiQL, whole in one page: the browser is told to fetch nothing from anywhere else. */
@Controller('explorer')
export class ExplorerController {
  private page: Promise<Page> | undefined;

  constructor(@Inject(SETTINGS) private readonly settings: Settings) {}

  @Get()
  @Public()
  @Header('content-type', 'text/html; charset=utf-8')
  async show(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    if (!this.settings.graphql.explorer) {
      throw new NotFoundException('The explorer is off: set CADASTRE_EXPLORER=on to serve it.');
    }
    const { html, policy } = await (this.page ??= render());
    void reply.headers({
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-cache',
    });
    return html;
  }
}

/** Stands in the page's options where a function has to go, which JSON cannot carry. */
const PLACEHOLDER = 'connection-params';

/** GraphiQL gives its headers to fetch only, so a subscription takes the token of the last request before it. */
const REMEMBER_TOKEN = `
  let authorization;
  const plainFetch = window.fetch;
  window.fetch = (input, init) => {
    authorization = new Headers(init?.headers).get('authorization') ?? authorization;
    return plainFetch(input, init);
  };
`;

/** Loaded when first asked for, since the package is 9 MB of text. */
async function render(): Promise<Page> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const options = {
    title: 'Cadastre explorer',
    endpoint: ENDPOINT,
    subscriptionsProtocol: 'WS',
    connectionParams: PLACEHOLDER,
    // empty, so that the schema can be read before there is a token
    headers: JSON.stringify({ authorization: '' }, null, 2),
    defaultQuery:
      '# Headers below: "authorization": "Bearer <your token>".\n# A subscription uses the token of the last query.\n{\n  pools {\n    nodes {\n      name\n      cidrs\n    }\n  }\n}\n',
  };
  const html = renderGraphiQL(options as Parameters<typeof renderGraphiQL>[0])
    .replace('<script>', () => `<script>${REMEMBER_TOKEN}`)
    .replace(`"${PLACEHOLDER}"`, () => '() => ({ authorization })');
  return { html, policy: policyFor(html) };
}

/** The one inline script is allowed by its hash; workers come from blobs that it makes. */
function policyFor(html: string): string {
  const start = html.indexOf('<script>') + '<script>'.length;
  const script = html.slice(start, html.lastIndexOf('</script>'));
  const hash = createHash('sha256').update(script).digest('base64');
  return [
    "default-src 'none'",
    `script-src 'sha256-${hash}' blob:`,
    'worker-src blob:',
    "style-src 'unsafe-inline'",
    'img-src data: blob:',
    'font-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
