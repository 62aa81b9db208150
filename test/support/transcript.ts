import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { builtService } from './built-service.js';
import { scratchFolder } from './postgres-scratch.js';

/** One fenced block of commands in a document. */
export interface CommandBlock {
  readonly line: number;
  readonly text: string;
}

export interface Transcript {
  readonly code: number | null;
  readonly output: string;
}

/** What a reader types: every block fenced as `sh`. */
export function commandBlocks(markdown: string): CommandBlock[] {
  return fences(markdown)
    .filter(({ language }) => language === 'sh')
    .map(({ line, text }) => ({ line, text }));
}

/** Lines that look like commands and stand where no test runs them. */
export function strayCommands(markdown: string): string[] {
  const inFences = new Set(
    fences(markdown).flatMap(({ line, text }) => text.split('\n').map((_, index) => line + 1 + index)),
  );
  const command = /^\s*(\$ )?(npm|npx|cadastre|aws|curl|export|git|psql|pg_dump|docker|terraform) /;
  const shell = fences(markdown)
    .filter(({ language }) => ['', 'bash', 'shell', 'console', 'zsh'].includes(language))
    .flatMap(({ text }) => text.split('\n').filter((line) => command.test(line)));
  const indented = markdown
    .split('\n')
    .filter((line, index) => !inFences.has(index + 1) && /^( {4}|\t)/.test(line) && command.test(line));
  return [...shell, ...indented];
}

function fences(markdown: string): { language: string; line: number; text: string }[] {
  const found: { language: string; line: number; text: string }[] = [];
  let open: { language: string; line: number; text: string[] } | null = null;
  markdown.split('\n').forEach((line, index) => {
    const fence = /^ *```(\S*)/.exec(line);
    if (!fence) open?.text.push(line);
    else if (open) {
      found.push({ ...open, text: open.text.join('\n') });
      open = null;
    } else open = { language: fence[1]!, line: index + 1, text: [] };
  });
  return found;
}

/**
 * Runs the blocks one after the other in one shell, in a folder of its own, as somebody who copies them: `cadastre` is
 * the built program, `npm start` the service on a free port, in place of http://127.0.0.1:4000 (it runs already where the
 * blocks do not start it), `aws` prints the files of the tutorial. Where AWS is swept it is the emulator, on a free port in
 * place of http://127.0.0.1:4566. Stops at the first command that fails; 3, "done, but something was reported", is no
 * failure.
 */
export async function runTranscript(blocks: readonly CommandBlock[]): Promise<Transcript> {
  const bin = await builtService();
  const folder = scratchFolder();
  for (const name of ['docs', 'demo', 'package.json'])
    symlinkSync(join(process.cwd(), name), join(folder.path, name));
  const typed = (command: RegExp): boolean => blocks.some(({ text }) => command.test(text));
  const script = [
    PREAMBLE,
    ...(typed(/^cadastre sweep/m) && !typed(/ec2-emulator/) ? ['emulate'] : []),
    ...(typed(/^cadastre /m) && !typed(/^npm start/m)
      ? ['serve', 'export CADASTRE_TOKEN=$(cat .cadastre/admin-token)']
      : []),
    ...blocks.map(({ line, text }) => `at=${line}\n${withPorts(text)}`),
    'echo "--- all of it"',
  ].join('\n');
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|INIT_CWD$|NODE_OPTIONS$|CADASTRE_)/.test(name)),
  );
  const child = spawn('bash', ['-c', script], {
    cwd: folder.path,
    env: {
      ...env,
      HOME: folder.path,
      XDG_CONFIG_HOME: join(folder.path, 'config'),
      TRANSCRIPT_ROOT: process.cwd(),
      TRANSCRIPT_BIN: bin,
      TRANSCRIPT_NODE: process.execPath,
      CADASTRE_PORT: '0',
      CADASTRE_LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  folder.remove();
  return { code, output };
}

function withPorts(text: string): string {
  return text
    .replaceAll('http://127.0.0.1:4000', '$TRANSCRIPT_URL')
    .replaceAll('http://127.0.0.1:4566', '$TRANSCRIPT_EMULATOR');
}

const PREAMBLE = String.raw`
set -euo pipefail
at=0
service=
emulator=
trap 'code=$?; for one in $service $emulator; do kill "$one" && wait "$one" || true; done; [ $code = 0 ] || echo "--- failed in the block at line $at with $code"; exit $code' EXIT
cadastre() {
  local code=0
  # else the variable would win over the context
  case "$*" in 'context set '*) unset CADASTRE_URL ;; esac
  "$TRANSCRIPT_NODE" "$TRANSCRIPT_BIN" "$@" || code=$?
  [ $code = 0 ] || [ $code = 3 ] || return $code
}
serve() {
  "$TRANSCRIPT_NODE" "$TRANSCRIPT_BIN" serve > serve.out 2>&1 &
  service=$!
  while ! grep -q 'listens on' serve.out; do kill -0 $service || { cat serve.out; return 1; }; sleep 0.1; done
  TRANSCRIPT_URL=$(sed -n 's/^Cadastre listens on //p' serve.out)
  export CADASTRE_URL=$TRANSCRIPT_URL
}
# a small company; what a document says of its world comes after
emulate() {
  [ $# -gt 0 ] || set -- --company '{"accounts":2,"interfaces":20}'
  "$TRANSCRIPT_NODE" --no-warnings "$TRANSCRIPT_ROOT/dist/test/support/ec2-emulator/main.js" "$@" --port 0 \
    > emulator.out 2>&1 < <(tail -f /dev/null --pid $$) &
  emulator=$!
  while ! grep -q '"url"' emulator.out; do kill -0 $emulator || { cat emulator.out; return 1; }; sleep 0.1; done
  TRANSCRIPT_EMULATOR=$(sed -n 's/.*"url":"\([^"]*\)".*/\1/p' emulator.out)
  export CADASTRE_AWS_ENDPOINT=$TRANSCRIPT_EMULATOR AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test
}
node() {
  case "$1" in
    */ec2-emulator/main.js) shift; emulate "$@" ;;
    *) "$TRANSCRIPT_NODE" "$@" ;;
  esac
}
aws() {
  local profile=shop region=eu-west-1 kind=$2
  while [ $# -gt 0 ]; do
    case "$1" in --profile) profile=$2 ;; --region) region=$2 ;; esac
    shift
  done
  cat "$TRANSCRIPT_ROOT/docs/tutorial/$profile-$region-$(echo "$kind" | sed 's/describe-//').json"
}
listed() {
  "$TRANSCRIPT_NODE" "$TRANSCRIPT_ROOT/dist/bench/$1.js" --list | grep -e "^ *$2 " || [ "$2" = --list ]
}
npm() {
  case "$*" in
    ci | 'run build' | 'run sample' | test | 'run check' | 'run generate' | 'test -- '*) ;;
    start) serve ;;
    'run demo'*)
      shift 2; [ $# = 0 ] || shift
      "$TRANSCRIPT_NODE" "$TRANSCRIPT_ROOT/dist/demo/main.js" --exit "$@" ;;
    # these take minutes: that there is one of the name
    'run bench -- '*) listed main "$4" ;;
    'run drill -- '*) listed drill "$4" ;;
    *) echo "no transcript knows npm $*"; return 1 ;;
  esac
}
`;
