/** Reads a stream for ever: a batch, its work, its acknowledgement, the next. */
import type { Instance } from '../instance.ts';
import { sleep } from '../net/time.ts';
import type { Redis, StreamMessage } from './redis.ts';

const PAUSE_AFTER_ERROR_MS = 200;

export interface ConsumerOptions {
  readonly instance: Instance;
  readonly redis: Redis;
  readonly stream: string;
  readonly group: string;
}

export function consumeForEver(
  { instance, redis, stream, group }: ConsumerOptions,
  work: (messages: readonly StreamMessage[]) => Promise<void>,
): void {
  const loop = async (): Promise<never> => {
    for (;;) {
      try {
        const messages = await redis.consume(stream, group);
        if (messages.length === 0) continue;
        await work(messages);
        await redis.acknowledge(
          stream,
          group,
          messages.map(({ id }) => id),
        );
      } catch (error) {
        instance.log.warn(
          undefined,
          'kafka/consumer_group.go:47',
          'consume err',
          { topic: stream, group },
          error,
        );
        await sleep(instance.time, PAUSE_AFTER_ERROR_MS);
      }
    }
  };
  void loop();
}
