/**
 * Error codes of OpenIM, told apart by what they mean for whoever runs it: a refusal is the answer to
 * a request that may not be fulfilled (blocked by the peer, token expired, no such group); a fault is
 * something broken. Servers log both as errors.
 *
 * Numbers collide between layers: 10002 is "wrong arguments" in the SDK and "registered already" in
 * servers of the second generation. Codes that are not listed are undecided.
 */
export type ErrorKind = 'refusal' | 'fault' | 'noise';

/** Who writes the code. The SDK also passes on what servers answered. */
export type CodeLayer = 'server' | 'sdk';

// tools errs/predefine.go, open-im-server pkg/common/servererrs/code.go, chat pkg/eerrs.
const SERVER_REFUSALS: readonly number[] = [
  1001, 1002, 1003, 1004, 1101, 1102, 1201, 1202, 1203, 1204, 1205, 1206, 1301, 1302, 1303, 1304,
  1305, 1401, 1402, 1403, 1404, 1501, 1502, 1503, 1504, 1505, 1506, 1507, 1520, 1602, 1701, 20001,
  20002, 20003, 20004, 20005, 20006, 20007, 20008, 20009, 20010, 20011, 20012, 20013, 20014, 20101,
];
const SERVER_FAULTS: readonly number[] = [
  500, 1000, 1050, 1601, 1603, 1604, 80000, 90002, 90004, 90007,
];
// Servers of the second generation: registration and codes sent by mail.
const LEGACY_REFUSALS: readonly number[] = [
  10001, 10002, 10003, 10004, 10005, 10006, 10007, 10008, 10009, 10010, 10011, 10012, 10013, 10014,
];
// openim-sdk-core pkg/sdkerrs; 10001 to 10003 are also what its JavaScript database answers.
const SDK_REFUSALS: readonly number[] = [
  10002, 10007, 10008, 10009, 10100, 10101, 10102, 10200, 10204, 10205, 10206, 10207, 10301, 10302,
  10400, 10401,
];
const SDK_FAULTS: readonly number[] = [
  100, 200, 10000, 10001, 10003, 10005, 10006, 10201, 10202, 10203, 10303,
];
// gRPC's own: those that the semantic conventions count as a server's errors are faults.
const GRPC_REFUSALS: readonly number[] = [1, 3, 5, 6, 7, 8, 9, 10, 11, 16];
const GRPC_FAULTS: readonly number[] = [2, 4, 12, 13, 14, 15];

const SERVER: ReadonlyMap<number, ErrorKind> = new Map([
  ...kinds(LEGACY_REFUSALS, 'refusal'),
  ...kinds(SERVER_REFUSALS, 'refusal'),
  ...kinds(SERVER_FAULTS, 'fault'),
  ...kinds(GRPC_REFUSALS, 'refusal'),
  ...kinds(GRPC_FAULTS, 'fault'),
]);
const SDK: ReadonlyMap<number, ErrorKind> = new Map([
  ...SERVER,
  ...kinds(SDK_REFUSALS, 'refusal'),
  ...kinds(SDK_FAULTS, 'fault'),
]);

/** Undefined for codes that are not OpenIM's. */
export function errorKindOf(code: number, layer: CodeLayer): ErrorKind | undefined {
  return layer === 'sdk' ? SDK.get(code) : SERVER.get(code);
}

const GRPC_NAMES: readonly string[] = [
  'OK',
  'Canceled',
  'Unknown',
  'InvalidArgument',
  'DeadlineExceeded',
  'NotFound',
  'AlreadyExists',
  'PermissionDenied',
  'ResourceExhausted',
  'FailedPrecondition',
  'Aborted',
  'OutOfRange',
  'Unimplemented',
  'Internal',
  'Unavailable',
  'DataLoss',
  'Unauthenticated',
];

/** The number of a gRPC status as Go prints it; undefined when there is none of that name. */
export function grpcCodeOf(name: string): number | undefined {
  const code = GRPC_NAMES.indexOf(name);
  return code > 0 ? code : undefined;
}

function kinds(codes: readonly number[], kind: ErrorKind): (readonly [number, ErrorKind])[] {
  return codes.map((code) => [code, kind] as const);
}
