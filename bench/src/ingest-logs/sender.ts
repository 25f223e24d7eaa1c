/**
 * The sender of `ingest-logs` and `ingest-spans`, a process of its own: several connections, each with one request in
 * flight, as the OTLP exporters of several collectors would. Prints one JSON line at the end.
 */
import { Agent, request } from 'node:http';
import { parseArgs } from 'node:util';
import { OtlpLoad } from '@tendril/testkit/load/otlp-load';
import { OtlpSpanLoad } from '@tendril/testkit/load/otlp-span-load';
import { percentile } from '../statistics.ts';

export interface SenderResult {
  readonly records: number;
  readonly requests: number;
  /** Requests that were answered 429 or 503 and sent again. */
  readonly retries: number;
  readonly elapsedMs: number;
  readonly bytes: number;
  readonly ackMsP50: number;
  readonly ackMsP99: number;
  readonly ackMsMax: number;
  readonly cpuSeconds: number;
}

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: '' },
    seconds: { type: 'string', default: '30' },
    records: { type: 'string', default: '0' },
    connections: { type: 'string', default: '4' },
    'per-request': { type: 'string', default: '1000' },
    rate: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    'start-ns': { type: 'string', default: '' },
    'step-ns': { type: 'string', default: '1000' },
    heavy: { type: 'boolean', default: false },
    spans: { type: 'boolean', default: false },
  },
});

const perRequest = Number(values['per-request']);
const ratePerSecond = Number(values.rate);
const requestsMax = Number(values.records) > 0 ? Number(values.records) / perRequest : Infinity;
const deadlineMs = Number(values.records) > 0 ? Infinity : Number(values.seconds) * 1_000;
const startNs = values['start-ns'] ? BigInt(values['start-ns']) : BigInt(Date.now()) * 1_000_000n;

const seed = Number(values.seed);
const stepNs = Number(values['step-ns']);
const load = values.spans
  ? new OtlpSpanLoad({ seed, spansPerRequest: perRequest, startNs, stepNs })
  : new OtlpLoad({ seed, recordsPerRequest: perRequest, startNs, stepNs, heavy: values.heavy });
const agent = new Agent({ keepAlive: true, maxSockets: Number(values.connections) });
const latenciesMs: number[] = [];
let requests = 0;
let retries = 0;
let bytes = 0;

const startedMs = performance.now();
await Promise.all(Array.from({ length: Number(values.connections) }, sendUntilDone));
const elapsedMs = performance.now() - startedMs;
agent.destroy();

const usage = process.cpuUsage();
const result: SenderResult = {
  records: latenciesMs.length * perRequest,
  requests: latenciesMs.length,
  retries,
  elapsedMs,
  bytes,
  ackMsP50: percentile(latenciesMs, 0.5),
  ackMsP99: percentile(latenciesMs, 0.99),
  ackMsMax: Math.max(...latenciesMs),
  cpuSeconds: (usage.user + usage.system) / 1e6,
};
process.stdout.write(`${JSON.stringify(result)}\n`);

async function sendUntilDone(): Promise<void> {
  while (requests < requestsMax && performance.now() - startedMs < deadlineMs) {
    const number = requests;
    requests += 1;
    // At a fixed rate each request has its moment; latency counts from that moment, so that a
    // stalled server is charged for the requests that had to wait (no coordinated omission).
    const dueMs = ratePerSecond > 0 ? startedMs + (number * perRequest * 1_000) / ratePerSecond : 0;
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await pause(waitMs);
    const body = load.next();
    const fromMs = ratePerSecond > 0 ? dueMs : performance.now();
    while (!(await post(body))) {
      retries += 1;
      await pause(50);
    }
    bytes += body.length;
    latenciesMs.push(performance.now() - fromMs);
  }
}

async function post(body: Buffer): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      values.url,
      {
        method: 'POST',
        agent,
        headers: { 'content-type': 'application/x-protobuf', 'content-length': body.length },
      },
      (response) => {
        response.resume();
        response.on('end', () => {
          const { statusCode = 0 } = response;
          if (statusCode === 200) resolve(true);
          else if (statusCode === 429 || statusCode === 503) resolve(false);
          else reject(new Error(`the server answered ${statusCode}`));
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

async function pause(ms: number): Promise<void> {
  await new Promise((done) => {
    setTimeout(done, ms);
  });
}
