/**
 * The SDK in the browser has two halves: a script, and a module that the script calls with arguments by
 * position. Each is released on its own, and a cache may keep an old module for a new script.
 */
import type { Instance } from '../instance.ts';
import type { Call } from '../telemetry/call.ts';

/** Parameters of the module's functions, the callback and the operation's id included. */
const PARAMETERS: Readonly<Record<string, number>> = { getAllConversationList: 2 };
/** From this version on the script passes a request as well. */
const REQUEST_SINCE = 7;

/** The arguments that the script passes. */
export function argumentsOf(scriptVersion: string, call: Call): readonly unknown[] {
  const patch = Number(/patch\.(\d+)/.exec(scriptVersion)?.[1] ?? 0);
  return patch >= REQUEST_SINCE ? [call.operationId, { isPinned: false }] : [call.operationId];
}

export function callModule(
  { log }: Instance,
  call: Call,
  name: string,
  args: readonly unknown[],
): void {
  const funcFieldsNum = PARAMETERS[name] ?? 0;
  const about = { funcFieldsNum, argumentsLen: args.length, hasCallback: true };
  const caller = 'event_listener/caller.go:64';
  log.debug(call, caller, 'asyncCallWithCallback', about);
  for (const argIndex of args.keys()) {
    // The callback is the first parameter.
    const paramIndex = argIndex + 1;
    log.debug(call, caller, 'asyncCallWithCallback processing arg', {
      argIndex,
      paramIndex,
      ...about,
    });
    if (paramIndex < funcFieldsNum) continue;
    const reason = `runtime error: index out of range [${paramIndex}] with length ${funcFieldsNum}`;
    log.error(
      call,
      caller,
      'asyncCallWithCallback index out of range',
      { argIndex, paramIndex, ...about },
      reason,
    );
    throw new Error(reason);
  }
  log.debug(call, caller, 'fn call success', { 'function name': name });
}
