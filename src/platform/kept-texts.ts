/** So many of each generation; what is asked for again moves to the younger one. */
const AT_MOST = 2_000;

/**
 * What was made of rows of a table, kept for as long as a row is the one it was made of: the key names the row and its version,
 * so nothing kept is ever out of date, only unused. At most 4,000; what was not asked for lately goes first.
 */
export class KeptTexts<T> {
  private young = new Map<string, T>();
  private old = new Map<string, T>();

  constructor(private readonly atMost = AT_MOST) {}

  get(key: string): T | undefined {
    const young = this.young.get(key);
    if (young !== undefined) {
      return young;
    }
    const old = this.old.get(key);
    if (old !== undefined) {
      this.set(key, old);
    }
    return old;
  }

  set(key: string, made: T): void {
    if (this.young.size >= this.atMost) {
      [this.old, this.young] = [this.young, new Map<string, T>()];
    }
    this.young.set(key, made);
  }
}
