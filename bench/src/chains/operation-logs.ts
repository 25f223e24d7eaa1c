/** Records of operations over eight services, as OTLP/JSON. */
export const SERVICES = [
  'gateway',
  'api',
  'auth',
  'user',
  'message',
  'transfer',
  'push',
  'storage',
] as const;

export interface OperationLoad {
  readonly number: number;
  readonly startNs: bigint;
  readonly records: number;
  readonly isFailed: boolean;
}

const STEP_NS = 1_000_000n;
const INFO = 9;
const ERROR = 17;

export function operationLogs(operations: readonly OperationLoad[]): string {
  const resourceLogs = SERVICES.map((service, place) => ({
    resource: { attributes: attributes({ 'service.name': service, 'host.name': `node-${place}` }) },
    scopeLogs: [{ logRecords: operations.flatMap((operation) => recordsOf(operation, place)) }],
  }));
  return JSON.stringify({ resourceLogs });
}

/** Of one service: its part of the steps in the order of the services. */
function recordsOf({ number, startNs, records, isFailed }: OperationLoad, place: number): object[] {
  const each = Math.ceil(records / SERVICES.length);
  const count = Math.max(0, Math.min(each, records - place * each));
  return Array.from({ length: count }, (_, index) => {
    const step = place * each + index;
    const isLast = isFailed && step === records - 1;
    const body = isLast
      ? 'write failed: context deadline exceeded'
      : `${WORDS[index % WORDS.length] ?? ''} of ${SERVICES[place] ?? ''} done`;
    return {
      timeUnixNano: String(startNs + BigInt(step) * STEP_NS),
      severityNumber: isLast ? ERROR : INFO,
      body: { stringValue: body },
      attributes: attributes({
        operationID: `bench-${number}`,
        userID: `u${number % 10_000}`,
        cost: `${(1 + (number % 7)).toFixed(1)}ms`,
      }),
    };
  });
}

const WORDS = ['check', 'lookup', 'request', 'response', 'commit', 'encode', 'route'] as const;

function attributes(values: Readonly<Record<string, string>>): object[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: { stringValue: value } }));
}
