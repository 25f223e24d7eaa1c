/** Which chains of a run are judged, and what the right answer is. */
import { FAULTS } from '@tendril/im-demo/faults/catalogue';
import type { Operation } from '@tendril/im-demo/cluster/outcomes';
import type { Fault } from '@tendril/im-demo/faults/fault';
import type { Span } from '@tendril/model/span';
import { seededRandom } from '../faults/seeded-random.ts';
import type { RecordedRun } from './recorded-run.ts';

/** Of a user who suffered from the fault, of one for whom all went well, of one who asked for what is not to be had. */
type Role = 'affected' | 'healthy' | 'refused';

export interface JudgedChain {
  readonly role: Role;
  readonly operationId: string;
  readonly cause: Cause | undefined;
}

export interface Cause {
  readonly kind: Fault['cause']['kind'];
  readonly service: string;
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
  const fault = FAULTS.find(({ name }) => name === run.fault);
  const affected = fault && choose(affectedBy(fault, run, spans));
  const quiet = fault ? before : run.operations;
  const healthy = choose(quiet.filter(({ result }) => result === 'ok'));
  const refused = choose(quiet.filter(({ result }) => result === 'refused'));
  const none = (role: Role, operation: Operation | undefined): readonly JudgedChain[] =>
    operation ? [{ role, operationId: operation.operationId, cause: undefined }] : [];
  return [
    ...(fault && affected
      ? [
          {
            role: 'affected',
            operationId: affected.operationId,
            cause: causeOf(fault, run),
          } as const,
        ]
      : []),
    ...none('healthy', healthy),
    ...none('refused', refused),
  ];
}

function causeOf({ cause, scope }: Fault, { instances }: RecordedRun): Cause {
  const { kind, service } = cause;
  const isOne = scope === 'one' && instances.every((instance) => instance.startsWith(service));
  return { kind, service, instances: isOne ? instances : [] };
}

/** Operations that show what the fault does, and that went by where it is. */
function affectedBy(fault: Fault, run: RecordedRun, spans: readonly Span[]): readonly Operation[] {
  const { seenAs, symptoms } = fault;
  const touched = operationsAt(run.instances, spans);
  const failedBehind = operationsWithErrors(spans);
  const usual = usualDurations(run);
  return run.operations.filter(({ operationId, action, startedAtMs, durationMs, result }) => {
    if (startedAtMs < run.onsetMs + GRIP_MS || !symptoms.includes(action)) return false;
    if (!touched.has(operationId)) return false;
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
