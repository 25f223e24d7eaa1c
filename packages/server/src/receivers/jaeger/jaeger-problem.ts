/** What Jaeger's API answers a request that it refuses; the message is Jaeger's own. */
export class JaegerProblem extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
