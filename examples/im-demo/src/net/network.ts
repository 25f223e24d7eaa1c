/** Connections as instances know them: TCP on this machine, or simulated ones. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export interface Listener {
  readonly port: number;
  /** Open from the start. Closing drops the connections as well. */
  readonly setOpen: (isOpen: boolean) => void;
}

export interface Network {
  readonly listen: (accept: (connection: Duplex) => void, port?: number) => Promise<Listener>;
  /** Emits `connect`, or `error` with a code such as ECONNREFUSED. */
  readonly connect: (port: number) => Duplex;
}

/** TCP over loopback. */
export const REAL_NETWORK: Network = {
  listen: async (accept, wanted = 0) => {
    const connections = new Set<Socket>();
    const server = createServer((socket) => {
      connections.add(socket);
      socket.on('close', () => connections.delete(socket));
      accept(socket);
    });
    server.listen(wanted, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return {
      port,
      setOpen: (isOpen) => {
        if (isOpen === server.listening) return;
        if (isOpen) server.listen(port, '127.0.0.1');
        else server.close();
        if (!isOpen) for (const socket of connections) socket.destroy();
      },
    };
  },
  connect: (port) => connect(port, '127.0.0.1'),
};
