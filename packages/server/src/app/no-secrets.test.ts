/** What must not be stored is nowhere: not in the write-ahead log, not in any other file, not in what is read back. */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LiteralScanner } from '@tendril/intake/packs/literal-scanner';
import { POSITIVES } from '@tendril/intake/redact/testing/secrets';
import { startServerFixture, type ServerFixture } from '@tendril/testkit/server-fixture';
import { storedRecords } from '@tendril/testkit/stored-records';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** Shorter ones stand in anything by chance. */
const SECRET_LENGTH_MIN = 10;
/** Tells a place where secrets could be found from one where they could not. */
const CANARY = 'tendril-is-written-here';

const secrets = [
  ...new Set(
    POSITIVES.map(({ secret }) => secret).filter(({ length }) => length >= SECRET_LENGTH_MIN),
  ),
];
const scanner = new LiteralScanner([...secrets, CANARY]);

let fixture: ServerFixture;
beforeAll(async () => {
  fixture = await startServerFixture();
});
afterAll(async () => {
  await fixture.close();
});

async function post(path: string, type: string, body: string): Promise<void> {
  const answer = await fetch(path, { method: 'POST', headers: { 'content-type': type }, body });
  expect(answer.status).toBe(200);
}

/** As messages, fields, nested fields, resources; as lines of JSON, plain lines and OTLP. */
async function sendAll(): Promise<void> {
  const texts = POSITIVES.map(({ before, secret, after }) => before + secret + after);
  const objects = texts.map((text) =>
    JSON.stringify({
      level: 'info',
      message: `${CANARY} ${text}`,
      note: text,
      deep: { inner: text },
    }),
  );
  const ingest = `${fixture.server.url}/api/v1/ingest`;
  await post(ingest, 'application/x-ndjson', objects.join('\n'));
  await post(ingest, 'text/plain', texts.map((text) => text.replaceAll('\n', ' ')).join('\n'));
  const value = (text: string): object => ({ stringValue: text });
  const logRecords = texts.map((text) => ({
    timeUnixNano: `${Date.now()}000000`,
    body: value(text),
    attributes: [{ key: 'note', value: value(text) }],
  }));
  const resource = { attributes: [{ key: 'command.line', value: value(texts.join(' ; ')) }] };
  const body = { resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] };
  const otlp = `${fixture.receiverUrl('otlp-http')}/v1/logs`;
  await post(otlp, 'application/json', JSON.stringify(body));
}

/** Numbers of the texts that stand in it. */
function foundIn(text: string): ReadonlySet<number> {
  const found = new Set<number>();
  scanner.scan(text, (number) => found.add(number));
  return found;
}

function secretsIn(text: string): readonly string[] {
  return [...foundIn(text)].flatMap((number) => secrets[number] ?? []);
}

describe('secrets', () => {
  test('are not on the disk, the write-ahead log included', async () => {
    await sendAll();
    let isWalRead = false;
    for (const path of readdirSync(fixture.directory, { recursive: true, encoding: 'utf8' })) {
      const file = join(fixture.directory, path);
      if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) continue;
      const text = readFileSync(file, 'latin1');
      expect({ path, found: secretsIn(text) }).toEqual({ path, found: [] });
      isWalRead ||= path.includes('wal') && foundIn(text).has(secrets.length);
    }
    expect(isWalRead).toBe(true);
  });

  test('are not in what is found', async () => {
    const records = await storedRecords(fixture.server.url, '');
    expect(records.length).toBeGreaterThanOrEqual(POSITIVES.length * 3);
    expect(secretsIn(JSON.stringify(records))).toEqual([]);
  });
});
