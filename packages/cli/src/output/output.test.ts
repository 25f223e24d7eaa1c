import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { createOutput } from './output.ts';

test('a slow reader leaves nothing behind that waits', async () => {
  const stream = new Writable({
    highWaterMark: 1,
    write: (_chunk, _encoding, done) => {
      setImmediate(done);
    },
  });
  const output = createOutput(stream, { environment: {}, noColor: true });
  for (let line = 0; line < 20; line += 1) await output.line('text');
  expect(stream.listenerCount('close')).toBe(0);
  expect(stream.listenerCount('error')).toBe(0);
  expect(stream.listenerCount('drain')).toBe(0);
});

test('a reader that has gone ends the wait', async () => {
  const stream = new Writable({ highWaterMark: 1, write: () => undefined });
  const output = createOutput(stream, { environment: {}, noColor: true });
  const written = output.line('text');
  stream.destroy();
  await expect(written).resolves.toBeUndefined();
});
