/** Time as instances know it: the machine's, or a simulated one that passes only when nothing is left to do. */
export interface Time {
  /** Milliseconds since 1970, with fractions. */
  readonly nowMs: () => number;
  /** Calls once, later; the answer takes it back. */
  readonly after: (ms: number, work: () => void) => () => void;
  /** For so long this instance does nothing else. */
  readonly block: (ms: number) => Promise<void>;
}

export async function sleep(time: Time, ms: number): Promise<void> {
  if (ms <= 0) return;
  await new Promise<void>((resolve) => {
    time.after(ms, resolve);
  });
}

/** Calls again and again; the answer ends it. */
export function every(time: Time, ms: number, work: () => void): () => void {
  let cancel = (): void => undefined;
  const next = (): void => {
    cancel = time.after(ms, () => {
      next();
      work();
    });
  };
  next();
  return () => cancel();
}

export interface Patience {
  readonly time: Time;
  readonly ms: number;
  readonly reason: string;
}

/** Rejects with the reason when the work takes longer; the work itself goes on. */
export async function within<T>(work: Promise<T>, { time, ms, reason }: Patience): Promise<T> {
  let cancel = (): void => undefined;
  const late = new Promise<never>((_resolve, reject) => {
    cancel = time.after(ms, () => reject(new Error(reason)));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    cancel();
    work.catch(() => undefined);
  }
}

/** The machine's time. */
export const REAL_TIME: Time = {
  nowMs: () => performance.timeOrigin + performance.now(),
  after: (ms, work) => {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
  block: async (ms) => {
    const untilMs = performance.now() + ms;
    while (performance.now() < untilMs) Math.sqrt(untilMs);
    return Promise.resolve();
  },
};
