/** What can be wrong with one instance. All off when it starts. */
export interface InstanceSettings {
  /** Before each request, command or message. */
  readonly delayMs: number;
  /** Requests that fail with `errorText`. */
  readonly errorShare: number;
  readonly errorText: string;
  readonly isListening: boolean;
  /** Commands that change something are refused with this. */
  readonly writeRefusal: string;
  /** Services that packets never reach. */
  readonly unreachable: readonly string[];
  readonly unresolvable: readonly string[];
  /** Services whose address it has wrong. */
  readonly misaddressed: readonly string[];
  /** Services that answer it with 401. */
  readonly unauthorised: readonly string[];
  /** Connections to each database. */
  readonly poolMax: number;
  /** Connections that are not given back. */
  readonly poolLeakShare: number;
  /** Messages that it takes, or should send, and forgets. */
  readonly dropShare: number;
  /** Requests that it dies of. */
  readonly crashShare: number;
  readonly requestsPerSecond: number;
  /** Every half second it stands still for so long. */
  readonly pauseMs: number;
}

export const SOUND: InstanceSettings = {
  delayMs: 0,
  errorShare: 0,
  errorText: '',
  isListening: true,
  writeRefusal: '',
  unreachable: [],
  unresolvable: [],
  misaddressed: [],
  unauthorised: [],
  poolMax: 8,
  poolLeakShare: 0,
  dropShare: 0,
  crashShare: 0,
  requestsPerSecond: Infinity,
  pauseMs: 0,
};
