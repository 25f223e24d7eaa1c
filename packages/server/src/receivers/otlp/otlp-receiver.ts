/**
 * The receivers `otlp-http` and `otlp-grpc`. Each port takes both protocols, so a sender that was
 * pointed at the wrong one works all the same.
 */
import { closeServer } from '../close-server.ts';
import type { ListenAddress, Receiver } from '../receiver.ts';
import { listenSniffing } from '../sniffing-listener.ts';
import { createOtlpGrpcServer } from './otlp-grpc.ts';
import { createOtlpHttpServer } from './otlp-http.ts';
import type { OtlpDependencies } from './otlp-dependencies.ts';

export type OtlpReceiverName = 'otlp-http' | 'otlp-grpc';

export async function startOtlpReceiver(
  name: OtlpReceiverName,
  address: ListenAddress,
  dependencies: OtlpDependencies,
): Promise<Receiver> {
  const http = createOtlpHttpServer(dependencies);
  const grpc = createOtlpGrpcServer(dependencies);
  const port = await listenSniffing({
    name,
    address,
    http,
    onHttp2: grpc.connect,
    warn: dependencies.warn,
  });
  const scheme = name === 'otlp-http' ? 'http' : 'grpc';
  return {
    name,
    url: `${scheme}://${address.host}:${port}`,
    close: async (drainMs) => {
      await Promise.all([closeServer(http, drainMs), grpc.close(drainMs)]);
    },
  };
}
