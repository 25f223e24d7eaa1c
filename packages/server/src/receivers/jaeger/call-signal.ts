import type { ReceiverCall } from '../http-receiver.ts';

/** Fires when the client goes away. */
export function signalOf({ response }: ReceiverCall): AbortSignal {
  const leaving = new AbortController();
  response.once('close', () => leaving.abort());
  return leaving.signal;
}
