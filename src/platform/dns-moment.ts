/** So long an answer counts as one of this moment, in milliseconds. */
const MOMENT_MS = 5_000;
const AT_MOST = 5_000;

/** What a resolver says when a name or a record does not exist. Everything else is a failure. */
const ABSENT = new Set(['ENOTFOUND', 'ENODATA', 'NOTFOUND', 'NODATA']);
export const saysAbsent = (error: unknown): boolean => ABSENT.has((error as NodeJS.ErrnoException | null)?.code ?? '');

/**
 * What DNS said a moment ago, for whoever may take it: the reading of a mail's evidence asks for the same keys and policies as the proof of its
 * sender did just before. Failures are not kept: they are asked about again. In this process only, and for one set of servers.
 */
export class DnsMoment {
  private readonly kept = new Map<string, { answer: unknown[]; at: number }>();

  /** @param answer none where the name or record does not exist */
  note(type: string, name: string, answer: unknown[]): void {
    if (this.kept.size >= AT_MOST) {
      this.kept.clear();
    }
    this.kept.set(keyOf(type, name), { answer, at: Date.now() });
  }

  /** @param since nothing that was said before, in milliseconds since 1970 */
  recall(type: string, name: string, since = 0): { answer: unknown[]; at: number } | null {
    const known = this.kept.get(keyOf(type, name));
    return known && known.at >= Math.max(since, Date.now() - MOMENT_MS) ? known : null;
  }
}

const keyOf = (type: string, name: string): string => `${type.toUpperCase()} ${name.toLowerCase()}`;

const moments = new Map<string, DnsMoment>();

/** The one of these servers; null are those of the system. */
export function dnsMoment(servers: readonly string[] | null): DnsMoment {
  const key = servers?.join(',') ?? '';
  const moment = moments.get(key) ?? new DnsMoment();
  moments.set(key, moment);
  return moment;
}
