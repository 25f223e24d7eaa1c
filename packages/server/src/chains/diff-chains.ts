/** Two chains step by step. */
import type {
  ChainDiffResponse,
  ChainSummary,
  DiffSide,
  DiffStep,
} from '@tendril/api/chain-search';
import type { Chain } from '@tendril/api/chain';
import type { ExplainedChain } from '@tendril/chains/explain';
import { EventReader, type Event } from '@tendril/chains/sighting';
import { severityOfNumber } from '@tendril/model/severity';
import type { ChainReaders } from './chain-readers.ts';
import { explained } from './read-chain.ts';

export async function diffChains(
  readers: ChainReaders,
  { id, with: other }: { readonly id: string; readonly with: string },
  signal: AbortSignal,
): Promise<ChainDiffResponse> {
  const statement = { budget: readers.reader.budget(), signal };
  const left = await explained(readers, { id, by: 'auto' }, statement);
  const right = await explained(readers, { id: other, by: 'auto' }, statement);
  return {
    left: summaryOf(left),
    right: summaryOf(right),
    steps: diffSteps(left, right),
    cost: statement.budget.cost(),
  };
}

interface SidedStep {
  readonly side: DiffSide;
  readonly event: Event;
}

function diffSteps(left: ExplainedChain, right: ExplainedChain): readonly DiffStep[] {
  const mine = sidesOf(left);
  const theirs = sidesOf(right);
  const keys = [...new Set([...mine.keys(), ...theirs.keys()])];
  const steps = keys.flatMap((key) => {
    const one = mine.get(key);
    const two = theirs.get(key);
    const event = one?.event ?? two?.event;
    if (!event) return [];
    const offsetNs = Math.min(one?.side.offsetNs ?? Infinity, two?.side.offsetNs ?? Infinity);
    const { service, source } = event;
    const patternId = source.kind === 'record' ? source.record.patternId : '';
    const text = source.kind === 'record' ? source.record.body : source.span.name;
    const step = { service, text, patternId, left: one?.side ?? null, right: two?.side ?? null };
    return [{ step, offsetNs }];
  });
  return steps.toSorted((a, b) => a.offsetNs - b.offsetNs).map(({ step }) => step);
}

function sidesOf({ records, spans }: ExplainedChain): ReadonlyMap<string, SidedStep> {
  const reader = new EventReader();
  const events = [
    ...records.map(({ record }) => reader.ofRecord(record, '')),
    ...spans.map(({ span }) => reader.ofSpan(span, '')),
  ].toSorted((a, b) => a.atMs - b.atMs);
  const startMs = events[0]?.atMs ?? 0;
  const sides = new Map<string, SidedStep>();
  for (const event of events) {
    const key = `${event.service}\n${event.step}`;
    const known = sides.get(key);
    const durationNs = event.durationMs > 0 ? Math.round(event.durationMs * 1e6) : null;
    const side = known
      ? { ...known.side, count: known.side.count + 1 }
      : { count: 1, offsetNs: Math.round((event.atMs - startMs) * 1e6), durationNs };
    sides.set(key, { side, event: known?.event ?? event });
  }
  return sides;
}

function summaryOf(chain: ExplainedChain): ChainSummary {
  const { id, kind, start, end, counts, lanes, keys, entry, records } = chain;
  const troubles = records.filter(({ record }) => record.severityNumber >= 13);
  const errors = troubles.filter(({ record }) => isError(record.severityNumber));
  return {
    id,
    kind,
    start,
    end,
    records: counts.records,
    errors: errors.length,
    services: [...new Set(lanes.map(({ service }) => service))].toSorted(),
    userId: keys['userId']?.[0] ?? '',
    entry,
    surfaced: sightingOf(errors.at(-1)),
    firstWrong: sightingOf(troubles[0]),
  };
}

function isError(severityNumber: number): boolean {
  const severity = severityOfNumber(severityNumber);
  return severity === 'error' || severity === 'fatal';
}

function sightingOf(found: Chain['records'][number] | undefined): ChainSummary['surfaced'] {
  if (!found) return null;
  const { id, timestamp, serviceName, severityNumber, body, patternId } = found.record;
  return { id, timestamp, service: serviceName, severityNumber, text: body, patternId };
}
