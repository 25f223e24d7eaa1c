/** `tail -f` of several files: `==> PATH <==` before the lines of each. The header itself is no line. */
import { NOTHING_SAID, RememberedFields, type Transport, type Wrapped } from './transport.ts';

export const TAIL: Transport = {
  name: 'tail',
  open() {
    const known = new RememberedFields();
    let path = '';
    return (line) => {
      const header = headerPath(line);
      path = header || path;
      if (path === '') return undefined;
      return wrapped(header === '' ? line : '', path, known);
    };
  },
};

const HEADER = /^==> (\S[^\n]{0,1023}) <==$/;

function headerPath(line: string): string {
  if (!line.startsWith('==> ')) return '';
  const path = HEADER.exec(line)?.[1] ?? '';
  return /[./]/.test(path) || path === 'standard input' ? path : '';
}

function wrapped(text: string, path: string, known: RememberedFields): Wrapped {
  const resource = known.get(path, () => new Map([['log.file.path', path]]));
  return { ...NOTHING_SAID, text, origin: path, resource };
}
