/**
 * What the receivers `syslog-udp`, `syslog-tcp` and `syslog-tls` do. Syslog acknowledges nothing: over a stream the
 * sender is made to wait while its messages are stored, over UDP what is too much is dropped and counted.
 */
import { NS_PER_MS } from '@tendril/model/time-range';
import { SyslogFrames } from '../../protocols/syslog/frames.ts';
import { decodeSyslog, type SyslogMessage } from '../../protocols/syslog/syslog.ts';
import type { StoreDatagrams } from '../datagram-receiver.ts';
import { ingestPatiently } from '../patient-ingest.ts';
import type { ReceiverDependencies } from '../receiver-dependencies.ts';
import type { StreamConnection } from '../stream-receiver.ts';

export function storeSyslog(dependencies: ReceiverDependencies, name: string): StoreDatagrams {
  return async (batch, signal) => {
    const messages = batch.map((datagram) => ({ ...datagram, isCut: false }));
    await store(name, messages, { dependencies, signal });
  };
}

export async function serveSyslog(
  connection: StreamConnection,
  dependencies: ReceiverDependencies,
  name: string,
): Promise<void> {
  const { peer, signal } = connection;
  const frames = new SyslogFrames();
  for await (const chunk of connection.chunks) {
    const messages = Array.from(frames.push(chunk), (frame) => ({ ...frame, peer }));
    connection.heldBytes = frames.heldBytes;
    if (messages.length > 0) await store(name, messages, { dependencies, signal });
  }
  const rest = Array.from(frames.finish(), (frame) => ({ ...frame, peer }));
  if (rest.length > 0) await store(name, rest, { dependencies, signal });
}

async function store(
  source: string,
  messages: readonly SyslogMessage[],
  context: { readonly dependencies: ReceiverDependencies; readonly signal: AbortSignal },
): Promise<void> {
  const { pipeline, writer, nowMs } = context.dependencies;
  const nowNs = BigInt(nowMs()) * NS_PER_MS;
  const decode: Parameters<typeof pipeline.ingestLogs>[0]['decode'] = (sink) =>
    decodeSyslog(messages, writer, sink, nowNs);
  await ingestPatiently(pipeline, { source, decode }, context.signal);
}
