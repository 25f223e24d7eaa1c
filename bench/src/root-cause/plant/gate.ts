/** Lets so many through at once; others wait in line, some give up. */
import type { Time } from '@tendril/im-demo/net/time';

export class Gate {
  private readonly time: Time;
  private readonly waiting: (() => void)[] = [];
  private inside = 0;

  constructor(time: Time) {
    this.time = time;
  }

  /** False when the time was up before there was room. */
  async enter(most: number, patienceMs: number): Promise<boolean> {
    if (this.inside < most) {
      this.inside += 1;
      return true;
    }
    return await new Promise<boolean>((resolve) => {
      const enter = (): void => {
        cancel();
        resolve(true);
      };
      const cancel = this.time.after(patienceMs, () => {
        const place = this.waiting.indexOf(enter);
        if (place >= 0) this.waiting.splice(place, 1);
        resolve(false);
      });
      this.waiting.push(enter);
    });
  }

  leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.inside -= 1;
  }
}
