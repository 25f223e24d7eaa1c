/** The tables that `npm run bench -- root-cause` prints. */
import { faultNamed } from './judged-fault.ts';
import { MODES, rankOf, type Mode, type Verdict } from './judge.ts';

/** From here on a verdict is one that a person acts on. */
export const CONFIDENT = 0.7;

export function report(title: string, verdicts: readonly Verdict[]): string {
  const affected = verdicts.filter(({ chain }) => chain.role === 'affected');
  const faults = Map.groupBy(affected, ({ fault }) => fault);
  const groups = Map.groupBy(affected, ({ fault }) => groupOf(fault));
  return [
    `\n${title}`,
    line('fault', ...MODES.map((mode) => `${mode}: runs  first  first three`)),
    ...[...faults].map(([fault, own]) => line(fault, ...MODES.map((mode) => ranks(own, mode)))),
    ...[...groups].map(([group, own]) => line(group, ...MODES.map((mode) => ranks(own, mode)))),
    line('confident on healthy', ...MODES.map((mode) => confident(verdicts, mode, 'healthy'))),
    line('confident on refused', ...MODES.map((mode) => confident(verdicts, mode, 'refused'))),
  ].join('\n');
}

function groupOf(fault: string): string {
  const known = faultNamed(fault);
  return known?.isHeldOut === true ? 'ALL held out' : `ALL of ${known?.topology ?? ''}`;
}

function line(name: string, ...cells: readonly string[]): string {
  return `${name.padEnd(30)}${cells.map((cell) => cell.padEnd(32)).join('')}`.trimEnd();
}

function ranks(verdicts: readonly Verdict[], mode: Mode): string {
  const own = verdicts.filter((verdict) => verdict.mode === mode);
  const within = (most: number): string =>
    percent(
      own.filter((each) => rank(each) <= most),
      own,
    );
  return `${String(own.length).padStart(8)}  ${within(1)}  ${within(3)}`;
}

function rank({ suspects, chain: { cause } }: Verdict): number {
  return cause ? rankOf(suspects, cause) : Infinity;
}

function confident(verdicts: readonly Verdict[], mode: Mode, role: string): string {
  const own = verdicts.filter((verdict) => verdict.mode === mode && verdict.chain.role === role);
  const sure = own.filter(({ suspects }) => (suspects[0]?.confidence ?? 0) >= CONFIDENT);
  return `${String(own.length).padStart(8)}  ${percent(sure, own)}`;
}

function percent(some: readonly unknown[], all: readonly unknown[]): string {
  if (all.length === 0) return '     –';
  return `${((100 * some.length) / all.length).toFixed(1).padStart(5)}%`;
}
