/**
 * The code in the text of an error. Of every generation: `Error: 1302 BlockedByPeer | -> f() file:1`,
 * `1004 RecordNotFoundError`, `token is empty: 1602 args err`, `rpc error: code = Code(1004) desc = …`,
 * `rpc error: code = Unavailable desc = …`, and answers as JSON, `{"errCode":14,…}`.
 */
import { errorKindOf, grpcCodeOf, type CodeLayer } from './error-codes.ts';

/** Errors begin with what matters; stacks and texts of dependencies follow. */
const REACH_MAX = 1024;

const BEGINNING = /^(?:Error: )?(\d{3,6}) [^\s\d]/;
// gRPC's are small, and so are numbers of anything.
const GRPC_BEGINNING = /^(?:Error)?: (\d{1,2}) [a-z]/;
const GRPC = /\bcode = (?:Code\((\d{1,6})\)|([A-Z][A-Za-z]{1,20})) desc = /;
const INSIDE = /[:,] (\d{3,5}) [A-Za-z]/g;
const ANSWER = /^\{"errCode":(\d{1,6})[,}]/;

/** Undefined when the text states none. */
export function codeOfError(error: string, layer: CodeLayer): number | undefined {
  const text = error.length > REACH_MAX ? error.slice(0, REACH_MAX) : error;
  const beginning = BEGINNING.exec(text)?.[1] ?? GRPC_BEGINNING.exec(text)?.[1];
  if (beginning !== undefined) return Number(beginning);
  const grpc = GRPC.exec(text);
  if (grpc) return codeOfGrpc(grpc, text, layer);
  return codeInside(text, layer);
}

/** Of an answer to a request; undefined when it is none or says that all is well. */
export function codeOfAnswer(text: string): number | undefined {
  if (!text.startsWith('{"errCode":')) return undefined;
  const code = Number(ANSWER.exec(text)?.[1] ?? 0);
  return code === 0 ? undefined : code;
}

// `code = Unknown` wraps errors that have a code of their own.
function codeOfGrpc(
  [, number, name = '']: RegExpExecArray,
  text: string,
  layer: CodeLayer,
): number | undefined {
  if (number !== undefined) return Number(number);
  const code = grpcCodeOf(name);
  return code === 2 ? (codeInside(text, layer) ?? code) : code;
}

// Elsewhere a number counts only when it is a code: ports and sizes stand after colons too.
function codeInside(text: string, layer: CodeLayer): number | undefined {
  for (const [, digits] of text.matchAll(INSIDE)) {
    const code = Number(digits);
    if (errorKindOf(code, layer) !== undefined) return code;
  }
  return undefined;
}
