import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseTraceContext, traceHeaders } from './trace-context.ts';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN_ID = '00f067aa0ba902b7';

const hex = (length: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...'0123456789abcdef'.split('')), {
      minLength: length,
      maxLength: length,
    })
    .map((digits) => digits.join(''))
    .filter((text) => /[^0]/.test(text));
const context = fc.record({
  traceId: hex(32),
  spanId: hex(16),
  isSampled: fc.boolean(),
  traceState: fc.string({ maxLength: 1_024 }).filter((text) => /^[ -~]*$/.test(text)),
});

describe('trace context', () => {
  test('what was written is read as the same', () => {
    fc.assert(
      fc.property(context, (written) => {
        const { traceparent, tracestate } = traceHeaders(written);
        expect(parseTraceContext(traceparent, tracestate)).toEqual(written);
      }),
    );
  });

  test('any text is read without an error, and gives what can be written', () => {
    const near = fc
      .tuple(context, fc.nat(60), fc.string({ maxLength: 3 }))
      .map(([written, at, text]) => {
        const { traceparent = '' } = traceHeaders(written);
        return traceparent.slice(0, at) + text + traceparent.slice(at + 1);
      });
    fc.assert(
      fc.property(fc.oneof(fc.string(), near), fc.string(), (traceparent, tracestate) => {
        const read = parseTraceContext(traceparent, tracestate);
        if (read === undefined) return;
        expect(traceHeaders(read)['traceparent']).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/);
        expect(() => new Headers(traceHeaders(read))).not.toThrow();
      }),
    );
  });

  test.each([
    ['nothing', ''],
    ['a trace id of zeros', `00-${'0'.repeat(32)}-${SPAN_ID}-01`],
    ['a span id of zeros', `00-${TRACE_ID}-${'0'.repeat(16)}-01`],
    ['the forbidden version', `ff-${TRACE_ID}-${SPAN_ID}-01`],
    ['upper case', `00-${TRACE_ID.toUpperCase()}-${SPAN_ID}-01`],
    ['more than version 00 has', `00-${TRACE_ID}-${SPAN_ID}-01-more`],
    ['two headers in one', `00-${TRACE_ID}-${SPAN_ID}-01, 00-${TRACE_ID}-${SPAN_ID}-01`],
  ])('ignores %s', (_, traceparent) => {
    expect(parseTraceContext(traceparent)).toBeUndefined();
  });

  test('a later version is read as far as it is known', () => {
    const read = parseTraceContext(`cc-${TRACE_ID}-${SPAN_ID}-03-more`, 'a=1');
    expect(read).toEqual({
      traceId: TRACE_ID,
      spanId: SPAN_ID,
      isSampled: true,
      traceState: 'a=1',
    });
  });

  test('leaves a state out that is too long or not for a header', () => {
    const traceparent = `00-${TRACE_ID}-${SPAN_ID}-00`;
    expect(parseTraceContext(traceparent, 'a'.repeat(1_024))?.traceState).toHaveLength(1_024);
    expect(parseTraceContext(traceparent, 'a'.repeat(1_025))?.traceState).toBe('');
    expect(parseTraceContext(traceparent, 'a=\r\nx: y')?.traceState).toBe('');
  });
});
