import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeCommand, encodeReply, RedisError, RespReader, type Reply } from './resp.ts';

function read(text: string, pieceBytes: number): readonly Reply[] {
  const reader = new RespReader();
  const bytes = Buffer.from(text);
  const replies: Reply[] = [];
  for (let at = 0; at < bytes.byteLength; at += pieceBytes)
    replies.push(...reader.push(bytes.subarray(at, at + pieceBytes)));
  return replies;
}

describe('RESP', () => {
  test('what was written is read again, in whatever pieces it comes', () => {
    const command = fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(command), fc.integer({ min: 1, max: 9 }), (commands, pieceBytes) => {
        expect(read(commands.map(encodeCommand).join(''), pieceBytes)).toEqual(commands);
      }),
    );
  });

  test('replies of each kind', () => {
    const reply = ['id', 7, null, [['field', '消息']]];
    expect(read(encodeReply(reply), 3)).toEqual([reply]);
    expect(read('+OK\r\n$-1\r\n', 1)).toEqual(['OK', null]);
    expect(read(encodeReply(new RedisError('OOM no')), 2)).toEqual([new RedisError('OOM no')]);
  });

  test('bytes that are no RESP are refused', () => {
    expect(() => read('hello\r\n', 100)).toThrow('no RESP message begins with "h"');
  });
});
