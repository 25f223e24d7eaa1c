/** The HTTP side of a client: the token, history, read receipts. */
import type { Instance } from '../instance.ts';
import { peerAttributes } from '../net/names.ts';
import { post } from '../net/rpc-client.ts';
import type { Json } from '../net/rpc-server.ts';
import type { Call } from '../telemetry/call.ts';

export async function callApi(
  instance: Instance,
  call: Call,
  {
    path,
    body,
    token = '',
  }: { readonly path: string; readonly body: Json; readonly token?: string },
): Promise<Json> {
  const peer = instance.names.next('openim-api');
  const span = {
    name: `POST ${path}`,
    kind: 'CLIENT',
    attributes: { 'http.request.method': 'POST', 'url.path': path, ...peerAttributes(peer) },
  } as const;
  return await instance.tracing.inSpan(call, span, async (inner) =>
    post(instance, inner, { peer, path, body, headers: { token } }),
  );
}
