/** `tendril up`: the server in the foreground. Its part is loaded only here, since it brings the engine. */
import { flushCompileCache } from 'node:module';
import { flagName } from '@tendril/config/settings';
import type { Command, Flags, FlagValues } from '../command.ts';
import { EXIT } from '../exit.ts';
import { badValue, textFlag, textFlags } from '../flag-values.ts';
import { openPage, hasScreen } from '../open-page.ts';
import { printable } from '../output/printable.ts';
import { serverPart } from '../server-part.ts';

const OWN: Flags = {
  config: { type: 'string', value: 'FILE', summary: 'flag.config' },
  receiver: { type: 'string', multiple: true, value: 'NAME=ADDRESS', summary: 'up.flag.receiver' },
  'otlp-http-port': { type: 'string', value: 'PORT', summary: 'up.flag.otlpHttpPort' },
  'otlp-grpc-port': { type: 'string', value: 'PORT', summary: 'up.flag.otlpGrpcPort' },
  clickhouse: { type: 'string', value: 'URL', summary: 'up.flag.clickhouse' },
  'no-open': { type: 'boolean', summary: 'up.flag.noOpen' },
};

export const up: Command = {
  name: 'up',
  summary: 'up.summary',
  usage:
    'up [--data-dir DIR] [--host HOST] [--port PORT] [--receiver NAME=ADDRESS] [--clickhouse URL]',
  examples: [
    { line: 'up', summary: 'up.example.plain' },
    {
      line: 'up --port 8800 --otlp-http-port 5318 --data-dir /srv/tendril',
      summary: 'up.example.ports',
    },
    { line: 'up --clickhouse https://user:password@db:8443', summary: 'up.example.clickhouse' },
  ],
  flags: OWN,
  moreFlags: settingFlags,

  async run({ flags, stderr, messages, environment }) {
    const { up: serve } = await serverPart(() => import('@tendril/server/app/up'));
    await serve({
      flags: settingsOf(flags),
      file: textFlag(flags, 'config'),
      onReady: ({ url, receivers }) => {
        // Only now, so that it does not slow the start; a server is not always stopped gently.
        flushCompileCache();
        const addresses = [url, ...receivers.map((receiver) => receiver.url)].filter(Boolean);
        void stderr.line(messages.text('say.ready', { addresses: addresses.join('  ') }));
        if (!stderr.isTerminal) return;
        void stderr.line(stderr.style('dim', messages.text('say.ready.stop')));
        const mayOpen = flags['no-open'] !== true;
        if (mayOpen && hasScreen({ platform: process.platform, environment })) void openPage(url);
      },
      warn: (message) => {
        void stderr.line(printable(message));
      },
    });
    if (stderr.isTerminal) await stderr.line(messages.text('say.stopped'));
    return EXIT.ok;
  },
};

async function settingFlags(): Promise<Flags> {
  const { SERVER_SETTINGS } = await serverPart(() => import('@tendril/server/app/config'));
  return Object.fromEntries(
    Object.entries(SERVER_SETTINGS).map(([key, { doc }]) => [
      flagName(key),
      { type: 'string' as const, value: 'VALUE', doc },
    ]),
  );
}

/** Flags that are settings, with the short forms spelled out. */
function settingsOf(flags: FlagValues): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const [name, value] of Object.entries(flags)) {
    if (typeof value === 'string' && !Object.hasOwn(OWN, name) && !NOT_SETTINGS.has(name)) {
      settings[name] = value;
    }
  }
  for (const text of textFlags(flags, 'receiver')) {
    const [name, address] = receiverOf(text);
    settings[`receivers-${name}-listen`] = address;
  }
  for (const name of ['otlp-http', 'otlp-grpc']) {
    const port = textFlag(flags, `${name}-port`);
    if (port !== undefined) settings[`receivers-${name}-listen`] = `:${port}`;
  }
  const clickhouse = textFlag(flags, 'clickhouse');
  if (clickhouse !== undefined) settings['engine-url'] = clickhouse;
  return settings;
}

const NOT_SETTINGS: ReadonlySet<string> = new Set(['url', 'lang']);

function receiverOf(text: string): readonly [string, string] {
  const equals = text.indexOf('=');
  if (equals < 1) throw badValue('--receiver', text, 'NAME=ADDRESS');
  return [text.slice(0, equals), text.slice(equals + 1)];
}
