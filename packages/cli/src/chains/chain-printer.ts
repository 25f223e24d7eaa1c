/** A chain for the terminal: lanes in time, the path of the failure, suspects with what speaks for and against them. */
import type { Chain, ChainEvidence, ChainHop, ChainStep, ChainSuspect } from '@tendril/api/chain';
import type { ChainSummary } from '@tendril/api/chain-search';
import { chainSentences } from '@tendril/messages/chains';
import type { Messages } from '@tendril/messages/messages';
import { instanceName } from '@tendril/model/instance-name';
import { severityOfNumber } from '@tendril/model/severity';
import type { Output } from '../output/output.ts';
import { printable } from '../output/printable.ts';
import { RecordPrinter, timeText } from '../output/record-line.ts';
import { durationText } from '../output/span-line.ts';
import { fit, padEnd, padStart, widthOf } from '../output/width.ts';

const BAR_WIDTH = 30;
const NAME_WIDTH_MAX = 34;
const TEXT_WIDTH_MIN = 30;
const SUSPECTS_SHOWN = 3;
const SUSPECT_CONFIDENCE_MIN = 0.02;
const GAPS_SHOWN = 3;
const NUMBER_WIDTH = 3;

export class ChainPrinter {
  private readonly output: Output;
  private readonly messages: Messages;
  private readonly sentence: ReturnType<typeof chainSentences>;

  constructor(output: Output, messages: Messages) {
    this.output = output;
    this.messages = messages;
    this.sentence = chainSentences(messages.language);
  }

  async print(chain: Chain): Promise<void> {
    await this.head(chain);
    await this.lanes(chain);
    if (chain.walk.length > 0) await this.walk(chain);
    await this.suspects(chain);
    await this.gaps(chain);
    await this.changes(chain);
  }

  /** Every record in the order of the corrected clocks. */
  async records({ records, counts }: Chain): Promise<void> {
    const printer = new RecordPrinter(this.output, { full: false });
    await this.title('chain.records', { count: counts.records });
    for (const { record } of records) await this.output.line(printer.print(record));
  }

  async summary(summary: ChainSummary): Promise<void> {
    const { output } = this;
    const { id, start, records, errors, services, firstWrong, surfaced } = summary;
    const time = timeText(start, output.isTerminal);
    const counts = this.messages.text('chain.counts', { records, errors });
    const head = `${time}  ${output.style('bold', printable(id))}  ${counts}  ${services.map(printable).join(' ')}`;
    await output.line(head);
    for (const sighting of [firstWrong, surfaced === firstWrong ? null : surfaced]) {
      if (!sighting || (sighting !== firstWrong && sighting.id === firstWrong?.id)) continue;
      const { service, severityNumber, text } = sighting;
      const label = `    ${letterOf(severityNumber)}  ${printable(service)}  `;
      const room = Math.max(TEXT_WIDTH_MIN, output.width - widthOf(label));
      await output.line(`${output.style('dim', label)}${fit(printable(text), room)}`);
    }
  }

  /** What changed before it began. */
  async changes({ changes }: Chain): Promise<void> {
    if (changes.length === 0) return;
    await this.title('chain.changes', {});
    for (const { timestamp, service, instance, text } of changes) {
      const who = printable(instanceName(service, instance));
      const time = this.time(timestamp);
      await this.output.line(`  ${this.output.style('dim', time)}  ${who}  ${printable(text)}`);
    }
  }

  private async head(chain: Chain): Promise<void> {
    const { output, messages } = this;
    const { id, entry, outcome, start, end, counts, lanes, keys } = chain;
    const users = (keys['userId'] ?? []).map((user) => `userID ${printable(user)}`);
    const ended = messages.text('chain.outcome', {
      outcome,
      duration: durationText(String(BigInt(end) - BigInt(start))),
    });
    const size = messages.text('chain.size', { ...counts, lanes: lanes.length });
    const parts = [printable(entry.operation), ...users, ended, size].filter(Boolean);
    await output.line(`${output.style('bold', printable(id))}   ${parts.join(' · ')}`);
  }

  private async lanes(chain: Chain): Promise<void> {
    await this.output.line();
    const names = new Map(
      chain.lanes.map(
        (lane) => [lane.id, printable(instanceName(lane.service, lane.instance))] as const,
      ),
    );
    const width = Math.min(NAME_WIDTH_MAX, Math.max(...[...names.values()].map(widthOf), 0));
    for (const hop of chain.hops) {
      const name = padEnd(fit(names.get(hop.lane) ?? '', width), width);
      await this.output.line(`  ${name}  ${this.bar(hop, chain)}  ${this.hopFacts(hop, chain)}`);
    }
  }

  private bar(hop: ChainHop, { start, end }: Chain): string {
    const whole = Math.max(1, Number(BigInt(end) - BigInt(start)));
    const at = (ns: string): number => (Number(BigInt(ns) - BigInt(start)) / whole) * BAR_WIDTH;
    const from = clamp(Math.floor(at(hop.start)), BAR_WIDTH - 1);
    const length = Math.max(1, clamp(Math.round(at(hop.end)), BAR_WIDTH) - from);
    const drawn = '━'.repeat(Math.min(length, BAR_WIDTH - from));
    const styles = { ok: 'cyan', warn: 'yellow', error: 'red' } as const;
    const rest = ' '.repeat(Math.max(0, BAR_WIDTH - from - drawn.length));
    return `${' '.repeat(from)}${this.output.style(styles[hop.status], drawn)}${rest}`;
  }

  private hopFacts(hop: ChainHop, chain: Chain): string {
    const { messages } = this;
    const lane = chain.lanes.find(({ id }) => id === hop.lane);
    const duration = padStart(durationText(String(BigInt(hop.end) - BigInt(hop.start))), 7);
    const facts = [messages.text('chain.hop', { records: hop.records, spans: hop.spans })];
    if (lane && lane.errors > 0) facts.push(messages.text('chain.errors', { count: lane.errors }));
    if (lane && lane.clockOffsetNs !== '0') {
      const offset = durationText(lane.clockOffsetNs.replace('-', ''));
      const side = lane.clockOffsetNs.startsWith('-') ? 'ahead' : 'behind';
      facts.push(messages.text('chain.clock', { offset, side }));
    }
    return `${duration}  ${this.output.style('dim', facts.join(' · '))}`;
  }

  private async walk({ walk }: Chain): Promise<void> {
    await this.output.line();
    const width = Math.min(
      NAME_WIDTH_MAX,
      Math.max(...walk.map(({ who }) => widthOf(printable(who)))),
    );
    for (const [index, step] of walk.entries()) {
      await this.step(step, width, index === walk.length - 1);
    }
  }

  private async step(step: ChainStep, width: number, isLast: boolean): Promise<void> {
    const { output } = this;
    const number = padStart(String(step.number), NUMBER_WIDTH);
    const mark =
      step.kind === 'change' ? '◆' : step.kind === 'gap' ? '┄' : letterOf(step.severityNumber);
    const who = padEnd(fit(printable(step.who), width), width);
    const head = `${number}  ${this.time(step.time)}  ${who}  ${mark}  `;
    const room = Math.max(TEXT_WIDTH_MIN, output.width - widthOf(head));
    const isBad = step.severityNumber >= ERROR;
    const text = fit(printable(step.text), room);
    await output.line(`${head}${isBad ? output.style('red', text) : text}`);
    const indent = ' '.repeat(widthOf(head) - NUMBER_WIDTH - 1);
    const vine = isLast ? ' ' : '│';
    for (const why of step.why) {
      const said = fit(printable(this.sentence(why)), room);
      await output.line(`  ${vine} ${indent}${output.style('dim', said)}`);
    }
  }

  private async suspects({ suspects, outcome }: Chain): Promise<void> {
    const shown = suspects
      .filter(({ confidence }) => confidence >= SUSPECT_CONFIDENCE_MIN)
      .slice(0, SUSPECTS_SHOWN);
    if (outcome === 'ok' || shown.length === 0) return;
    await this.title('chain.suspects', {});
    const width = Math.min(
      NAME_WIDTH_MAX,
      Math.max(
        ...shown.map(({ service, instance }) =>
          widthOf(printable(instanceName(service, instance))),
        ),
      ),
    );
    for (const [index, suspect] of shown.entries()) await this.suspect(suspect, width, index === 0);
  }

  private async suspect(suspect: ChainSuspect, width: number, isFirst: boolean): Promise<void> {
    const { output } = this;
    const { service, instance, confidence, evidence, counterEvidence } = suspect;
    const name = padEnd(fit(printable(instanceName(service, instance)), width), width);
    const number = confidence.toFixed(2);
    const head = `  ${isFirst ? output.style('green', number) : number}  ${name}  `;
    const indent = ' '.repeat(2 + 4 + 2 + width + 2);
    const lines = [...this.evidence('+', evidence), ...this.evidence('−', counterEvidence)];
    for (const [index, line] of (lines.length === 0 ? [''] : lines).entries()) {
      const room = Math.max(TEXT_WIDTH_MIN, output.width - indent.length);
      await output.line(`${index === 0 ? head : indent}${fit(line, room)}`.trimEnd());
    }
  }

  private evidence(sign: '+' | '−', evidence: readonly ChainEvidence[]): readonly string[] {
    return evidence.map((each) => `${sign} ${printable(this.sentence(each))}`);
  }

  private async gaps({ gaps, outcome }: Chain): Promise<void> {
    if (gaps.length === 0 || outcome === 'ok') return;
    await this.title('chain.missing', {});
    for (const { service, text, expectedWithinNs, healthyShare } of gaps.slice(0, GAPS_SHOWN)) {
      const values = {
        duration: durationText(expectedWithinNs),
        share: Math.round(healthyShare * 100),
      };
      const said = this.messages.text('chain.missing.expected', values);
      const what = `${printable(service)}: ${printable(text)}`;
      await this.output.line(`  ${what}  ${this.output.style('dim', said)}`);
    }
  }

  private async title(
    id: 'chain.suspects' | 'chain.missing' | 'chain.changes' | 'chain.records',
    values: Readonly<Record<string, number>>,
  ): Promise<void> {
    await this.output.line();
    await this.output.line(this.output.style('bold', this.messages.text(id, values)));
  }

  /** Within one chain the day is known. */
  private time(ns: string): string {
    return timeText(ns, true).slice(6);
  }
}

const ERROR = 17;

function letterOf(severityNumber: number): string {
  return severityOfNumber(severityNumber)?.[0]?.toUpperCase() ?? '·';
}

function clamp(value: number, most: number): number {
  return Math.min(most, Math.max(0, value));
}
