/** The reference page: every setting with its default, bounds and sentence. Generated, never typed. */
import { environmentName, flagName, type Settings } from './settings.ts';

export function referencePage(settings: Settings): string {
  const rows = Object.entries(settings).map(([key, { type, default: value, doc }]) => {
    const shown = type.print(value as never);
    return `| \`${key}\` | ${shown === '' ? '' : `\`${shown}\``} | ${doc} (${type.expects}) | \`--${flagName(key)}\`, \`${environmentName(key)}\` |`;
  });
  return [
    '# Configuration',
    '',
    'Each setting is a key of `tendril.yaml` (dots are nesting), an environment variable and a flag of `tendril up`.',
    'Flags go before variables, variables before the file. Unknown keys are errors.',
    'This page is generated from the code.',
    '',
    '| key | default | meaning | flag, variable |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
