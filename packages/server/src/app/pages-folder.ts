/** Where the built web UI lies: in its own package, which an installation may leave out. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A folder that need not exist. */
export function pagesFolder(): string {
  return join(dirname(fileURLToPath(manifestUrl())), 'dist');
}

function manifestUrl(): string {
  try {
    return import.meta.resolve('@tendril/web/package.json');
  } catch {
    // Not installed: the place where it would be in a checkout says so as well as any other.
    return new URL('../../../web/package.json', import.meta.url).href;
  }
}
