/** The log of the database: one JSON object a line, as MongoDB writes it since 4.4. */
import type { Instance } from '../instance.ts';

type Severity = 'I' | 'W' | 'E';

export class DatabaseLog {
  private readonly instance: Instance;

  constructor(instance: Instance) {
    this.instance = instance;
  }

  info(component: string, context: string, message: string, attributes: object): void {
    this.write('I', component, context, message, attributes);
  }

  warn(component: string, context: string, message: string, attributes: object): void {
    this.write('W', component, context, message, attributes);
  }

  error(component: string, context: string, message: string, attributes: object): void {
    this.write('E', component, context, message, attributes);
  }

  private write(
    severity: Severity,
    component: string,
    context: string,
    message: string,
    attributes: object,
  ): void {
    const { clock, log } = this.instance;
    const time = new Date(clock.nowMs()).toISOString().replace('Z', '+00:00');
    const line = {
      t: { $date: time },
      s: severity,
      c: component,
      id: idOf(message),
      ctx: context,
      msg: message,
      attr: attributes,
    };
    log.raw(JSON.stringify(line));
  }
}

/** MongoDB gives each message a number of its own. */
function idOf(message: string): number {
  let hash = 0;
  for (const character of message) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 100_000;
  return 4_600_000 + hash;
}
