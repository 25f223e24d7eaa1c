/** Parts of the server, which is an optional part of the installation and brings the engine. */
import { Failure } from '@tendril/model/failure';

/** Loads a part; says so when the server is not installed. */
export async function serverPart<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    throw new Failure({
      code: 'server_missing',
      detail: 'the server part is not installed here: install @tendril/server',
      cause,
    });
  }
}

function isMissing(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    error.code === 'ERR_MODULE_NOT_FOUND' &&
    error.message.includes("'@tendril/server'")
  );
}
