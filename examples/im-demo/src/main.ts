/**
 * `node src/main.ts [--otlp-url URL] [--tendril-url URL] [--control-port N]`: runs the demo until it is
 * interrupted. What happens is printed as JSON, one object a line.
 */
import { hostname } from 'node:os';
import { parseArgs } from 'node:util';
import { WORKER_HOST } from './cluster/host.ts';
import { startControl } from './control.ts';
import { Demo } from './demo.ts';
import { tellTendril } from './tell-tendril.ts';

const { values } = parseArgs({
  options: {
    'otlp-url': { type: 'string', default: 'http://127.0.0.1:4318' },
    'tendril-url': { type: 'string', default: 'http://127.0.0.1:7700' },
    'control-port': { type: 'string', default: '7790' },
    environment: { type: 'string', default: 'demo' },
    token: { type: 'string', default: '' },
    seed: { type: 'string', default: '1' },
  },
});

const demo = await Demo.start({
  host: WORKER_HOST,
  destination: {
    otlpUrl: values['otlp-url'],
    token: values.token,
    environment: values.environment,
  },
  tellChange: tellTendril({
    url: values['tendril-url'],
    token: values.token,
    environment: values.environment,
  }),
  seed: Number(values.seed),
});
const control = await startControl(demo, Number(values['control-port']));
process.stdout.write(
  `${JSON.stringify({ running: true, host: hostname(), control: control.address() })}\n`,
);
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    control.close();
    void demo.stop().then(() => process.exit(0));
  });
