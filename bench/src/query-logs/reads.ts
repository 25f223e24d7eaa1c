/** The read table of DESIGN: each row as the API request that a person's action makes. */
import type { LogRecord } from '@tendril/model/log-record';

export interface Read {
  readonly name: string;
  /** Median that it should meet. */
  readonly barMs: number;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface ReadContext {
  readonly from: string;
  readonly to: string;
  /** A record in the middle of the data, whose ids are looked for. */
  readonly sample: LogRecord;
}

export function readsOf({ from, to, sample }: ReadContext): Read[] {
  const range = { from, to };
  const search = (query: string): Pick<Read, 'path' | 'body'> => ({
    path: '/api/v1/logs/search',
    body: { ...range, query, limit: 100 },
  });
  const count = (query: string): Pick<Read, 'path' | 'body'> => ({
    path: '/api/v1/logs/histogram',
    body: { ...range, query, buckets: 1 },
  });
  const histogram = (query: string): Pick<Read, 'path' | 'body'> => ({
    path: '/api/v1/logs/histogram',
    body: { ...range, query, buckets: 60 },
  });
  const values = (field: string): Pick<Read, 'path' | 'body'> => ({
    path: '/api/v1/logs/fields/values',
    body: { ...range, field, limit: 10 },
  });
  return [
    { name: 'newest 100', barMs: 60, ...search('') },
    {
      name: 'newest 100, two filters',
      barMs: 25,
      ...search('service:openim-push and level:error'),
    },
    { name: 'newest 100, a word', barMs: 150, ...search('body:handshake') },
    { name: 'needle: operationID', barMs: 20, ...search(`operationID:${sample.operationId}`) },
    { name: 'needle: rare word', barMs: 20, ...search(`body:${rareWord(sample.body)}`) },
    {
      name: 'needle: absent trace',
      barMs: 12,
      ...search(`trace_id:${'0123456789abcdef'.repeat(2)}`),
    },
    { name: 'count of a substring', barMs: 300, ...count('body:*meou*') },
    { name: 'count of a Chinese one', barMs: 375, ...count('body:正在使用') },
    { name: 'count of a regex', barMs: 368, ...count('body:/attempt 1\\d+5,/') },
    { name: 'histogram by severity', barMs: 40, ...histogram('') },
    { name: 'histogram, a word', barMs: 150, ...histogram('body:handshake') },
    { name: 'top values: column', barMs: 60, ...values('caller') },
    { name: 'top values: attribute', barMs: 255, ...values('status') },
    {
      name: 'distinct operationIDs',
      barMs: 428,
      path: '/api/v1/logs/fields/values',
      body: { ...range, field: 'operationID', limit: 0, distinct: true },
    },
    {
      name: 'stats by service and level',
      barMs: 60,
      ...search('* | stats count() by service.name, level'),
    },
    { name: 'facets of all fields', barMs: 130, path: '/api/v1/logs/facets', body: { ...range } },
  ];
}

/** Eight hex digits of the sample's body: as good as unique. */
function rareWord(body: string): string {
  const word = /\b[0-9a-f]{8}\b/.exec(body)?.[0];
  if (word === undefined) throw new Error(`no rare word in "${body}"`);
  return word;
}
