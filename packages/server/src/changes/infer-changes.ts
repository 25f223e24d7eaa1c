/**
 * What changed, read from who sent telemetry: a process with another version is a deploy, another process
 * in the same place a restart, an instance that was not there before a change of scale. Pure: the
 * same sightings give the same changes with the same ids, in whatever order they came.
 */
import { createHash } from 'node:crypto';
import { CHANGE_TEXT_LENGTH_MAX, type Change, type ChangeKind } from '@tendril/api/changes';
import { NS_PER_SECOND } from '@tendril/model/time-range';

/** A resource's first record or span. */
export interface Sighting {
  readonly environment: string;
  readonly service: string;
  readonly firstSeenNs: bigint;
  /** Of the resource. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** A line that a process writes when it starts. */
export interface StartLine {
  readonly environment: string;
  readonly service: string;
  readonly timestampNs: bigint;
  readonly attributes: Readonly<Record<string, string>>;
  /** When this process was seen first. */
  readonly firstSeenNs: bigint;
}

/** Instances that appear so soon after the first of their service came up with it. */
const COMING_UP_NS: bigint = 60n * NS_PER_SECOND;
/** A process may say more than once, over so long, that it starts. */
const START_NS: bigint = 60n * NS_PER_SECOND;

interface Process {
  readonly environment: string;
  readonly service: string;
  readonly seenNs: bigint;
  readonly version: string;
  readonly processId: string;
  readonly host: string;
  /** What stays when a process is replaced: the instance's name, pod or host. */
  readonly place: string;
}

export function changesFromSightings(sightings: readonly Sighting[]): readonly Change[] {
  const services = Map.groupBy(sightings.map(processOf), ({ environment, service }) =>
    JSON.stringify([environment, service]),
  );
  return [...services.values()].flatMap(changesOfService);
}

function processOf({ environment, service, firstSeenNs, attributes }: Sighting): Process {
  const host = attributes['host.name'] ?? '';
  return {
    environment,
    service,
    seenNs: firstSeenNs,
    version: attributes['service.version'] ?? '',
    processId: attributes['process.pid'] ?? '',
    host,
    place: placeOf(attributes),
  };
}

function placeOf(attributes: Readonly<Record<string, string>>): string {
  const names = ['k8s.pod.name', 'service.instance.id', 'host.name'];
  return names.map((name) => attributes[name] ?? '').find((value) => value !== '') ?? '';
}

function changesOfService(processes: readonly Process[]): readonly Change[] {
  const inOrder = processes.toSorted((a, b) => compare(a.seenNs, b.seenNs));
  const changes = new Map<string, Change>();
  const before: Process[] = [];
  for (const process of inOrder) {
    const change = changeOf(process, before);
    const known = change && changes.get(change.id);
    // Spans may tell of a version that log lines do not: the two are one deploy.
    if (change && (!known || (known.kind !== 'deploy' && change.kind === 'deploy')))
      changes.set(change.id, known ? { ...change, timestamp: known.timestamp } : change);
    before.push(process);
  }
  return [...changes.values()];
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : Number(a > b);
}

function changeOf(process: Process, before: readonly Process[]): Change | undefined {
  const [first] = before;
  if (!first) return undefined;
  const there = predecessor(process, before);
  const versioned = there ?? before.findLast(({ version }) => version !== '');
  if (versioned && differs(versioned.version, process.version))
    return changed(process, 'deploy', versioned.version, process.version);
  if (there && differs(there.processId, process.processId))
    return changed(process, 'restart', there.processId, process.processId);
  if (there && there.place !== process.place)
    return changed(process, 'restart', there.place, process.place);
  const isNew = !there && process.place !== '' && process.seenNs - first.seenNs > COMING_UP_NS;
  return isNew ? changed(process, 'scale', '', process.place) : undefined;
}

/** The newest that ran where this one runs; of the same machine, where instances have random names. */
function predecessor(process: Process, before: readonly Process[]): Process | undefined {
  const there = before.filter(({ place }) => place === process.place);
  const known = there.filter(({ version, processId }) => version !== '' || processId !== '');
  return (
    known.findLast(({ version }) => differs(version, process.version)) ??
    known.at(-1) ??
    there.at(-1) ??
    before.findLast(({ host }) => host !== '' && host === process.host)
  );
}

function differs(before: string, after: string): boolean {
  return before !== '' && after !== '' && before !== after;
}

function changed(process: Process, kind: ChangeKind, before: string, after: string): Change {
  const { environment, service, place, processId, version } = process;
  const who = processId === '' ? version : processId;
  return inferred([environment, service, place, who], {
    kind,
    timestamp: String(process.seenNs),
    title: before === '' ? after : `${before} → ${after}`,
    service,
    environment,
    instance: place,
    before,
    after,
  });
}

/** Starts of processes that were known already: a container's process has the same id each time. */
export function changesFromStartLines(lines: readonly StartLine[]): readonly Change[] {
  const changes: Change[] = [];
  const startedNs = new Map<string, bigint>();
  for (const line of lines.toSorted((a, b) => compare(a.timestampNs, b.timestampNs))) {
    const { environment, service, timestampNs, attributes, firstSeenNs } = line;
    const instance = placeOf(attributes);
    const key = JSON.stringify([environment, service, instance]);
    const lastNs = startedNs.get(key);
    startedNs.set(key, timestampNs);
    if (timestampNs - firstSeenNs < START_NS) continue;
    if (lastNs !== undefined && timestampNs - lastNs < START_NS) continue;
    const what = {
      kind: 'restart',
      service,
      environment,
      instance,
      before: '',
      after: '',
    } as const;
    const timestamp = String(timestampNs);
    changes.push(
      inferred([key, 'start', timestamp], { ...what, timestamp, title: instance || service }),
    );
  }
  return changes;
}

type Inferred = Omit<Change, 'id' | 'origin' | 'by' | 'url'>;

function inferred(identity: readonly string[], change: Inferred): Change {
  const id = createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 32);
  const cut = (text: string): string => text.slice(0, CHANGE_TEXT_LENGTH_MAX);
  const { title, before, after } = change;
  return {
    ...change,
    title: cut(title),
    before: cut(before),
    after: cut(after),
    id,
    origin: 'inferred',
    by: '',
    url: '',
  };
}
