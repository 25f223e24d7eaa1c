/** Distinct records for senders of any protocol: 240 templates, 14 services, ids that differ in each. */
import {
  CALLERS,
  HOSTS,
  SERVICES,
  SEVERITY_MIX,
  TEMPLATES,
} from '@tendril/testkit/load/vocabulary';

export interface LoadRecord {
  readonly timeMs: number;
  readonly service: string;
  readonly host: string;
  readonly level: string;
  readonly severityNumber: number;
  readonly message: string;
  readonly operationId: string;
  readonly caller: string;
  readonly bytes: number;
  /** Where it is proven that none is lost: its number in the ledger. */
  readonly ledger?: number;
}

export class ReceiverLoad {
  private number: number;

  /** Senders with different seeds never make the same record. */
  constructor(seed: number) {
    this.number = seed * 100_000_000;
  }

  next(count: number): LoadRecord[] {
    return Array.from({ length: count }, () => this.record());
  }

  private record(): LoadRecord {
    this.number += 1;
    const { number } = this;
    // A multiplicative hash: neighbours have nothing in common.
    const mixed = Math.imul(number, 0x9e3779b1) >>> 0;
    const hex = mixed.toString(16).padStart(8, '0');
    const [level, severityNumber] = severityOf(mixed % 100);
    return {
      timeMs: Date.now(),
      service: SERVICES[mixed % SERVICES.length] ?? '',
      host: HOSTS[(mixed >>> 4) % HOSTS.length] ?? '',
      level,
      severityNumber,
      message: (TEMPLATES[(mixed >>> 8) % TEMPLATES.length] ?? '')
        .replaceAll('{n}', String(100_000 + (mixed % 900_000)))
        .replaceAll('{h}', hex),
      operationId: `${hex}-${number.toString(36)}`,
      caller: CALLERS[(mixed >>> 6) % CALLERS.length] ?? '',
      bytes: mixed % 65_536,
    };
  }
}

function severityOf(percent: number): readonly [string, number] {
  let sum = 0;
  for (const [text, number, share] of SEVERITY_MIX) {
    sum += share;
    if (percent < sum) return [text, number];
  }
  return ['INFO', 9];
}
