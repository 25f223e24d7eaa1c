import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import zlib from 'node:zlib';
import { Client } from '@elastic/elasticsearch';
import { startServerFixture, type ServerFixture } from '@tendril/testkit/server-fixture';
import { storedRecords } from '@tendril/testkit/stored-records';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const REQUEST_BYTES_MAX = 1024 * 1024;
const BULK = { 'content-type': 'application/x-ndjson' };

let fixture: ServerFixture;
let url: string;

beforeAll(async () => {
  fixture = await startServerFixture({
    'receivers-elastic-listen': '127.0.0.1:0',
    'limits-request-bytes-max': String(REQUEST_BYTES_MAX),
  });
  url = fixture.receiverUrl('elastic');
});

afterAll(async () => {
  await fixture.close();
});

async function bulk(
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
  path = '/_bulk',
): Promise<Response> {
  const sent = typeof body === 'string' ? body : new Uint8Array(body);
  return fetch(url + path, { method: 'POST', headers: { ...BULK, ...headers }, body: sent });
}

function document(service: string, message: string): string {
  const fields = { '@timestamp': new Date().toISOString(), service: { name: service }, message };
  return `{"create":{"_index":"a"}}\n${JSON.stringify(fields)}\n`;
}

describe('Fluent Bit', () => {
  // What it sends, read in its sources; it gives up on answers of more than 512,000 bytes.
  const FLUENT_BIT = { 'user-agent': 'Fluent-Bit' };

  test('has a short answer to many documents', async () => {
    const documents = Array.from({ length: 5_000 }, (_, number) =>
      document('fluent-bit-es', `says ${number}`),
    );
    const answer = await bulk(documents.join(''), FLUENT_BIT);
    expect(answer.status).toBe(200);
    const { took, ...rest } = (await answer.json()) as { took: number };
    expect(took).toBeTypeOf('number');
    expect(rest).toEqual({ errors: false, items: [] });
    expect(await storedRecords(fixture.server.url, 'service:fluent-bit-es')).toHaveLength(5_000);
  });

  test('is told which document was refused', async () => {
    const body = `${document('fluent-bit-es-2', 'x')}{"create":{"_index":"a"}}\n[]\n`;
    const answer = await bulk(body, FLUENT_BIT);
    expect(await answer.json()).toMatchObject({
      errors: true,
      items: [{ create: { status: 201 } }, { create: { status: 400 } }],
    });
  });
});

describe('the Elasticsearch client for JavaScript', () => {
  test('starts, sends, and finds every record stored as it was', async () => {
    const client = new Client({ node: url, sniffOnStart: true });
    const { version, tagline } = await client.info();
    expect([version.number, tagline]).toEqual(['9.5.1', 'You Know, for Search']);
    const datasource = Array.from({ length: 2_000 }, (_, number) => ({
      '@timestamp': new Date().toISOString(),
      log: { level: 'warn' },
      service: { name: 'js-client' },
      message: `says 你好 ${number}`,
      trace: { id: '4bf92f3577b34da6a3ce929d0e0e4736' },
      number,
    }));
    const report = await client.helpers.bulk({
      datasource,
      flushBytes: 100_000,
      onDocument: () => ({ create: { _index: 'logs-app-prod' } }),
    });
    expect(report).toMatchObject({ successful: 2_000, failed: 0, retry: 0 });
    await client.close();
    const records = await storedRecords(fixture.server.url, 'service:js-client');
    expect(new Set(records.map(({ body }) => body)).size).toBe(2_000);
    expect(records).toHaveLength(2_000);
    expect(records.find(({ attributes }) => attributes['number'] === 42)).toMatchObject({
      body: 'says 你好 42',
      severityNumber: 13,
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      attributes: { 'elasticsearch.index': 'logs-app-prod' },
    });
  });

  test('indexes one document and is told what is wrong with another', async () => {
    const client = new Client({ node: url });
    const answer = await client.index({
      index: 'a',
      id: '7',
      document: { service: 'one', message: 'x' },
    });
    expect(answer).toMatchObject({ _index: 'a', _id: '7', result: 'created' });
    expect(await storedRecords(fixture.server.url, 'service:one')).toHaveLength(1);
    const failed = await client.bulk({ operations: [{ create: { _index: 'a' } }, 'no object'] });
    expect(failed.errors).toBe(true);
    await client.close();
  });
});

describe('the handshake', () => {
  test.each([
    ['GET', '/_license?human=false', { license: { status: 'active' } }],
    ['GET', '/_ilm/policy/filebeat', {}],
    ['HEAD', '/_index_template/filebeat-8.19.0', undefined],
    ['PUT', '/_index_template/filebeat-8.19.0', { acknowledged: true }],
    ['GET', '/_cat/indices?format=json', []],
    ['GET', '/_cat/health?format=json', [{ cluster: 'tendril', status: 'green' }]],
    ['GET', '/_nodes/ingest', { nodes: { tendril: { ingest: {} } } }],
    ['PUT', '/_ingest/pipeline/filebeat-8.19.0-nginx', { acknowledged: true }],
    ['PUT', '/%3Clogstash-%7Bnow%2Fd%7D-000001%3E', { acknowledged: true }],
    ['HEAD', '/logstash', undefined],
    ['GET', '/_cluster/health?wait_for_status=yellow', { status: 'green' }],
    ['GET', '//_xpack/', { license: { status: 'active' } }],
  ])('answers %s %s so that shippers start', async (method, path, expected) => {
    const answer = await fetch(url + path, {
      method,
      ...(method === 'PUT' && { body: JSON.stringify({ template: 'x'.repeat(200_000) }) }),
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-elastic-product')).toBe('Elasticsearch');
    if (expected) expect(await answer.json()).toMatchObject(expected);
  });

  test.each([
    ['Elastic-Filebeat/8.19.3 (linux; amd64)', '8.19.3'],
    ['logstash/9.1.0 (OS=Linux) logstash-output-elasticsearch/12.0.2', '9.1.0'],
    ['Fluent-Bit', '8.19.0'],
    ['elasticsearch-py/6.8.0', '8.19.0'],
  ])('tells %s the version %s', async (agent, version) => {
    const answer = await fetch(url, { headers: { 'user-agent': agent } });
    expect(await answer.json()).toMatchObject({ version: { number: version } });
  });

  test('says where records are searched instead', async () => {
    const answer = await fetch(`${url}/logs-*/_search`, { method: 'POST', body: '{}' });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('/api/v1/logs/search');
  });
});

describe('_bulk', () => {
  test('takes gzip, and a default index of the path', async () => {
    const body = `{"create":{}}\n{"message":"zipped","service":"gzip"}\n`;
    const answer = await bulk(zlib.gzipSync(body), { 'content-encoding': 'gzip' }, '/app/_bulk');
    expect(await answer.json()).toMatchObject({
      errors: false,
      items: [{ create: { _index: 'app', status: 201 } }],
    });
    const [record] = await storedRecords(fixture.server.url, 'service:gzip');
    expect(record).toMatchObject({ body: 'zipped', attributes: { 'elasticsearch.index': 'app' } });
  });

  test('stores a request that is sent again once, and answers as before', async () => {
    const body = document('again', 'first') + `{"create":{"_index":"a"}}\n{\n`;
    const first: unknown = await (await bulk(body, {}, '/_bulk?filter_path=errors,items.*')).json();
    const second: unknown = await (
      await bulk(body, {}, '/_bulk?filter_path=errors,items.*')
    ).json();
    expect(second).toMatchObject({ items: (first as { items: unknown }).items });
    expect(await storedRecords(fixture.server.url, 'service:again')).toHaveLength(1);
  });

  test('begins its answer as shippers expect that do not read all of it', async () => {
    const text = await (await bulk(document('prefix', 'x'))).text();
    expect(text).toMatch(/^\{"took":\d+,"errors":false,"items":\[/);
  });

  test.each([
    ['garbage', 'no json at all\n', {}, 400, 'Malformed action/metadata line [1]'],
    ['an unknown encoding', '', { 'content-encoding': 'br' }, 400, 'not supported'],
    ['what claims to be gzip', 'x', { 'content-encoding': 'gzip' }, 400, 'not valid gzip'],
    ['more than the limit', ' '.repeat(REQUEST_BYTES_MAX + 1), {}, 413, 'larger than'],
    [
      'a bomb of 200 MB',
      zlib.gzipSync(Buffer.alloc(200 * 1024 * 1024)),
      { 'content-encoding': 'gzip' },
      413,
      'larger than',
    ],
    ['no index', '{"create":{}}\n{}\n', {}, 400, 'index is missing'],
    [
      '10,000 levels',
      `{"create":{"_index":"a"}}\n${'['.repeat(10_000)}`,
      {},
      200,
      'not a JSON object',
    ],
  ])('refuses %s and goes on', async (_, body, headers, status, words) => {
    const answer = await bulk(body, headers);
    expect(answer.status).toBe(status);
    expect(await answer.text()).toContain(words);
    expect((await bulk(document('after', 'fine'))).status).toBe(200);
  });

  test('a page of another site cannot write', async () => {
    const answer = await bulk(document('csrf', 'x'), { origin: 'https://evil.example' });
    expect(answer.status).toBe(403);
    expect(await storedRecords(fixture.server.url, 'service:csrf')).toHaveLength(0);
  });
});

describe('with tokens, on the main port', () => {
  const secret = `secret-of-the-test-${'0'.repeat(24)}`;
  let guarded: ServerFixture;

  beforeAll(async () => {
    const file = join(fixture.directory, 'tokens');
    writeFileSync(file, `ingest ${secret} shipper\n`, { mode: 0o600 });
    guarded = await startServerFixture({
      'receivers-elastic-listen': 'main',
      'access-tokens-file': file,
    });
  });

  afterAll(async () => {
    await guarded.close();
  });

  const keyOf = (text: string): string => `ApiKey ${Buffer.from(text).toString('base64')}`;

  test.each([
    ['an API key of id and token', keyOf(`id:${secret}`), 200],
    ['the token as API key', `ApiKey ${secret}`, 200],
    ['the token as password', `Basic ${Buffer.from(`elastic:${secret}`).toString('base64')}`, 200],
    ['a bearer', `Bearer ${secret}`, 200],
    ['a wrong key', keyOf('id:wrong'), 401],
    ['nothing', '', 401],
  ])('%s is answered as it should', async (_, authorization, status) => {
    const headers = authorization === '' ? {} : { authorization };
    const answer = await fetch(guarded.receiverUrl('elastic'), { headers });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('x-elastic-product')).toBe('Elasticsearch');
  });
});
