/** How bad a record or span is by what it says itself, before it is compared with anything. */

/** 0 nothing, 1 warning, 2 error, 3 fatal. */
export type TroubleLevel = 0 | 1 | 2 | 3;

export interface Trouble {
  readonly level: TroubleLevel;
  /** Somebody was told no, as it should be: nothing is broken. */
  readonly isRefusal: boolean;
}

export const NO_TROUBLE: Trouble = { level: 0, isRefusal: false };

const WARN = 13;
const ERROR = 17;
const FATAL = 21;

/** `kind` is the attribute `error.kind`, which formats fill. */
export function troubleOfRecord(severityNumber: number, kind: string): Trouble {
  if (kind === 'noise') return NO_TROUBLE;
  return { level: levelOf(severityNumber), isRefusal: kind === 'refusal' };
}

function levelOf(severityNumber: number): TroubleLevel {
  if (severityNumber >= FATAL) return 3;
  if (severityNumber >= ERROR) return 2;
  return severityNumber >= WARN ? 1 : 0;
}

export interface SpanVerdict {
  readonly isError: boolean;
  /** Numbers as text; empty when there is none. */
  readonly httpStatus: string;
  readonly rpcStatus: string;
  readonly errorKind: string;
}

/** The caller's mistake, by RFC 9110; a time-out and a limit on the rate are not. */
const HTTP_FAULTS: ReadonlySet<number> = new Set([408, 425, 429]);
/** Of gRPC: invalid argument, not found, already exists, denied, precondition, range, unauthenticated. */
const RPC_REFUSALS: ReadonlySet<string> = new Set(['3', '5', '6', '7', '9', '11', '16']);

export function troubleOfSpan({ isError, httpStatus, rpcStatus, errorKind }: SpanVerdict): Trouble {
  const http = Number(httpStatus);
  const isHttpRefusal = http >= 400 && http < 500 && !HTTP_FAULTS.has(http);
  const isRefusal = isHttpRefusal || RPC_REFUSALS.has(rpcStatus) || errorKind === 'refusal';
  if (isError) return { level: 2, isRefusal };
  return isHttpRefusal ? { level: 1, isRefusal: true } : NO_TROUBLE;
}
