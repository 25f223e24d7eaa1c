/**
 * The ports that outgoing connections of an instance leave from. A machine has a bounded number, and each
 * is held for some time after its connection closed; an instance that uses them up cannot call out.
 */
import type { Settings } from '../settings.ts';
import type { Time } from './time.ts';

/** As TIME_WAIT on a real machine, only shorter. */
const HELD_MS = 1_500;

export interface LocalPorts {
  /** Throws when there is none; the answer gives it back. */
  take(target: string): () => void;
}

export function createLocalPorts(time: Time, settings: () => Settings): LocalPorts {
  let taken = 0;
  return {
    take: (target) => {
      const { localPorts } = settings();
      if (localPorts > 0 && taken >= localPorts)
        throw new Error(`dial tcp ${target}: connect: cannot assign requested address`);
      taken += 1;
      return () => {
        time.after(HELD_MS, () => (taken -= 1));
      };
    },
  };
}
