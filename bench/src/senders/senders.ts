/**
 * OpenTelemetry's SDK for Python (`pip install` needed once) and, where its path is given, `telemetrygen`, which is made of
 * the SDK for Go, deliver every record and span over HTTP and gRPC.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { numberOption, type Benchmark } from '../benchmark.ts';
import { ServerProcess } from '../server-process.ts';
import { countRecords, countSpans } from '../tendril-api.ts';

const run = promisify(execFile);
const SCRIPT = join(import.meta.dirname, 'python_sender.py');
const PROTOCOLS = ['http', 'grpc'] as const;
type Protocol = (typeof PROTOCOLS)[number];
/** Faster than this the SDK for Go drops spans before it sends them. */
const TRACES_PER_SECOND = 500;
/** telemetrygen makes a span and its child for each trace. */
const SPANS_PER_TRACE = 2;

export const senders: Benchmark = {
  name: 'senders',
  summary: "every record and span of OpenTelemetry's SDKs for Python and Go arrives",
  options: { python: 'python3', telemetrygen: '', records: '20000', traces: '2000' },
  run: async (options) => {
    const server = await ServerProcess.create();
    try {
      await server.start();
      for (const protocol of PROTOCOLS) {
        if ((options['python'] ?? '') !== '') await runPython(server, protocol, options);
        if ((options['telemetrygen'] ?? '') !== '') await runGo(server, protocol, options);
      }
    } finally {
      await server.dispose();
    }
  },
};

type Options = Readonly<Record<string, string>>;

async function runPython(
  server: ServerProcess,
  protocol: Protocol,
  options: Options,
): Promise<void> {
  const records = numberOption(options, 'records');
  const url = `http://127.0.0.1:${portOf(server, protocol)}`;
  await run(options['python'] ?? '', [SCRIPT, protocol, url, String(records)]);
  const found = await countRecords(server.url, `service:python-${protocol}`);
  report(`python ${protocol}`, { found, sent: records, what: 'records' });
}

async function runGo(server: ServerProcess, protocol: Protocol, options: Options): Promise<void> {
  const records = numberOption(options, 'records');
  const traces = numberOption(options, 'traces');
  const program = options['telemetrygen'] ?? '';
  const common = [
    ...(protocol === 'http' ? ['--otlp-http'] : []),
    '--otlp-insecure',
    `--otlp-endpoint=127.0.0.1:${portOf(server, protocol)}`,
    `--service=go-${protocol}`,
  ];
  await run(program, ['logs', ...common, '--rate=0', `--logs=${records}`]);
  const found = await countRecords(server.url, `service:go-${protocol}`);
  report(`go ${protocol}`, { found, sent: records, what: 'records' });
  const before = await countSpans(server.url);
  await run(program, ['traces', ...common, `--rate=${TRACES_PER_SECOND}`, `--traces=${traces}`]);
  const spans = (await countSpans(server.url)) - before;
  report(`go ${protocol}`, { found: spans, sent: traces * SPANS_PER_TRACE, what: 'spans' });
}

function portOf({ ports }: ServerProcess, protocol: Protocol): number {
  return protocol === 'http' ? ports.otlpHttp : ports.otlpGrpc;
}

interface Delivery {
  readonly found: number;
  readonly sent: number;
  readonly what: string;
}

function report(sender: string, { found, sent, what }: Delivery): void {
  process.stdout.write(`${sender.padEnd(12)} ${found} of ${sent} ${what} found\n`);
  if (found !== sent) process.exitCode = 1;
}
