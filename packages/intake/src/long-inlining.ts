/** A setting of the JavaScript engine that the path of a record from its bytes to its columns wants. */
import { setFlagsFromString } from 'node:v8';

/** Bytecode that may be inlined into one function; V8's own bound is 920. */
const INLINED_BYTECODE_MAX = 4000;

/**
 * Lets V8 inline more into a hot function. That path is a chain of small functions, which is longer
 * than V8 inlines by itself; with it a record takes a fifth less time (bench/src/micro/otlp-decode.ts).
 * For the whole process; call it at the start, before code gets hot.
 */
export function allowLongInlining(): void {
  setFlagsFromString(`--max-inlined-bytecode-size-cumulative=${INLINED_BYTECODE_MAX}`);
}
