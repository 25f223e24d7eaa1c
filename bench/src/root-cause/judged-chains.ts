/** Which chains of a run are judged, and what the right answer is. */
import type { MemberIds } from '@tendril/chains/chain-store';
import type { Span } from '@tendril/model/span';
import { seededRandom } from '../faults/seeded-random.ts';
import { faultNamed, type JudgedFault } from './judged-fault.ts';
import type { RecordedOperation as Operation, RecordedRun } from './recorded-run.ts';

/** Of a user who suffered from the fault, of one for whom all went well, of one who asked for what is not to be had. */
type Role = 'affected' | 'healthy' | 'refused';

export interface JudgedChain {
  readonly role: Role;
  /** Of the operation, or of its trace where it has no other. */
  readonly id: string;
  readonly ids: MemberIds;
  readonly cause: Cause | undefined;
}

export interface Cause {
  readonly kind: string;
  readonly service: string;
  /** What else it may be called; empty for nothing. */
  readonly alias: string;
  /** A dependency may be named by its address alone. */
  readonly addresses: readonly string[];
  /** Empty: all of them. */
  readonly instances: readonly string[];
}

const SLOW_FACTOR = 4;
const SLOW_MS_MIN = 100;
/** So long after the onset it has taken hold. */
const GRIP_MS = 200;

/** One of each role, where there is one; the same for the same run. */
export function judgedChains(run: RecordedRun, spans: readonly Span[]): readonly JudgedChain[] {
  const random = seededRandom(Math.round(run.onsetMs % 1e9));
  const choose = (operations: readonly Operation[]): Operation | undefined =>
    operations[Math.floor(random() * operations.length)];
  const before = run.operations.filter(({ startedAtMs }) => startedAtMs < run.onsetMs - GRIP_MS);
  const fault = faultNamed(run.fault);
  const affected = fault && choose(affectedBy(fault, run, spans));
  const quiet = fault ? before : run.operations;
  const healthy = choose(quiet.filter(({ result }) => result === 'ok'));
  const refused = choose(quiet.filter(({ result }) => result === 'refused'));
  return [
    ...(fault ? chainOf('affected', affected, causeOf(fault, run)) : []),
    ...chainOf('healthy', healthy, undefined),
    ...chainOf('refused', refused, undefined),
  ];
}

function chainOf(
  role: Role,
  operation: Operation | undefined,
  cause: Cause | undefined,
): readonly JudgedChain[] {
  if (!operation) return [];
  const { operationId, traceId = '' } = operation;
  const ids = {
    operationIds: operationId === '' ? [] : [operationId],
    traceIds: traceId === '' ? [] : [traceId],
  };
  return [{ role, id: operationId || traceId, ids, cause }];
}

function causeOf(
  { cause, scope, alias }: JudgedFault,
  { instances, addresses = [] }: RecordedRun,
): Cause {
  const { kind, service } = cause;
  const isOne = scope === 'one' && instances.every((instance) => instance.startsWith(service));
  return { kind, service, alias, addresses, instances: isOne ? instances : [] };
}

/** Operations that show what the fault does, and that went by where it is. */
function affectedBy(
  fault: JudgedFault,
  run: RecordedRun,
  spans: readonly Span[],
): readonly Operation[] {
  const { seenAs, symptoms } = fault;
  const touched = operationsAt(run.instances, spans);
  const failedBehind = operationsWithErrors(spans);
  const usual = usualDurations(run);
  return run.operations.filter((operation) => {
    const { operationId, pods, action, startedAtMs, durationMs, result } = operation;
    if (startedAtMs < run.onsetMs + GRIP_MS || !symptoms.includes(action)) return false;
    const isTouched = pods
      ? run.instances.some((each) => pods.includes(each))
      : touched.has(operationId);
    if (!isTouched) return false;
    switch (seenAs) {
      case 'failed':
      case 'undelivered':
        return result === seenAs;
      case 'background':
        return failedBehind.has(operationId);
      case 'slow':
        return (
          result === 'ok' &&
          durationMs > Math.max(SLOW_MS_MIN, SLOW_FACTOR * (usual.get(action) ?? 0))
        );
    }
  });
}

/** Operations with a span of one of the instances, or a call of one. */
function operationsAt(instances: readonly string[], spans: readonly Span[]): ReadonlySet<string> {
  const at = spans.filter(
    ({ resource, attributes }) =>
      instances.includes(String(resource['service.instance.id'])) ||
      instances.includes(String(attributes['server.address'])),
  );
  return new Set(at.map(({ operationId }) => operationId));
}

function operationsWithErrors(spans: readonly Span[]): ReadonlySet<string> {
  return new Set(
    spans.filter(({ status }) => status === 'error').map(({ operationId }) => operationId),
  );
}

/** Medians before the onset, by action. */
function usualDurations({ operations, onsetMs }: RecordedRun): ReadonlyMap<string, number> {
  const before = operations.filter(({ startedAtMs }) => startedAtMs < onsetMs);
  const byAction = Map.groupBy(before, ({ action }) => action);
  return new Map(
    [...byAction].map(([action, own]) => {
      const sorted = own.map(({ durationMs }) => durationMs).toSorted((a, b) => a - b);
      return [action, sorted[sorted.length >> 1] ?? 0];
    }),
  );
}
