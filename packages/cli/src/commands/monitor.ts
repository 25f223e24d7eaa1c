/** `tendril monitor`: the logs of many pods, containers, units or files at once, as they are written. */
import { randomBytes } from 'node:crypto';
import { formatsWith, loadPacks } from '@tendril/intake/packs/load-packs';
import { RecordDesk } from '@tendril/intake/record-reader';
import { createRedactor } from '@tendril/intake/redact/redactor';
import { namePattern } from '@tendril/intake/sources/name-pattern';
import { NS_PER_MS } from '@tendril/model/time-range';
import type { RecordMatcher } from '@tendril/query/match';
import type { Command, Invocation } from '../command.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { badValue, isSet, textFlag } from '../flag-values.ts';
import { LogRecords } from '../monitoring/log-records.ts';
import { Monitor, type MonitorOptions } from '../monitoring/monitor.ts';
import {
  MONITOR_FORMATS,
  MonitorPrinter,
  type MonitorFormat,
} from '../monitoring/monitor-printer.ts';
import { recordQuery } from '../monitoring/record-query.ts';
import { printable } from '../output/printable.ts';
import { PACK_FLAGS, packFolders } from '../parsing/pack-flags.ts';
import { lineOrigin, ORIGIN_FLAGS } from '../shipping/line-origin.ts';
import { choosePlace, openPlace } from '../sources/choose-place.ts';
import type { LogPlace } from '../sources/log-place.ts';
import { sinceOf, SINCE_FLAGS, SOURCE_FLAGS } from '../sources/source-flags.ts';

export const monitor: Command = {
  name: 'monitor',
  summary: 'monitor.summary',
  usage: 'monitor [PATH…] [--query QUERY] [-n NAMESPACE | -A] [-p PATTERN] [-l LABELS] [-t TIME]',
  examples: [
    { line: 'monitor -n openim', summary: 'monitor.example.namespace' },
    {
      line: 'monitor -A -p wasm -q \'level >= error or "index out of range"\' --since 1h',
      summary: 'monitor.example.query',
    },
    { line: 'monitor -l app=openim-push -c app -o raw', summary: 'monitor.example.raw' },
    { line: 'monitor /opt/openim/logs', summary: 'monitor.example.files' },
  ],
  flags: {
    query: { type: 'string', short: 'q', value: 'QUERY', summary: 'monitor.flag.query' },
    output: { type: 'string', short: 'o', value: 'FORMAT', summary: 'monitor.flag.output' },
    full: { type: 'boolean', summary: 'search.flag.full' },
    ...SOURCE_FLAGS,
    ...SINCE_FLAGS,
    ...PACK_FLAGS,
    ...ORIGIN_FLAGS,
  },

  async run(invocation) {
    const kind = choosePlace(invocation);
    if (kind === 'server') return await monitorServer(invocation);
    const place = await openPlace(invocation, kind);
    try {
      return await monitorPlace(invocation, place);
    } finally {
      place.close();
    }
  },
};

async function monitorPlace(invocation: Invocation, place: LogPlace): Promise<ExitCode> {
  const { messages, signal, stderr } = invocation;
  const following = monitorOf(invocation, nameOf(place, invocation));
  const said = { kind: place.kind, where: printable(place.where) };
  await stderr.line(stderr.style('dim', messages.text('say.monitor.place', said)));
  await following.follow(place.follow({ signal, onEvent: (event) => following.tell(event) }));
  return signal.aborted ? EXIT.interrupted : EXIT.ok;
}

/** What a server takes in: pods and services by their names. */
async function monitorServer(invocation: Invocation): Promise<ExitCode> {
  const { api, flags, messages, serverUrl, signal, stderr } = invocation;
  const pattern = textFlag(flags, 'pods');
  const isMeant = pattern === undefined ? () => true : namePattern(pattern);
  const following = monitorOf(invocation, (name) => name);
  const said = { kind: 'server', where: serverUrl };
  await stderr.line(stderr.style('dim', messages.text('say.monitor.place', said)));
  for await (const event of api.tailLogs({ query: textFlag(flags, 'query') ?? '' }, signal)) {
    if (event.kind === 'skipped') {
      await stderr.line(messages.text('say.tail.skipped', { count: event.count }));
    }
    if (event.kind !== 'record') continue;
    const { resource, serviceName } = event.record;
    const name = String(resource['k8s.pod.name'] ?? serviceName);
    if (isMeant(name)) await following.show(event.record, name);
  }
  return signal.aborted ? EXIT.interrupted : EXIT.ok;
}

function monitorOf(invocation: Invocation, nameOfLog: MonitorOptions['nameOf']): Monitor {
  const { flags, nowMs, stdout } = invocation;
  const packs = loadPacks({ folders: packFolders(invocation), sections: ['formats'] });
  const redactor = createRedactor({ key: randomBytes(32) });
  return new Monitor({
    invocation,
    printer: new MonitorPrinter(stdout, formatOf(invocation), { full: isSet(flags, 'full') }),
    matches: since(sinceOf(invocation), recordQuery(textFlag(flags, 'query') ?? '', nowMs())),
    records: new LogRecords({
      desk: new RecordDesk({ redactor, nowMs }),
      formats: formatsWith(packs),
      origin: lineOrigin(flags),
    }),
    nameOf: nameOfLog,
  });
}

/** Not all places can leave out what is older. */
function since(sinceMs: number | undefined, matches: RecordMatcher): RecordMatcher {
  if (sinceMs === undefined) return matches;
  const sinceNs = BigInt(Math.trunc(sinceMs)) * NS_PER_MS;
  return (record, domain) => BigInt(record.timestamp) >= sinceNs && matches(record, domain);
}

/** Without what all logs of the place have in common. */
function nameOf(place: LogPlace, { flags }: Invocation): MonitorOptions['nameOf'] {
  // One journal has the logs of all units.
  if (place.kind === 'journald') return (_name, { serviceName }) => serviceName;
  const hasManyNamespaces =
    isSet(flags, 'all-namespaces') || textFlag(flags, 'namespace')?.includes(',') === true;
  if (place.kind !== 'k8s' || hasManyNamespaces) return (name) => name;
  return (name) => name.slice(name.indexOf('/') + 1);
}

function formatOf({ flags }: Invocation): MonitorFormat {
  const told = isSet(flags, 'json') ? 'json' : (textFlag(flags, 'output') ?? 'default');
  const format = MONITOR_FORMATS.find((each) => each === told);
  if (!format) throw badValue('--output', told, MONITOR_FORMATS.join(', '));
  return format;
}
