/** openim-rpc-group: who belongs to a group. Members are kept in the database. */
import type { Instance, Running } from '../instance.ts';
import { coded } from '../net/coded-error.ts';
import { startRpcServer } from '../net/rpc-server.ts';
import { within } from '../net/time.ts';
import { openDatabase } from '../storage/database.ts';
import { GROUPS } from '../clients/people.ts';

const LOCK_MS = 900;

export async function startGroup(instance: Instance): Promise<Running> {
  const database = openDatabase(instance);
  const locks = new Locks(instance);
  const running = await startRpcServer({
    instance,
    methods: {
      '/openim.group.group/getGroupMemberUserIDs': async (call, { groupID }) => {
        const id = String(groupID);
        const members = GROUPS.get(id);
        if (!members) throw coded('groupNotFound', `groupID ${id} is not found`);
        const release = await locks.take(id);
        try {
          const request = {
            operation: 'find',
            collection: 'group_member',
            key: id,
            document: '',
          } as const;
          await database.run(call, request);
          instance.log.debug(call, 'group/group.go:412', 'group members read', {
            groupID: id,
            count: members.length,
          });
          return { userIDs: members };
        } finally {
          release();
        }
      },
    },
  });
  return {
    ...running,
    settingsChanged: () => {
      running.settingsChanged?.();
      database.reset();
      if (instance.settings().lockLeakShare === 0) locks.clear();
    },
  };
}

/** One reader at a time for each group, so that two do not fill the cache at once. */
class Locks {
  private readonly instance: Instance;
  private readonly held = new Map<string, Promise<void>>();

  constructor(instance: Instance) {
    this.instance = instance;
  }

  async take(key: string): Promise<() => void> {
    const before = this.held.get(key) ?? Promise.resolve();
    const mine = Promise.withResolvers<void>();
    this.held.set(
      key,
      before.then(async () => mine.promise),
    );
    await within(before, {
      time: this.instance.time,
      ms: LOCK_MS,
      reason: `lock of group ${key} was not released: context deadline exceeded`,
    });
    const isLeaked = this.instance.random() < this.instance.settings().lockLeakShare;
    return isLeaked ? () => undefined : mine.resolve;
  }

  clear(): void {
    this.held.clear();
  }
}
