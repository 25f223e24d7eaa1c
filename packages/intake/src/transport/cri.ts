/**
 * What kubelet writes for container runtimes: `TIME stdout|stderr P|F[:tags] TEXT`. `P` is a part of a
 * line that goes on in the next line of the same stream; containerd cuts at 16 KiB.
 */
import { rfc3339At } from './rfc3339.ts';
import { NOTHING_SAID, streamAttributes, type Transport, type Wrapped } from './transport.ts';

export const CRI: Transport = { name: 'cri', first: '0123456789', open: () => unwrap };

const HEAD = / (stdout|stderr) ([PF])(?::[^\s]{1,128})?(?: |$)/y;
const PARTIAL = 'P';

function unwrap(line: string): Wrapped | undefined {
  const time = rfc3339At(line, 0);
  if (!time) return undefined;
  HEAD.lastIndex = time.end;
  const [, stream = '', tag] = HEAD.exec(line) ?? [];
  if (stream === '') return undefined;
  return {
    ...NOTHING_SAID,
    text: line.slice(HEAD.lastIndex),
    origin: stream,
    isPartial: tag === PARTIAL,
    timeNs: time.timeNs,
    attributes: streamAttributes(stream),
  };
}
