/**
 * What a thrown error means to a sender, in HTTP and in gRPC. What may succeed later must be
 * retryable: OpenTelemetry senders drop a batch on any status but 429, 502, 503 and 504, so an
 * unexpected error of ours is 503, never 500.
 */
import { Failure } from '@tendril/model/failure';

export interface FailureStatus {
  readonly httpStatus: number;
  /** google.rpc.Code. */
  readonly grpcCode: number;
  readonly retryAfterSeconds?: number;
}

const INVALID_ARGUMENT = 3;
const PERMISSION_DENIED = 7;
const RESOURCE_EXHAUSTED = 8;
const UNAVAILABLE = 14;
const UNAUTHENTICATED = 16;

const DEFAULT_RETRY_SECONDS = 1;

const PERMANENT: ReadonlyMap<string, FailureStatus> = new Map([
  ['malformed', { httpStatus: 400, grpcCode: INVALID_ARGUMENT }],
  ['unsupported_encoding', { httpStatus: 400, grpcCode: INVALID_ARGUMENT }],
  ['unauthorized', { httpStatus: 401, grpcCode: UNAUTHENTICATED }],
  ['forbidden', { httpStatus: 403, grpcCode: PERMISSION_DENIED }],
  ['forbidden_host', { httpStatus: 403, grpcCode: PERMISSION_DENIED }],
  ['forbidden_origin', { httpStatus: 403, grpcCode: PERMISSION_DENIED }],
  ['timeout', { httpStatus: 408, grpcCode: INVALID_ARGUMENT }],
  ['too_large', { httpStatus: 413, grpcCode: RESOURCE_EXHAUSTED }],
]);

export function statusOf(error: unknown): FailureStatus {
  if (!(error instanceof Failure)) return unavailable(DEFAULT_RETRY_SECONDS);
  const permanent = PERMANENT.get(error.code);
  if (permanent !== undefined) return permanent;
  const seconds = Number(error.params['retryAfterSeconds'] ?? DEFAULT_RETRY_SECONDS);
  return error.code === 'overloaded'
    ? { httpStatus: 429, grpcCode: UNAVAILABLE, retryAfterSeconds: seconds }
    : unavailable(seconds);
}

function unavailable(retryAfterSeconds: number): FailureStatus {
  return { httpStatus: 503, grpcCode: UNAVAILABLE, retryAfterSeconds };
}
