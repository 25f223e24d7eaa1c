/**
 * Which of several servers does a piece of background work. Whoever asks while nobody else holds the job
 * gets it for a while. Two that ask at the same moment may both get it, so a leased job must bear being
 * done twice; the lease saves work, nothing else.
 */
import { randomUUID } from 'node:crypto';
import { sql, string, uint32 } from '@tendril/sql/sql';
import type { Engine } from '../engine/engine.ts';

const LIMITS = { timeoutMs: 10_000 };

export class JobLease {
  private readonly engine: Engine;
  private readonly job: string;
  private readonly seconds: number;
  private readonly holder: string = randomUUID();

  /** `seconds` after it was taken last it is free again. */
  constructor(engine: Engine, job: string, seconds: number) {
    this.engine = engine;
    this.job = job;
    this.seconds = seconds;
  }

  /** Takes or renews it; false while another has it. */
  async take(): Promise<boolean> {
    const { engine, job, holder, seconds } = this;
    const held = await engine.query(
      sql`SELECT Holder
FROM job_leases
WHERE Job = ${string(job)} AND Holder != ${string(holder)} AND At > now64(6) - toIntervalSecond(${uint32(seconds)})
LIMIT 1`,
      { limits: LIMITS },
    );
    for await (const _ of held.rows) return false;
    await engine.command(
      sql`INSERT INTO job_leases (Job, Holder) VALUES (${string(job)}, ${string(holder)})`,
    );
    return true;
  }
}
