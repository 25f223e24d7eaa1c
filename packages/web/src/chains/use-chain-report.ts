/** The chain as Markdown, for a ticket or a chat. */
import type { Chain } from '@tendril/api/chain';
import { usePreference } from '../lib/preferences.ts';
import { useText } from '../lib/text.tsx';
import { dateTimeText, offsetText } from '../lib/zone-time.ts';
import { NS_PER_MS } from '@tendril/model/time-range';
import { OUTCOME_LABELS } from './outcome.ts';
import { suspectName } from './suspect-name.ts';
import { useStatement } from './use-statement.ts';

const SUSPECTS_MAX = 3;
const TEXT_CHARACTERS_MAX = 500;

export function useChainReport(chain: Chain): string {
  const { text } = useText();
  const zone = usePreference('zone');
  const statement = useStatement();
  const startNs = BigInt(chain.start);
  const offset = offsetText(Number(startNs / NS_PER_MS), zone);
  const steps = chain.walk.flatMap((step) => [
    `${step.number}. **${plain(step.who)}** ${dateTimeText(BigInt(step.time), zone, 'millisecond')}`,
    ...(step.text === '' ? [] : [`   \`${plain(step.text).replaceAll('`', "'")}\``]),
    ...step.why.map((why) => `   ↳ ${plain(statement(why))}`),
  ]);
  const suspects = chain.suspects.slice(0, SUSPECTS_MAX).map((suspect) => {
    const { confidence, evidence, counterEvidence } = suspect;
    const signed = evidence
      .concat(counterEvidence)
      .map((each) => `\n  ${each.weight >= 0 ? '+' : '−'} ${plain(statement(each))}`);
    return `- **${plain(suspectName(suspect))}** ${confidence.toFixed(2)}${signed.join('')}`;
  });
  return [
    `## ${plain(chain.id)}: ${text(OUTCOME_LABELS[chain.outcome])}`,
    `${dateTimeText(startNs, zone, 'millisecond')} ${offset}`,
    `### ${text('chain.path')}`,
    ...steps,
    `### ${text('chain.suspects')}`,
    ...suspects,
    globalThis.location.href,
  ].join('\n');
}

// On one line, so that no text of telemetry starts a heading or a list.
function plain(words: string): string {
  return words.slice(0, TEXT_CHARACTERS_MAX).replaceAll(/\s+/g, ' ');
}
