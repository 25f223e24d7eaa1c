/** `tendril demo`: a small back end that sends real telemetry, a fault in it, and where to look. */
import type { Command, Invocation } from '../command.ts';
import { runDemo } from '../demo/run-demo.ts';
import { demoPart } from '../demo/demo-part.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { badUsage, badValue, countFlag, isSet, textFlag } from '../flag-values.ts';
import { printable, printableJson } from '../output/printable.ts';
import { tableLines } from '../output/table.ts';

const SECONDS_MAX = 86_400;
const CONTROL_PORT_DEFAULT = 7790;

export const demo: Command = {
  name: 'demo',
  summary: 'demo.summary',
  usage: 'demo [--fault NAME] [--seconds N] | demo faults | demo --remove',
  examples: [
    { line: 'demo', summary: 'demo.example.plain' },
    { line: 'demo --fault slow-database', summary: 'demo.example.fault' },
    { line: 'demo faults', summary: 'demo.example.faults' },
    { line: 'demo --remove', summary: 'demo.example.remove' },
  ],
  flags: {
    fault: { type: 'string', value: 'NAME', summary: 'demo.flag.fault', default: 'bad-deploy' },
    seconds: { type: 'string', value: 'N', summary: 'demo.flag.seconds' },
    remove: { type: 'boolean', summary: 'demo.flag.remove' },
    'control-port': {
      type: 'string',
      value: 'PORT',
      summary: 'demo.flag.controlPort',
      default: String(CONTROL_PORT_DEFAULT),
    },
  },

  async run(invocation) {
    const { flags, positionals, messages } = invocation;
    const [action, ...rest] = positionals;
    const [unknown] = action === 'faults' ? rest : positionals;
    if (unknown !== undefined)
      throw badUsage(messages.text('say.usage.tooMany', { argument: printable(unknown) }));
    if (isSet(flags, 'remove')) return await remove(invocation);
    if (action === 'faults') return await listFaults(invocation);
    return await start(invocation);
  },
};

async function start(invocation: Invocation): Promise<ExitCode> {
  const { flags } = invocation;
  const { FAULTS } = await demoPart(() => import('@tendril/im-demo/faults/catalogue'));
  const name = textFlag(flags, 'fault') ?? '';
  const fault = FAULTS.find((each) => each.name === name);
  if (!fault) throw badValue('--fault', name, FAULTS.map((each) => each.name).join(', '));
  const controlPort = countFlag(flags, 'control-port', { min: 1, max: 65_535 });
  return await runDemo(invocation, {
    fault,
    controlPort: controlPort ?? CONTROL_PORT_DEFAULT,
    seconds: countFlag(flags, 'seconds', { min: 1, max: SECONDS_MAX }) ?? Infinity,
  });
}

async function listFaults({ flags, stdout, messages }: Invocation): Promise<ExitCode> {
  const { FAULTS } = await demoPart(() => import('@tendril/im-demo/faults/catalogue'));
  if (isSet(flags, 'json')) {
    for (const { name, description, target, cause } of FAULTS)
      await stdout.line(printableJson({ name, description, target, cause }));
    return EXIT.ok;
  }
  const columns = (['name', 'description'] as const).map((name) => {
    return { title: messages.text(`demo.column.${name}`), align: 'left' as const };
  });
  const rows = FAULTS.map(({ name, description }) => [name, description[messages.language]]);
  for (const line of tableLines(columns, rows)) await stdout.line(line);
  return EXIT.ok;
}

async function remove({
  api,
  flags,
  stdout,
  stderr,
  messages,
  signal,
}: Invocation): Promise<ExitCode> {
  const removed = await api.removeDemo(signal);
  const { records, spans, changes } = removed;
  if (isSet(flags, 'json')) await stdout.line(printableJson(removed));
  else await stderr.line(messages.text('say.demo.removed', { records, spans, changes }));
  return records + spans + changes === 0 ? EXIT.nothingFound : EXIT.ok;
}
