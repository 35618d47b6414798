/**
 * A value that is the same for everybody and costs something to make. It is made anew when it is asked for and not fresh any more; whoever asks meanwhile is given the one before, as
 * long as that can be believed. A failure is told to those who wait, and nobody believes it afterwards.
 */
export class Refreshed<T> {
  private value: { made: T; at: number } | null = null;
  private making: Promise<T> | null = null;

  /** @param make the value; both limits in milliseconds of its age, counted from when it was begun */
  constructor(
    private readonly make: () => Promise<T>,
    private readonly freshMs: number,
    private readonly believedMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  async get(): Promise<T> {
    const age = this.value ? this.now() - this.value.at : Infinity;
    if (this.value && age <= this.freshMs) {
      return this.value.made;
    }
    const making = (this.making ??= this.anew());
    if (this.value && age <= this.believedMs) {
      making.catch(() => undefined); // whoever waits for the next one hears of it
      return this.value.made;
    }
    return making;
  }

  private async anew(): Promise<T> {
    const at = this.now();
    try {
      const made = await this.make();
      this.value = { made, at };
      return made;
    } finally {
      this.making = null;
    }
  }
}
