import type { TraceContext } from '@tendril/model/trace-context';
import { describe, expect, test } from 'vitest';
import { Tracer, type OwnSpan, type SpanStart } from './tracer.ts';

const SPAN: SpanStart = { name: 'GET /x', kind: 'server', attributes: { a: 1 } };
const PARENT: TraceContext = {
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: '00f067aa0ba902b7',
  isSampled: true,
  traceState: 'vendor=1',
};

function recorded(): { readonly tracer: Tracer; readonly spans: OwnSpan[] } {
  const spans: OwnSpan[] = [];
  return { tracer: new Tracer((span) => spans.push(span)), spans };
}

describe('a tracer', () => {
  test('follows the trace of a request through what it awaits', async () => {
    const { tracer, spans } = recorded();
    const request = tracer.start(PARENT, SPAN);
    await tracer.within(request, async () => {
      await Promise.resolve();
      tracer.child({ ...SPAN, name: 'SELECT logs', kind: 'client' })?.end();
    });
    request?.end({ attributes: { b: 2 }, errorType: '500' });
    request?.end();
    const [query, answered, ...more] = spans;
    expect(more).toEqual([]);
    expect(answered).toMatchObject({
      parentSpanId: PARENT.spanId,
      context: { traceId: PARENT.traceId, traceState: 'vendor=1', isSampled: true },
      attributes: { a: 1, b: 2 },
      errorType: '500',
    });
    expect(answered?.context.spanId).not.toBe(PARENT.spanId);
    expect(query?.parentSpanId).toBe(answered?.context.spanId);
    expect(query?.context.traceId).toBe(PARENT.traceId);
  });

  test('keeps no span of a trace that is not sampled, and passes that on', () => {
    const { tracer, spans } = recorded();
    const request = tracer.start({ ...PARENT, isSampled: false }, SPAN);
    const query = tracer.within(request, () => tracer.child(SPAN));
    query?.end();
    request?.end();
    expect(spans).toEqual([]);
    expect(query?.context).toMatchObject({ traceId: PARENT.traceId, isSampled: false });
  });

  test('that keeps nothing follows a trace and begins none', () => {
    const tracer = new Tracer();
    expect(tracer.start(PARENT, SPAN)?.context.traceId).toBe(PARENT.traceId);
    expect(tracer.start(undefined, SPAN)).toBeUndefined();
    expect(tracer.child(SPAN)).toBeUndefined();
  });

  test('tells of a job only when there was anything else since it ran last', async () => {
    const { tracer, spans } = recorded();
    const run = async (): Promise<void> =>
      await tracer.job('edges', async () => {
        tracer.child({ ...SPAN, name: 'SELECT traces' })?.end();
        return Promise.resolve();
      });
    await run();
    expect(spans).toEqual([]);
    tracer.start(undefined, SPAN)?.end();
    await run();
    await run();
    expect(spans.map(({ name }) => name)).toEqual(['GET /x', 'SELECT traces', 'job edges']);
  });

  test('a job that fails says how, and fails', async () => {
    const { tracer, spans } = recorded();
    tracer.start(undefined, SPAN)?.end();
    const work = async (): Promise<void> => Promise.reject(new Error('broken'));
    await expect(tracer.job('edges', work)).rejects.toThrow('broken');
    expect(spans.at(-1)).toMatchObject({ name: 'job edges', errorType: 'internal' });
  });
});
