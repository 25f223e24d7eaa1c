/** Lines as the back end writes them, with names that people choose and data that robots send. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { UTC } from '../../zone.ts';
import { ROBOT_WEBSOCKET } from './robot-websocket.ts';

const EVENTS: readonly (readonly [event: string, level: string, emoji: string, text: string])[] = [
  ['CONNECTION_ATTEMPT', 'INFO', '', 'WebSocket连接尝试'],
  ['CONNECTION_ESTABLISHED', 'INFO', '✅', 'WebSocket连接已建立'],
  ['CONNECTION_CLOSED', 'INFO', '🔌', 'WebSocket连接已关闭'],
  ['CONNECTION_FAILED', 'ERROR', '❌', 'WebSocket连接失败'],
  ['MESSAGE_RECEIVED', 'DEBUG', '📥', '收到消息'],
  ['MESSAGE_SENT', 'DEBUG', '📤', '发送消息'],
  ['COMMAND_EXECUTED', 'INFO', '⚡\uFE0F', '指令执行完成'],
  ['COMMAND_FAILED', 'ERROR', '💥', '指令执行失败'],
  ['HEARTBEAT', 'DEBUG', '💓', '收到心跳'],
  ['PERFORMANCE', 'INFO', '📊', '性能指标'],
  ['SECURITY', 'WARNING', '🔒', '安全事件'],
  ['ERROR', 'ERROR', '🚨', '发生错误: 消息格式错误'],
];

const text = fc
  .string({ unit: 'grapheme', maxLength: 30 })
  .map((value) => value.replaceAll(/[\p{Cc}\u2028\u2029]/gu, ' '));
// What ends a tag is not in a name; all else may be.
const name = fc
  .oneof(text, fc.constantFrom('快递小车1', '配送车[B]:夜班', 'a | b: c', '] [Robot-2:x]'))
  .filter((value) => !/\] [A-Z_]+: /.test(`${value}] `));
const value = text.map((one) => one.trim()).filter((one) => !one.includes(' | ') && one !== '');
const data = fc.dictionary(
  fc.stringMatching(/^[a-z_]{1,12}$/),
  fc.oneof(text, fc.integer(), fc.boolean()),
  {
    minKeys: 1,
  },
);

test('says which robot, what happened and with what', () => {
  const line = fc.record({
    event: fc.constantFrom(...EVENTS),
    id: fc.integer({ min: 1, max: 99_999 }).map(String),
    name,
    command: value,
    data,
  });
  fc.assert(
    fc.property(line, ({ event: [event, level, emoji, said], id, name, command, data }) => {
      const tag = `${emoji === '' ? '' : `${emoji} `}[Robot-${id}:${name}]`;
      const segments = `IP: 2001:db8::5 | Command: ${command} | Data: ${JSON.stringify(data)}`;
      const parsed = ROBOT_WEBSOCKET.parse(
        `[2024-01-01 12:00:00] ${level} [WebSocket] ${tag} ${event}: ${said} | ${segments}`,
        { zone: UTC, asOfNs: 0n },
      );
      expect(parsed).toMatchObject({ severityText: level, eventName: event });
      expect(parsed?.body).toBe(`${event}: ${said} | ${segments}`);
      const given = Object.entries(data).map(([key, one]) => [`Data.${key}`, one] as const);
      expect(Object.fromEntries(parsed?.attributes ?? [])).toMatchObject({
        'robot.id': id,
        'robot.name': name,
        IP: '2001:db8::5',
        Command: /^\d{1,9}$/.test(command) ? Number(command) : command,
        ...Object.fromEntries(given),
      });
    }),
    { numRuns: 500 },
  );
});
