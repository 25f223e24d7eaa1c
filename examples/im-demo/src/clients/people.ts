/** Who chats: users, their groups, and who does not want to hear from whom. */
export const USERS: readonly string[] = Array.from(
  { length: 12 },
  (_, index) => `u${1001 + index}`,
);

export const GROUPS: ReadonlyMap<string, readonly string[]> = new Map([
  ['g2001', USERS.slice(0, 6)],
  ['g2002', USERS.slice(4, 10)],
  ['g2003', USERS.slice(6, 12)],
]);

/** By user: who was blocked. */
export const BLOCKED: ReadonlyMap<string, readonly string[]> = new Map([
  ['u1003', ['u1001', 'u1002', 'u1007', 'u1009']],
]);
