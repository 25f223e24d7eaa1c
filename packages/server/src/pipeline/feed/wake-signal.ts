/** Lets one loop sleep until something has changed; a change while it is awake is not missed. */
export class WakeSignal {
  #isSet = false;
  #waiting: (() => void) | undefined;

  wake(): void {
    this.#isSet = true;
    this.#waiting?.();
  }

  /** Returns at once when `wake` was called since the last return. */
  async wait(): Promise<void> {
    if (!this.#isSet) {
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
    }
    this.#isSet = false;
    this.#waiting = undefined;
  }
}
