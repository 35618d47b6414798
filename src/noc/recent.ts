import type { NocAnswer } from './noc.driver';

const AT_MOST = 2_000;

/**
 * What the NOC answered a moment ago. Only who says how old an answer may be is given one: the steps of one opening ask the same three
 * questions. Failures are not kept: they are asked about again.
 */
export class Recent {
  private readonly kept = new Map<string, { at: number; answer: NocAnswer<unknown> }>();
  private readonly asking = new Map<string, Promise<NocAnswer<unknown>>>();

  /**
   * @param within milliseconds that an answer may be old; 0 always asks
   * @param now milliseconds
   */
  async ask<T>(what: string, within: number, now: number, call: () => Promise<NocAnswer<T>>): Promise<NocAnswer<T>> {
    const known = this.kept.get(what);
    if (known && now - known.at < within) {
      return known.answer as NocAnswer<T>;
    }
    const asking = within > 0 ? this.asking.get(what) : undefined;
    return (asking ?? this.anew(what, now, call)) as Promise<NocAnswer<T>>;
  }

  private async anew<T>(what: string, now: number, call: () => Promise<NocAnswer<T>>): Promise<NocAnswer<T>> {
    const asking = call();
    this.asking.set(what, asking);
    const answer = await asking.finally(() => this.asking.delete(what));
    this.kept.delete(what);
    if (answer.ok) {
      this.kept.set(what, { at: now, answer });
      if (this.kept.size > AT_MOST) {
        this.kept.delete(this.kept.keys().next().value as string); // the oldest
      }
    }
    return answer;
  }
}
