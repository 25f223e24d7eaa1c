/** It has no types of its own; this is what tests use of it. */
declare module 'lumberjack-client' {
  import type { Socket } from 'node:net';
  import type { ConnectionOptions } from 'node:tls';

  export default class LumberjackClient {
    socket?: Socket;
    constructor(config: ConnectionOptions, useTls?: boolean);
    log(event: object): void;
  }
}
