/** What people do with traces, by mouse and by keyboard, in a real browser on a real server. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browserPath, openPage, startBrowser } from './browser.ts';
import { startDemoServer, type DemoServer } from './demo-server.ts';
import { demoTraceId, demoTraces, recordsOf, type DemoSpan } from './demo-traces.ts';

const path = await browserPath();
const TRACES = 40;
/** Among those that run into the slow database and fail. */
const FAILED = 30;
const CALM = 1;
const MARKUP = '<script>window.hacked=1</script><img src=x onerror="window.hacked=1">';
const HOSTILE_TRACE = 'f'.repeat(32);
const YEAR_NS = 365n * 86_400_000_000_000n;

describe.skipIf(path === undefined && process.env['CI'] !== 'true')('pages of traces', () => {
  let browser: Browser;
  let server: DemoServer;
  let traces: readonly (readonly DemoSpan[])[];

  beforeAll(async () => {
    server = await startDemoServer();
    const endMs = Date.now();
    traces = demoTraces({ count: TRACES, endMs, spanMs: 600_000 });
    await server.sendSpans(traces.flat());
    for (const [service, body] of recordsOf(traces[FAILED] ?? [])) {
      await server.client.ingest({ body, service, environment: 'prod' });
    }
    await server.sendSpans(hostileSpans(BigInt(endMs) * 1_000_000n));
    browser = await startBrowser(path ?? '');
  });

  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  const rows = (page: Page) => page.locator('.waterfall-row');
  const row = (page: Page, text: string) => rows(page).filter({ hasText: text }).first();
  const parameter = (page: Page, name: string): string =>
    new URL(page.url()).searchParams.get(name) ?? '';

  test('a trace is found by service and errors, and opens at its waterfall', async () => {
    const { page, complaints } = await openPage(browser);
    await page.goto(`${server.url}/traces`);
    await page.locator('.trace-entry').nth(5).waitFor();
    await page.getByLabel('Service', { exact: true }).selectOption('openim-rpc-msg');
    await page.getByLabel('With errors only').check();
    await page.getByLabel('Longer than').fill('500ms');
    await page.getByLabel('Longer than').press('Enter');
    await expect.poll(() => parameter(page, 'min')).toBe('500ms');
    await expect
      .poll(async () => await page.locator('.trace-entry:not(:has(.chip.bad))').count())
      .toBe(0);
    await page.locator('.trace-link').first().click();
    await rows(page).nth(3).waitFor();
    expect(await row(page, 'insert im.msg').locator('.severity-error').count()).toBe(1);
    await page.goBack();
    await page.locator('.trace-entry').first().waitFor();
    expect(parameter(page, 'service')).toBe('openim-rpc-msg');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('a dot of the scatter opens its trace', async () => {
    const { page } = await openPage(browser);
    const failed = traces[FAILED] ?? [];
    const startMs = Number((failed[0]?.startNs ?? 0n) / 1_000_000n);
    // The dot is in the middle of the time; its height is for the axis to say.
    const [from, to] = [startMs - 60_000, startMs + 60_000].map((ms) => new Date(ms).toISOString());
    const search = new URLSearchParams({ from: from ?? '', to: to ?? '', errors: '1' });
    search.set('q', `traceId:${demoTraceId(FAILED)}`);
    await page.goto(`${server.url}/traces?${search.toString()}`);
    await page.locator('.trace-entry').waitFor();
    const over = page.locator('.trace-scatter .u-over');
    const box = await over.boundingBox();
    const place = { x: (box?.width ?? 0) / 2, y: 0 };
    await expect
      .poll(async () => {
        place.y = (place.y + 7) % (box?.height ?? 1);
        await over.hover({ position: place });
        return await page.locator('.trace-scatter-canvas.is-on-dot').count();
      })
      .toBe(1);
    await over.click({ position: place });
    await rows(page).first().waitFor();
    expect(page.url()).toContain(demoTraceId(FAILED));
    await page.context().close();
  });

  test('records stand between the spans, and lead from a span to the logs', async () => {
    const { page, complaints } = await openPage(browser);
    await page.goto(`${server.url}/traces/${demoTraceId(FAILED)}`);
    const record = rows(page).filter({ hasText: 'insert im.msg: server selection timeout' });
    await record.waitFor();
    await page.getByRole('button', { name: 'Log records' }).click();
    await expect.poll(async () => await record.count()).toBe(0);
    await row(page, 'insert im.msg').click();
    const pane = page.locator('.span-pane');
    await pane.locator('.record-field', { hasText: 'im-db-2' }).waitFor();
    expect(parameter(page, 'span')).toMatch(/^[0-9a-f]{16}$/);
    await pane.getByRole('tab', { name: 'Records' }).click();
    await pane.locator('.span-record').waitFor();
    await pane.getByRole('button', { name: 'Show in the logs' }).click();
    await page.locator('.record-row').waitFor();
    expect(await page.locator('.record-row').count()).toBe(1);
    // And back: the record leads to its trace.
    await page.locator('.record-row').click();
    await page.locator('.record-links').getByRole('button', { name: 'Trace' }).click();
    await rows(page).first().waitFor();
    expect(page.url()).toContain(demoTraceId(FAILED));
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('a value of a span searches traces', async () => {
    const { page } = await openPage(browser);
    await page.goto(`${server.url}/traces/${demoTraceId(FAILED)}`);
    await row(page, 'insert im.msg').click();
    const field = page.locator('.span-pane .record-field', { hasText: 'im-db-2' });
    await field.hover();
    await field.getByRole('button', { name: 'Filter for', exact: false }).first().click();
    await page.locator('.trace-entry').first().waitFor();
    expect(parameter(page, 'q')).toBe('server.address:"im-db-2"');
    await page.context().close();
  });

  test('by keyboard: move, fold, open, find, next error, zoom, close', async () => {
    const { page, complaints } = await openPage(browser);
    await page.goto(`${server.url}/traces/${demoTraceId(FAILED)}?records=0`);
    await rows(page).nth(3).waitFor();
    const all = await rows(page).count();
    await page.locator('.waterfall').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowLeft');
    await expect.poll(async () => await rows(page).count()).toBe(1);
    await page.keyboard.press('ArrowRight');
    await expect.poll(async () => await rows(page).count()).toBe(all);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.locator('.span-pane', { hasText: 'verify token' }).waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => parameter(page, 'span')).toBe('');
    await page.keyboard.press('/');
    await page.keyboard.type('GetUserInfo');
    await page.locator('.waterfall-row.is-found').nth(1).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.waterfall-row.is-active.is-found').waitFor();
    await page.getByLabel('Find in this trace').fill('db.system:mongodb');
    await expect.poll(async () => await page.locator('.waterfall-row.is-found').count()).toBe(1);
    await page.locator('.waterfall').focus();
    await page.keyboard.press('e');
    await page.locator('.waterfall-row.is-active .severity-error').waitFor();
    await page.keyboard.press('z');
    await expect.poll(() => parameter(page, 'zoom')).not.toBe('');
    await page.keyboard.press('0');
    await expect.poll(() => parameter(page, 'zoom')).toBe('');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('the mini-map zooms by dragging and by keys', async () => {
    const { page } = await openPage(browser);
    await page.goto(`${server.url}/traces/${demoTraceId(CALM)}`);
    const map = page.locator('.mini-map');
    const box = await map.boundingBox();
    const { x = 0, y = 0, width = 0 } = box ?? {};
    await page.mouse.move(x + width * 0.25, y + 20);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.5, y + 20);
    await page.mouse.up();
    await expect.poll(() => parameter(page, 'zoom')).toMatch(/^\d+-\d+$/);
    await page.getByRole('button', { name: 'Show all' }).click();
    await expect.poll(() => parameter(page, 'zoom')).toBe('');
    await map.focus();
    await page.keyboard.press('+');
    await expect.poll(() => parameter(page, 'zoom')).toMatch(/^\d+-\d+$/);
    await page.context().close();
  });

  test('clocks that differ are told and put right', async () => {
    const { page } = await openPage(browser);
    await page.goto(`${server.url}/traces/${demoTraceId(5)}`);
    await page.getByTitle('before its caller').first().waitFor();
    await page.getByRole('button', { name: 'Put clocks right' }).click();
    await page.locator('.trace-notes', { hasText: 'were put right' }).waitFor();
    expect(await page.getByTitle('before its caller').count()).toBe(0);
    await page.context().close();
  });

  test('a flame graph is gone into by mouse and by keyboard, and leads back to the spans', async () => {
    const { page, complaints } = await openPage(browser);
    await page.goto(`${server.url}/traces/${demoTraceId(FAILED)}?view=flame`);
    const frame = (name: string) => page.getByRole('treeitem', { name });
    await frame('insert im.msg').click();
    await frame('insert im.msg').and(page.locator('.is-focus')).waitFor();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await frame('SendMsg · openim-rpc-msg').and(page.locator('.is-focus')).waitFor();
    await page.mouse.move(5, 5);
    await page.getByRole('button', { name: 'Its spans in the waterfall' }).click();
    await page.locator('.waterfall-row.is-found').first().waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('a table counts by operation, leads to the spans, and the trace is a file', async () => {
    const { page, complaints } = await openPage(browser);
    await page.goto(`${server.url}/traces/${demoTraceId(FAILED)}`);
    // Records come after the spans, between them.
    await rows(page).filter({ hasText: 'send_msg: context deadline exceeded' }).waitFor();
    const shown = await rows(page).count();
    await page.getByRole('button', { name: 'Fold one level more', exact: true }).click();
    await expect.poll(() => rows(page).count()).toBeLessThan(shown);
    await page.getByRole('button', { name: 'Unfold one level more' }).click();
    await expect.poll(() => rows(page).count()).toBe(shown);
    await page.getByRole('tab', { name: 'Table' }).click();
    await page.getByRole('button', { name: 'Longest' }).click();
    const row = page.locator('.statistics tbody tr', { hasText: 'insert im.msg' });
    expect(await row.textContent()).toContain('1');
    await row.getByRole('button').click();
    await page.locator('.waterfall-row.is-found', { hasText: 'insert im.msg' }).waitFor();
    const waiting = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download as OTLP JSON' }).click();
    const file = await waiting;
    expect(file.suggestedFilename()).toBe(`trace-${demoTraceId(FAILED)}.json`);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('two traces of the list are compared', async () => {
    const { page, complaints } = await openPage(browser);
    const ids = [demoTraceId(CALM), demoTraceId(FAILED)];
    await page.goto(`${server.url}/traces?q=traceId:(${ids.join(' or ')})`);
    await page.locator('.trace-entry').nth(1).waitFor();
    for (const box of await page.locator('.trace-entry input').all()) await box.check();
    await page.getByRole('button', { name: /Compare/ }).click();
    const change = (name: string) => page.locator('.compare-table tr', { hasText: name }).first();
    await change('insert im.msg').waitFor();
    const before = await change('push to user').textContent();
    await page.getByRole('button', { name: 'Swap A and B' }).click();
    await expect.poll(async () => await change('push to user').textContent()).not.toBe(before);
    const found = [before, await change('push to user').textContent()].join(' ');
    expect(found).toContain('only in A');
    expect(found).toContain('only in B');
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('a service is found in the list, with its charts, operations, errors and records', async () => {
    const { page, complaints } = await openPage(browser);
    await page.goto(`${server.url}/services`);
    await page.getByRole('link', { name: 'openim-rpc-msg' }).click();
    await page.locator('.service-charts .u-over').nth(2).waitFor();
    await page.locator('.service-patterns a', { hasText: 'server selection timeout' }).waitFor();
    await page
      .getByRole('link', { name: /insert im.msg/ })
      .first()
      .click();
    await page.locator('.trace-entry').first().waitFor();
    expect(parameter(page, 'operation')).toBe('insert im.msg');
    await page.goBack();
    await page.locator('.service-patterns a').first().click();
    await page.locator('.record-row').first().waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  // Calls are counted once a minute: the map takes them up without being asked again.
  test('the map shows who calls whom, and leads to a service', { timeout: 120_000 }, async () => {
    const { page, complaints } = await openPage(browser);
    await page.goto(`${server.url}/services/map`);
    await page.locator('.map-edge').first().waitFor({ timeout: 100_000 });
    const edges = await page.locator('.map-edge-label').allTextContents();
    expect(edges.every((label) => /\/s · /.test(label))).toBe(true);
    // Its time: a moment has other figures, and the whole range those of before.
    const node = page.locator('a.map-node', { hasText: 'openim-rpc-msg' });
    const whole = await node.textContent();
    await page.getByRole('slider', { name: 'Moment of the map' }).focus();
    await page.keyboard.press('Home');
    await page.locator('.map-moment', { hasText: /\d\d:\d\d to \d\d:\d\d/ }).waitFor();
    expect(await node.textContent()).not.toBe(whole);
    await page.getByRole('button', { name: 'Whole range' }).click();
    expect(await node.textContent()).toBe(whole);
    await page.getByRole('button', { name: 'As a table' }).click();
    await page.locator('.calls-table tr', { hasText: 'mongodb' }).first().waitFor();
    await page.getByRole('button', { name: 'As a table' }).click();
    await page.locator('a.map-node', { hasText: 'openim-push' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'openim-push' }).waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('an id that no trace has says so', async () => {
    const { page } = await openPage(browser);
    await page.goto(`${server.url}/traces/${'0'.repeat(31)}1`);
    await page.locator('.empty-page', { hasText: 'no trace with this id' }).waitFor();
    await page.context().close();
  });

  test('hostile spans are text, and cost only themselves', async () => {
    const { page, complaints } = await openPage(browser);
    await page.goto(`${server.url}/traces/${HOSTILE_TRACE}`);
    await rows(page).nth(4).waitFor();
    await page.locator('.trace-notes', { hasText: 'did not arrive' }).waitFor();
    await row(page, 'many attributes').click();
    const pane = page.locator('.span-pane');
    await pane.locator('.record-field').nth(100).waitFor();
    for (const tab of ['JSON', 'Events', 'Links', 'Tags']) {
      await pane.getByRole('tab', { name: tab }).click();
    }
    await row(page, 'large').click();
    await pane.getByRole('button', { name: /Show all/ }).waitFor();
    await page.goto(`${server.url}/traces?from=now-2y`);
    await page.locator('.trace-entry', { hasText: '<script>' }).first().waitFor();
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
    expect(await page.locator('script:not([src]), img:not(.cm-widgetBuffer)').count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

/** A loop, a parent that never came, one id twice, an end before its start, a year between two spans, much of everything. */
function hostileSpans(nowNs: bigint): readonly DemoSpan[] {
  const span = (id: string, rest: Partial<DemoSpan>): DemoSpan => ({
    traceId: HOSTILE_TRACE,
    spanId: id.padStart(16, '0'),
    service: MARKUP,
    name: MARKUP,
    kind: 'internal',
    startNs: nowNs - 1_000_000_000n,
    durationNs: 1_000_000n,
    ...rest,
  });
  const id = (digits: string): string => digits.padStart(16, '0');
  const many = Object.fromEntries(
    Array.from({ length: 900 }, (_, index) => [`${MARKUP}${index}`, `${MARKUP}\u202e\u001b[31m`]),
  );
  return [
    span('a1', { parentSpanId: id('a2') }),
    span('a2', { parentSpanId: id('a1') }),
    span('a3', { parentSpanId: id('dead') }),
    span('a4', { name: 'twice' }),
    span('a4', { name: 'twice', startNs: nowNs - 500_000_000n }),
    span('a5', { name: 'ends before it starts', durationNs: -1_000_000n }),
    span('a6', { name: 'long ago', startNs: nowNs - YEAR_NS }),
    span('a7', {
      name: 'many attributes',
      attributes: many,
      error: MARKUP,
      events: [{ atNs: nowNs, name: MARKUP, attributes: many }],
      links: [{ traceId: 'e'.repeat(32), spanId: 'e'.repeat(16) }],
    }),
    span('a8', { name: 'large', attributes: { large: `${'x'.repeat(500_000)} end` } }),
  ];
}
