/**
 * What shippers ask an Elasticsearch before they send: who it is, its licence, whether templates,
 * lifecycle policies and pipelines are there. They are told what lets them start; set-up calls are
 * acknowledged, since there is nothing to set up here.
 */
export interface HandshakeRequest {
  readonly method: string;
  /** Without a prefix and without the query. */
  readonly path: string;
  /** Of the query, else what the client accepts: `_cat` is text unless it is asked otherwise. */
  readonly wantsJson: boolean;
  readonly userAgent: string;
  /** The address the client reached us under, for clients that look for other nodes. */
  readonly host: string;
}

export interface HandshakeAnswer {
  readonly status: number;
  readonly contentType: 'application/json' | 'text/plain';
  readonly body: string;
}

/** Beats refuse an Elasticsearch that is older than themselves, so their own version is told them. */
const VERSION_DEFAULT = '8.19.0';
const CLIENT_VERSION = /(?:elastic|beat|logstash)[^/]*\/((?:[7-9]|\d\d)\.\d{1,3}\.\d{1,3})/i;
const NAME = 'tendril';
const CLUSTER_ID = 'dGVuZHJpbC1jbHVzdGVy';

export function answerHandshake(request: HandshakeRequest): HandshakeAnswer {
  const { method, path } = request;
  if (READS.test(path)) return json(READ_ANSWER, 400);
  if (method === 'GET' || method === 'HEAD') return answerRead(request);
  return json({ acknowledged: true });
}

const READS = /(?:^|\/)_(?:search|msearch|count|async_search|field_caps|sql|esql|query)(?:\/|$)/;
const READ_ANSWER = {
  error: {
    type: 'illegal_argument_exception',
    reason: 'this address takes records; they are searched at /api/v1/logs/search of the main port',
  },
  status: 400,
};

function answerRead(request: HandshakeRequest): HandshakeAnswer {
  const { path, userAgent, host, wantsJson } = request;
  const [, first = '', second = '', id = ''] = path.split('/');
  if (DOCUMENT_PATHS.has(second)) return json({ _index: first, _id: id, found: false }, 404);
  switch (first) {
    case '':
      return json(rootAnswer(versionFor(userAgent)));
    case '_license':
      return json({ license: LICENSE });
    case '_xpack':
      return json({ license: LICENSE, features: { ilm: { available: true, enabled: true } } });
    case '_cluster':
      return json(second === 'settings' ? { persistent: {}, transient: {} } : HEALTH);
    case '_cat':
      if (wantsJson) return json(second === 'health' ? [CAT_HEALTH_ROW] : []);
      return text(second === 'health' ? CAT_HEALTH : '');
    case '_nodes':
      return json(nodesAnswer(versionFor(userAgent), host));
    case '_index_template':
      return json({ index_templates: [] });
    case '_data_stream':
      return json({ data_streams: [] });
    case '_security':
      return json({ username: NAME, roles: [], enabled: true });
    default:
      return json({});
  }
}

function versionFor(userAgent: string): string {
  return CLIENT_VERSION.exec(userAgent)?.[1] ?? VERSION_DEFAULT;
}

function rootAnswer(version: string): object {
  return {
    name: NAME,
    cluster_name: NAME,
    cluster_uuid: CLUSTER_ID,
    version: {
      number: version,
      build_flavor: 'default',
      build_type: 'tar',
      build_hash: '0000000000000000000000000000000000000000',
      build_date: '2026-01-01T00:00:00.000Z',
      build_snapshot: false,
      lucene_version: '9.12.0',
      minimum_wire_compatibility_version: '7.17.0',
      minimum_index_compatibility_version: '7.0.0',
    },
    tagline: 'You Know, for Search',
  };
}

const LICENSE = {
  status: 'active',
  uid: '00000000-0000-0000-0000-000000000000',
  type: 'basic',
  mode: 'basic',
  issue_date: '2026-01-01T00:00:00.000Z',
  issue_date_in_millis: 1_767_225_600_000,
  max_nodes: 1000,
  issued_to: NAME,
  issuer: NAME,
  start_date_in_millis: -1,
};

const HEALTH = {
  cluster_name: NAME,
  status: 'green',
  timed_out: false,
  number_of_nodes: 1,
  number_of_data_nodes: 1,
  active_primary_shards: 1,
  active_shards: 1,
  relocating_shards: 0,
  initializing_shards: 0,
  unassigned_shards: 0,
  active_shards_percent_as_number: 100,
};

/** Documents are not read here: clients are told that there is none, in their own words. */
const DOCUMENT_PATHS: ReadonlySet<string> = new Set(['_doc', '_source']);

const CAT_HEALTH_ROW = { cluster: NAME, status: 'green', 'node.total': '1', 'node.data': '1' };
const CAT_HEALTH = '0 00:00:00 tendril green 1 1 1 1 0 0 0 0 - 100.0%\n';

/** What Filebeat's modules look for before they load their pipelines. */
const PROCESSORS = ['geoip', 'user_agent', 'date', 'grok', 'rename', 'set', 'script'];

function nodesAnswer(version: string, host: string): object {
  const address = host || '127.0.0.1:9200';
  return {
    _nodes: { total: 1, successful: 1, failed: 0 },
    cluster_name: NAME,
    nodes: {
      [NAME]: {
        name: NAME,
        version,
        roles: ['master', 'data', 'ingest'],
        http: { bound_address: [address], publish_address: address },
        ingest: { processors: PROCESSORS.map((type) => ({ type })) },
      },
    },
  };
}

function json(body: object | readonly object[], status: number = 200): HandshakeAnswer {
  return { status, contentType: 'application/json', body: JSON.stringify(body) };
}

function text(body: string): HandshakeAnswer {
  return { status: 200, contentType: 'text/plain', body };
}
