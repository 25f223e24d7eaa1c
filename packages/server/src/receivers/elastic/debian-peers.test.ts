/** Elasticsearch's writers that Debian has deliver every record. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isPeerMissing, PYTHON, pythonModule, runPeer } from '@tendril/testkit/debian-peer';
import { rsyslogModule, runRsyslog } from '@tendril/testkit/rsyslog';
import { startServerFixture, type ServerFixture } from '@tendril/testkit/server-fixture';
import { storedRecords } from '@tendril/testkit/stored-records';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let fixture: ServerFixture;

beforeAll(async () => {
  fixture = await startServerFixture({ 'receivers-elastic-listen': '127.0.0.1:0' });
});

afterAll(async () => {
  await fixture.close();
});

describe.skipIf(isPeerMissing(pythonModule('elasticsearch')))('python3-elasticsearch', () => {
  const PROGRAM = `
import sys
from elasticsearch import Elasticsearch
from elasticsearch.helpers import streaming_bulk
client = Elasticsearch(sys.argv[1])
def documents():
    for number in range(1500):
        yield {'_op_type': 'create', '_index': 'python', 'message': f'says {number}', 'level': 'error',
               '@timestamp': '2026-01-01T00:00:00Z' if number < 0 else None, 'service': 'python-client', 'number': number}
print(sum(1 for ok, _ in streaming_bulk(client, documents(), chunk_size=400) if ok))
`;

  test('delivers every document', async () => {
    const printed = await runPeer(PYTHON, ['-c', PROGRAM, fixture.receiverUrl('elastic')]);
    expect(printed).toContain('1500');
    const records = await storedRecords(fixture.server.url, 'service:python-client');
    expect(new Set(records.map(({ body }) => body)).size).toBe(1_500);
    expect(records).toHaveLength(1_500);
    expect(records[0]).toMatchObject({
      severityNumber: 17,
      attributes: { 'elasticsearch.index': 'python' },
    });
  });
});

describe.skipIf(isPeerMissing(rsyslogModule('omelasticsearch')))(
  "rsyslog's omelasticsearch",
  () => {
    test('delivers every line', async () => {
      const lines = Array.from({ length: 1_200 }, (_, number) => `says ${number}`);
      const input = join(fixture.directory, 'lines.log');
      writeFileSync(input, `${lines.join('\n')}\n`);
      const { hostname, port } = new URL(fixture.receiverUrl('elastic'));
      const configuration = `
module(load="omelasticsearch")
template(name="event" type="list") {
  constant(value="{\\"@timestamp\\":\\"") property(name="timereported" dateFormat="rfc3339")
  constant(value="\\",\\"service\\":\\"rsyslog-es\\",\\"log.level\\":\\"") property(name="syslogseverity-text")
  constant(value="\\",\\"message\\":\\"") property(name="msg" format="json") constant(value="\\"}")
}
action(type="omelasticsearch" server="${hostname}" serverport="${port}" template="event"
       searchIndex="rsyslog" searchType="" bulkmode="on" maxbytes="100m" action.resumeRetryCount="-1")
`;
      await runRsyslog({
        directory: fixture.directory,
        input,
        configuration,
        until: async () => {
          const records = await storedRecords(fixture.server.url, 'service:rsyslog-es');
          return records.length >= lines.length;
        },
      });
      const records = await storedRecords(fixture.server.url, 'service:rsyslog-es');
      expect(new Set(records.map(({ body }) => body.trim())).size).toBe(lines.length);
      expect(records[0]).toMatchObject({ severityText: 'notice', severityNumber: 9 });
    });
  },
);
