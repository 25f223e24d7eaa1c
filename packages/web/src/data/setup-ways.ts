/** All ways to bring data in: what Tendril does itself, what programs do, and every shipper. */
import type { PageMessages } from '@tendril/messages/page';
import { RECEIVER_PORTS, setupText } from '@tendril/messages/shippers/shipper-setup';
import { SHIPPER_SETUPS } from '@tendril/messages/shippers/shipper-setups';

export interface ServerFacts {
  /** Of the page. */
  readonly origin: string;
  readonly receivers: readonly { readonly name: string; readonly url: string }[];
  /** Empty while there is none to show. */
  readonly token: string;
}

export interface SetupWay {
  readonly id: string;
  readonly group: 'own' | 'program' | 'shipper';
  readonly name: string;
  readonly receiver: string;
  /** As the program that reads it calls it; empty for commands. */
  readonly file: string;
  readonly code: string;
  readonly note: string;
  /** The flag that turns the receiver on; empty when it listens. */
  readonly flag: string;
}

const TOKEN_PLACE = 'TOKEN';

export function setupWays(
  facts: ServerFacts,
  { text, language }: Pick<PageMessages, 'text' | 'language'>,
): readonly SetupWay[] {
  return [...ownWays(facts, text), ...shipperWays(facts, language)];
}

function ownWays(
  { origin, receivers, token }: ServerFacts,
  text: PageMessages['text'],
): readonly SetupWay[] {
  const otlp = receivers.find(({ name }) => name === 'otlp-http')?.url ?? 'http://127.0.0.1:4318';
  const flag = flagOf('otlp-http', receivers);
  const header =
    token === '' ? '' : `\nexport OTEL_EXPORTER_OTLP_HEADERS="authorization=Bearer ${token}"`;
  const ownToken = token === '' ? '' : `TENDRIL_TOKEN=${token} `;
  return [
    {
      id: 'files',
      group: 'own',
      name: text('first.way.file'),
      receiver: 'ndjson',
      file: '',
      code: `${ownToken}tendril import /var/log/my-service/*.log --service my-service`,
      note: text('first.note.file'),
      flag: '',
    },
    {
      id: 'pipe',
      group: 'own',
      name: text('first.way.pipe'),
      receiver: 'ndjson',
      file: '',
      code: `my-service 2>&1 | ${ownToken}tendril pipe --service my-service`,
      note: text('first.note.pipe'),
      flag: '',
    },
    {
      id: 'otlp',
      group: 'program',
      name: text('first.way.otlp'),
      receiver: 'otlp-http',
      file: '',
      code: `export OTEL_EXPORTER_OTLP_ENDPOINT=${otlp}
export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
export OTEL_LOGS_EXPORTER=otlp
export OTEL_SERVICE_NAME=my-service${header}`,
      note: text('first.note.otlp'),
      flag,
    },
    {
      id: 'ndjson',
      group: 'program',
      name: text('first.way.curl'),
      receiver: 'ndjson',
      file: '',
      code: `curl '${origin}/api/v1/ingest?service=my-service' \\
  -H 'Content-Type: application/x-ndjson' \\${token === '' ? '' : `\n  -H 'Authorization: Bearer ${token}' \\`}
  --data-binary '{"level":"error","msg":"first record","operationID":"op-1"}'`,
      note: text('first.note.curl'),
      flag: '',
    },
  ];
}

function shipperWays(
  { origin, receivers, token }: ServerFacts,
  language: PageMessages['language'],
): readonly SetupWay[] {
  return SHIPPER_SETUPS.filter(({ id }) => id !== 'curl').map((setup) => {
    const { id, name, receiver, file, note } = setup;
    const address = addressOf(receiver, { origin, receivers });
    const flag = flagOf(receiver, receivers);
    const code = setupText(setup, { ...address, token: token === '' ? TOKEN_PLACE : token });
    return {
      id,
      group: 'shipper' as const,
      name,
      receiver,
      file,
      code,
      note: note[language].replaceAll('HOST:PORT', `${address.host}:${address.port}`),
      flag,
    };
  });
}

function flagOf(receiver: string, receivers: ServerFacts['receivers']): string {
  if (receiver === 'ndjson' || receivers.some(({ name }) => name === receiver)) return '';
  return RECEIVER_PORTS[receiver]?.flag ?? '';
}

/** Where it listens, else where it would; on the host that this page was asked from when it listens on all. */
function addressOf(
  receiver: string,
  { origin, receivers }: Pick<ServerFacts, 'origin' | 'receivers'>,
): { readonly host: string; readonly port: number } {
  const page = new URL(origin);
  const url = receivers.find(({ name }) => name === receiver)?.url;
  // Schemes of our own (`grpc:`, `udp:`) have no default port and parse the same way.
  const [, host = '', port = ''] = /^[\w+-]+:\/\/(\[[^\]]+\]|[^:/]+):(\d+)/.exec(url ?? '') ?? [];
  const isEverywhere = host === '' || host === '0.0.0.0' || host === '[::]';
  return {
    host: isEverywhere ? page.hostname : host,
    port: port === '' ? (RECEIVER_PORTS[receiver]?.port ?? Number(page.port)) : Number(port),
  };
}
