/**
 * Memory of bytes that were read, given back at once. Left to the collector it would be freed by marking the whole
 * heap a few times a second: it counts these bytes, and code that makes no objects gives it no cheaper occasion
 * (`npm run bench -- ingest-logs`, `receivers`).
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Nothing may look at the bytes, or at views of them, any more. Where others share their memory they stay. */
export function freeMemory({ buffer, byteLength }: Buffer): void {
  const isAlone = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
  if (isAlone) buffer.transfer(0);
}

/**
 * For when a load is over: a server at rest makes too little for the collector to have an occasion, and would keep
 * what the load left for hours. Takes some hundredths of a second, in which nothing is acknowledged.
 */
export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc()');
}
