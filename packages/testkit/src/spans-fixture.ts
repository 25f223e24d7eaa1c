/** Spans for tests, written by their fields, brought into an engine as the pipeline would. */
import { RecordCatalog } from '@tendril/columns/record-catalog';
import { SpanBatch } from '@tendril/columns/span-batch';
import { KIND, type Kind } from '@tendril/columns/json-path';
import { createRedactor } from '@tendril/intake/redact/redactor';
import { SpanWriter } from '@tendril/intake/span-writer';
import { DEFAULT_LIMITS } from '@tendril/model/limits';
import { SPAN_KINDS, type SpanKind } from '@tendril/model/span';
import type { Engine } from '@tendril/server/engine/engine';

/** What is left out is empty; ids are padded to their length. */
export interface TestSpan {
  readonly trace: string;
  readonly id: string;
  readonly parent?: string;
  readonly service: string;
  readonly environment?: string;
  readonly name?: string;
  readonly kind?: SpanKind;
  readonly startNs: bigint;
  readonly durationNs?: bigint;
  readonly isError?: boolean;
  readonly traceState?: string;
  readonly attributes?: Readonly<Record<string, string | number>>;
}

let frame = 1;

/** One insert; a span that is inserted twice is there twice. */
export async function insertSpans(engine: Engine, spans: readonly TestSpan[]): Promise<void> {
  const catalog = new RecordCatalog({
    attributePathsMax: DEFAULT_LIMITS.attributePathsMax,
    fieldsTable: 'span_fields',
    nowMs: Date.now,
  });
  const batch = new SpanBatch(catalog);
  const writer = new SpanWriter({
    catalog,
    redactor: createRedactor({ key: Buffer.alloc(32, 1) }),
    limits: DEFAULT_LIMITS,
    nowNs: () => BigInt(Date.now()) * 1_000_000n,
  });
  writer.open({ batchForNextRecord: () => batch });
  for (const span of spans) write(writer, span);
  frame += 1;
  for (const { table, bytes } of batch.encode({ server: 0, frame, row: 0 })) {
    const token = `test-${frame}-${table}`;
    await engine.insertNative({ table, blocks: [Buffer.concat(bytes)], token });
  }
}

function write(writer: SpanWriter, span: TestSpan): void {
  const environment = span.environment && { 'deployment.environment.name': span.environment };
  const attributes = { 'service.name': span.service, ...environment };
  writer.useResource(writer.context.resource(attributes, ''));
  writer.begin();
  writer.traceId(span.trace.padStart(32, '0'));
  writer.spanId(span.id.padStart(16, '0'));
  writer.parentSpanId(span.parent?.padStart(16, '0') ?? '');
  writer.startTimeNs(span.startNs);
  writer.finishTimeNs(span.startNs + (span.durationNs ?? 0n));
  writer.name(span.name ?? 'operation');
  writer.kind(SPAN_KINDS.indexOf(span.kind ?? 'internal'));
  writer.status(span.isError === true ? 2 : 0);
  writer.traceState(span.traceState ?? '');
  for (const [key, value] of Object.entries(span.attributes ?? {})) {
    const kind: Kind = typeof value === 'string' ? KIND.text : KIND.int64;
    writer.attributeOfKind(key, kind, value);
  }
  writer.end();
}
