/** A browser's worth of users: half of all for each of the two instances. */
import type { Instance, Running } from '../instance.ts';
import { sleep } from '../net/time.ts';
import { PLACEMENTS } from '../topology.ts';
import { USERS } from './people.ts';
import { User } from './user.ts';

/** The others come up meanwhile. */
const START_MS = 300;

export async function startClients(instance: Instance): Promise<Running> {
  const { instances } = PLACEMENTS['openim-sdk-web'];
  const users = USERS.filter((_, index) => index % instances === instance.identity.number);
  for (const userId of users) void live(new User(instance, userId), instance);
  return Promise.resolve({ socketPort: 0 });
}

async function live(user: User, { random, time }: Instance): Promise<void> {
  await sleep(time, START_MS * (1 + random()));
  await Promise.race([user.live(), user.flood()]);
}
