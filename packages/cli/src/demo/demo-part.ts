/** The demo is an optional part of the installation. */
import { Failure } from '@tendril/model/failure';

export async function demoPart<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    const isMissing =
      cause instanceof Error && 'code' in cause && cause.code === 'ERR_MODULE_NOT_FOUND';
    if (!isMissing) throw cause;
    throw new Failure({
      code: 'demo_missing',
      detail: 'the demo is not installed here: install @tendril/im-demo',
      cause,
    });
  }
}
