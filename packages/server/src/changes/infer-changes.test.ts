import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changesFromSightings, changesFromStartLines, type Sighting } from './infer-changes.ts';

const NS_PER_SECOND = 1_000_000_000n;

function seen(second: number, attributes: Readonly<Record<string, string>>): Sighting {
  const firstSeenNs = BigInt(second) * NS_PER_SECOND;
  return { environment: 'prod', service: 'msg', firstSeenNs, attributes };
}

function process(second: number, host: string, version: string, pid: string): Sighting {
  return seen(second, { 'host.name': host, 'service.version': version, 'process.pid': pid });
}

function told(sightings: readonly Sighting[]): readonly string[] {
  return changesFromSightings(sightings).map(
    ({ kind, timestamp, instance, title }) =>
      `${BigInt(timestamp) / NS_PER_SECOND} ${kind} ${instance}: ${title}`,
  );
}

describe('changesFromSightings', () => {
  test('another version is a deploy, another process a restart', () => {
    const sightings = [
      process(0, 'a', '1', '10'),
      process(100, 'a', '1', '11'),
      process(200, 'a', '2', '12'),
    ];
    expect(told(sightings)).toEqual(['100 restart a: 10 → 11', '200 deploy a: 1 → 2']);
  });

  test('a service that comes up with all its instances changes nothing', () => {
    expect(told([process(0, 'a', '1', '10'), process(5, 'b', '1', '10')])).toEqual([]);
  });

  test('an instance that comes later is a change of scale', () => {
    expect(told([process(0, 'a', '1', '10'), process(900, 'b', '1', '10')])).toEqual([
      '900 scale b: b',
    ]);
  });

  test('a pod with a new name and a new version is a deploy', () => {
    const pod = (second: number, name: string, version: string): Sighting =>
      seen(second, { 'k8s.pod.name': name, 'service.version': version });
    expect(told([pod(0, 'msg-a', '1'), pod(500, 'msg-b', '2')])).toEqual([
      '500 deploy msg-b: 1 → 2',
    ]);
  });

  test('a rolled back version is a deploy again', () => {
    const sightings = [
      process(0, 'a', '1', '10'),
      process(100, 'a', '2', '11'),
      process(200, 'a', '1', '12'),
    ];
    expect(told(sightings)).toEqual(['100 deploy a: 1 → 2', '200 deploy a: 2 → 1']);
  });

  test('log lines that know the process and spans that know the version are one process', () => {
    const lines = (second: number, pid: string): Sighting =>
      seen(second, { 'host.name': 'a', 'process.pid': pid });
    const sightings = [
      lines(0, '10'),
      process(1, 'a', '1', '10'),
      lines(100, '11'),
      process(101, 'a', '2', '11'),
    ];
    expect(told(sightings)).toEqual(['100 deploy a: 1 → 2']);
  });

  test('the order in which sightings come does not matter', () => {
    const sightings = [
      process(0, 'a', '1', '10'),
      process(100, 'a', '1', '11'),
      process(200, 'b', '2', '12'),
      process(300, 'a', '2', '13'),
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(sightings, { minLength: sightings.length }), (shuffled) => {
        expect(changesFromSightings(shuffled)).toEqual(changesFromSightings(sightings));
      }),
    );
  });
});

describe('changesFromStartLines', () => {
  const line = (
    second: number,
    firstSeen: number,
  ): Parameters<typeof changesFromStartLines>[0][0] => ({
    environment: 'prod',
    service: 'msg',
    attributes: { 'k8s.pod.name': 'msg-0', 'process.pid': '1' },
    timestampNs: BigInt(second) * NS_PER_SECOND,
    firstSeenNs: BigInt(firstSeen) * NS_PER_SECOND,
  });

  test('a start of a process that was known is a restart, told once', () => {
    const changes = changesFromStartLines([line(1_000, 0), line(1_003, 0), line(2_000, 0)]);
    expect(changes.map(({ kind, timestamp }) => `${kind} ${timestamp.slice(0, 4)}`)).toEqual([
      'restart 1000',
      'restart 2000',
    ]);
  });

  test('the first start is none', () => {
    expect(changesFromStartLines([line(0, 0)])).toEqual([]);
  });
});
