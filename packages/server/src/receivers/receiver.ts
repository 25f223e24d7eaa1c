/** A receiver opens a port, binds a protocol to the pipeline, and knows how to stop. */
export interface Receiver {
  readonly name: string;
  /** Where it listens, e.g. `http://127.0.0.1:4318`. */
  readonly url: string;
  /** Stops accepting, lets requests in flight finish for at most `drainMs`, then cuts them. */
  close(drainMs: number): Promise<void>;
}

export interface ListenAddress {
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
}
