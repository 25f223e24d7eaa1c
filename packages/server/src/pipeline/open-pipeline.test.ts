import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PATIENT_LIMITS, PipelineFixture, send } from './testing/pipeline-fixture.ts';

describe('the pipeline', () => {
  let fixture: PipelineFixture;

  beforeEach(async () => {
    fixture = await PipelineFixture.create();
  });
  afterEach(async () => {
    await fixture.remove();
  });

  test('stores what it acknowledged, in order, and accounts for it', async () => {
    const pipeline = await fixture.open();
    await send(pipeline, ['a', 'b']);
    await send(pipeline, ['c']);
    await pipeline.flush();
    expect(fixture.engine.texts()).toEqual(['a', 'b', 'c']);
    expect(pipeline.accounts()).toEqual([
      {
        source: 'test',
        received: 3,
        stored: 3,
        pending: 0,
        rejected: {},
        shed: 0,
        quarantined: 0,
        dropped: 0,
        duplicate: 0,
      },
    ]);
    await pipeline.close(1000);
  });

  test('feeds what was pending when it is opened again', async () => {
    fixture.engine.isAway = true;
    const first = await fixture.open({ limits: PATIENT_LIMITS });
    await send(first, ['a', 'b']);
    await first.close(0);
    fixture.engine.isAway = false;
    const second = await fixture.open();
    expect(second.replayed.pendingRecords).toBe(2);
    await second.flush();
    expect(fixture.engine.texts()).toEqual(['a', 'b']);
    expect(second.accounts()).toMatchObject([{ received: 2, stored: 2, pending: 0 }]);
    await second.close(1000);
  });
});
