/**
 * Sends distinct records to one receiver for a time, waiting for each acknowledgement where there is one. A
 * process of its own; prints what came of it as JSON. Refused batches are sent again, as shippers do.
 */
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { ReceiverLoad } from './load.ts';
import { PreparedLoad } from './prepared-load.ts';
import { ENCODINGS, senderOf, type Batch, type Send } from './senders.ts';

export interface ReceiverSenderResult {
  /** Acknowledged, or written where nothing is acknowledged. */
  readonly records: number;
  readonly refusals: number;
  /** How the sender was told to wait, and how often, in its protocol's words. */
  readonly waits: Readonly<Record<string, number>>;
  readonly cpuSeconds: number;
  /** From the first record to the last answer. */
  readonly seconds: number;
}

const RETRY_MS = 200;
/** Of loads that have no record in common. */
const SEEDS = 900;
/** Without a word from the server in this time everything is sent again, as Beats do. */
const SILENCE_MS_MAX = 30_000;

const { values } = parseArgs({
  options: {
    receiver: { type: 'string', default: '' },
    url: { type: 'string', default: '' },
    seconds: { type: 'string', default: '10' },
    connections: { type: 'string', default: '2' },
    'per-request': { type: 'string', default: '1000' },
  },
});

const perRequest = Number(values['per-request']);
const counts = { records: 0, refusals: 0 };
const waits: Record<string, number> = {};
const connections = Array.from({ length: Number(values.connections) }, (_, connection) => ({
  next: batchesOf(values.receiver, connection),
  send: senderOf(values.receiver, new URL(values.url), {
    connection,
    perRequest,
    silenceMs,
    noteWait,
  }),
}));
// Loads take their time to be made.
const startedMs = performance.now();
const usageBefore = process.cpuUsage();
const untilMs = startedMs + Number(values.seconds) * 1_000;
await Promise.all(connections.map(sendUntilEnd));
const { user, system } = process.cpuUsage(usageBefore);
const seconds = (performance.now() - startedMs) / 1_000;
const result: ReceiverSenderResult = {
  ...counts,
  waits,
  cpuSeconds: (user + system) / 1e6,
  seconds,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exit(0);

async function sendUntilEnd({
  next,
  send,
}: {
  readonly next: () => Batch;
  readonly send: Send;
}): Promise<void> {
  let batch = next();
  while (performance.now() < untilMs) {
    if (await send(batch)) {
      counts.records += batch.records.length;
      batch = next();
      continue;
    }
    counts.refusals += 1;
    await pause(RETRY_MS);
  }
}

function batchesOf(receiver: string, connection: number): () => Batch {
  const encoding = ENCODINGS[receiver];
  if (encoding !== undefined) {
    const seed = (randomBytes(2).readUInt16BE(0) + connection) % SEEDS;
    const load = new PreparedLoad(seed, perRequest, encoding);
    return () => load.next();
  }
  // It brings a load of its own, and is asked for the number of its records alone.
  const records = new ReceiverLoad(connection).next(perRequest);
  return () => ({ records, chunk: randomBytes(16).toString('base64') });
}

/** A second more than the run, so that what is answered at its end counts. */
function silenceMs(): number {
  const leftMs = Math.max(0, untilMs - performance.now()) + 1_000;
  return Math.min(SILENCE_MS_MAX, Math.ceil(leftMs));
}

function noteWait(how: string): void {
  waits[how] = (waits[how] ?? 0) + 1;
}

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
