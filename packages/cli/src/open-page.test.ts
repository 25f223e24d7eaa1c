import { expect, test } from 'vitest';
import { hasScreen } from './open-page.ts';

test.each([
  ['linux', { DISPLAY: ':0' }, true],
  ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, true],
  ['linux', {}, false],
  ['linux', { DISPLAY: ':10', SSH_CONNECTION: '10.0.0.1 5 10.0.0.2 22' }, false],
  ['darwin', {}, true],
  ['darwin', { SSH_TTY: '/dev/ttys1' }, false],
  ['win32', { CI: 'true' }, false],
] as const)('on %s with %j there is a screen: %s', (platform, environment, expected) => {
  expect(hasScreen({ platform, environment })).toBe(expected);
});
