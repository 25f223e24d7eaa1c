/** Asks the reasoning who did it, with all signals, with logs alone and with spans alone. */
import type { ChainOutcome, ChainSuspect } from '@tendril/api/chain';
import { explainChain } from '@tendril/chains/explain';
import type { Knowledge } from '@tendril/chains/findings';
import { MemoryStore, type Recorded } from '@tendril/chains/memory-store';
import type { Weights } from '@tendril/chains/score';
import type { Cause, JudgedChain } from './judged-chains.ts';

export const MODES = ['all', 'logs', 'spans'] as const;
export type Mode = (typeof MODES)[number];

export interface Verdict {
  readonly run: string;
  /** Empty in runs without one. */
  readonly fault: string;
  readonly mode: Mode;
  readonly chain: JudgedChain;
  readonly outcome: ChainOutcome;
  /** The likeliest first. */
  readonly suspects: readonly Named[];
}

/** What is needed of a suspect to say whether it is the right one, and to weigh it anew. */
export type Named = Pick<ChainSuspect, 'kind' | 'service' | 'instance' | 'confidence' | 'features'>;

export interface JudgeOptions {
  readonly run: string;
  readonly fault: string;
  readonly telemetry: Recorded;
  readonly chains: readonly JudgedChain[];
  readonly knowledge: Knowledge;
  readonly weights: Weights;
  readonly readToMs: number;
}

export async function judgeRun(options: JudgeOptions): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const mode of MODES) {
    const store = new MemoryStore(seenIn(mode, options.telemetry));
    for (const chain of options.chains) {
      const verdict = await judge(store, mode, chain, options);
      if (verdict) verdicts.push(verdict);
    }
  }
  return verdicts;
}

function seenIn(mode: Mode, { records, spans, changes }: Recorded): Recorded {
  return {
    records: mode === 'spans' ? [] : records,
    spans: mode === 'logs' ? [] : spans,
    changes,
  };
}

async function judge(
  store: MemoryStore,
  mode: Mode,
  chain: JudgedChain,
  { run, fault, knowledge, weights, readToMs }: JudgeOptions,
): Promise<Verdict | undefined> {
  const explained = await explainChain(chain.ids, { store, knowledge, weights, readToMs });
  if (!explained) return undefined;
  const suspects = explained.suspects.map(({ kind, service, instance, confidence, features }) => {
    return { kind, service, instance, confidence, features };
  });
  return { run, fault, mode, chain, outcome: explained.outcome, suspects };
}

/** A suspect is right when its service is, or its address, and the instance where one is named. */
export function isRight({ kind, service, instance }: Named, cause: Cause): boolean {
  const [host = ''] = instance.split(':');
  const hosts = [...cause.addresses, ...cause.instances];
  if (kind === 'dependency' && hosts.includes(host)) return true;
  if (service !== cause.service && service !== cause.alias) return false;
  const namesOne = kind === 'instance' || (kind === 'dependency' && instance !== '');
  if (!namesOne || cause.instances.length === 0) return true;
  return cause.instances.some((each) => instance === each || host === each);
}

/** From 1; Infinity when it is not among them. */
export function rankOf(suspects: readonly Named[], cause: Cause): number {
  const place = suspects.findIndex((suspect) => isRight(suspect, cause));
  return place < 0 ? Infinity : place + 1;
}
