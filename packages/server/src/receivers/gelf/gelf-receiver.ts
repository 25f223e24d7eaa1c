/** What the receivers `gelf-udp` and `gelf-tcp` do. GELF acknowledges nothing. */
import { NS_PER_MS } from '@tendril/model/time-range';
import { GelfChunks } from '../../protocols/gelf/chunks.ts';
import { GelfFrames } from '../../protocols/gelf/frames.ts';
import { decodeGelf, type GelfMessage } from '../../protocols/gelf/gelf.ts';
import type { StoreDatagrams } from '../datagram-receiver.ts';
import { ingestPatiently } from '../patient-ingest.ts';
import type { ReceiverDependencies } from '../receiver-dependencies.ts';
import type { StreamConnection } from '../stream-receiver.ts';

export function storeGelf(dependencies: ReceiverDependencies, name: string): StoreDatagrams {
  const chunks = new GelfChunks();
  const { pipeline, nowMs } = dependencies;
  return async (batch, signal) => {
    const messages = batch.flatMap((datagram) => chunks.add(datagram, nowMs()) ?? []);
    if (chunks.lost > 0) pipeline.countRejected(name, 'malformed', chunks.lost);
    chunks.lost = 0;
    if (messages.length > 0) await store(name, messages, { dependencies, signal });
  };
}

export async function serveGelf(
  connection: StreamConnection,
  dependencies: ReceiverDependencies,
  name: string,
): Promise<void> {
  const { peer, signal } = connection;
  const frames = new GelfFrames();
  for await (const chunk of connection.chunks) {
    const messages = Array.from(frames.push(chunk), (bytes) => ({ bytes, peer }));
    connection.heldBytes = frames.heldBytes;
    if (messages.length > 0) await store(name, messages, { dependencies, signal });
  }
  const bytes = frames.finish();
  if (bytes.length > 0) await store(name, [{ bytes, peer }], { dependencies, signal });
}

async function store(
  source: string,
  messages: readonly GelfMessage[],
  context: { readonly dependencies: ReceiverDependencies; readonly signal: AbortSignal },
): Promise<void> {
  const { pipeline, writer, nowMs } = context.dependencies;
  const nowNs = BigInt(nowMs()) * NS_PER_MS;
  const decode: Parameters<typeof pipeline.ingestLogs>[0]['decode'] = (sink) =>
    decodeGelf(messages, writer, sink, nowNs);
  await ingestPatiently(pipeline, { source, decode }, context.signal);
}
