import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SessionsService } from '../auth/sessions.service';
import { may } from '../core/policy/may';
import { Unavailable } from '../platform/http/errors';
import { ChangesService } from '../tickets/changes.service';
import { PresenceService } from './presence.service';

/** One browser that listens. */
interface Stream {
  request: FastifyRequest;
  reply: FastifyReply;
  /** references that changed since the last message */
  waiting: Set<string>;
  checkedAt: number;
  busy: boolean;
}

const EVERY_MS = 350;
/** Presence is looked at less often; a stream without news proves that it lives, and its session is looked at all the same. */
const PRESENCE_MS = 2000;
const CHECK_MS = 10_000;
const FORGET_MS = 600_000;
/** More open pages than that belong to another process. */
const MOST = 500;
/** More at once is no news but a storm: the page says "many" and asks its reader. */
const MANY = 200;

/**
 * Tells open pages of the desk which tickets changed (server-sent events). Only references are told, and only to a session that was looked up again just
 * before: whoever was signed out, disabled or moved to a role that sees no tickets hears nothing more, and the stream ends. What a page shows of a ticket it asks for itself.
 * However many pages are open, a process looks into the audit three times a second, and not at all while none is.
 */
@Injectable()
export class LiveService implements BeforeApplicationShutdown {
  private readonly log = new Logger('Live');
  private readonly streams = new Set<Stream>();
  private stop: (() => void) | null = null;
  private timer: NodeJS.Timeout | undefined;
  private presentAt = new Date();
  private presenceDue = 0;
  private forgetDue = 0;

  constructor(
    private readonly changes: ChangesService,
    private readonly presence: PresenceService,
    private readonly sessions: SessionsService,
  ) {}

  /** Begins a stream on a request that the guard has let in. @throws Unavailable when too many are open */
  open(request: FastifyRequest, reply: FastifyReply): void {
    if (this.streams.size >= MOST) {
      throw new Unavailable('Too many pages are listening; this one tells what changed when it is loaded again.', 60);
    }
    const headers = Object.fromEntries(Object.entries(reply.getHeaders()).filter(([, value]) => value !== undefined)) as Record<string, string>;
    reply.hijack();
    reply.raw.writeHead(200, { ...headers, 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
    reply.raw.write('retry: 3000\nevent: ready\ndata: {}\n\n');
    const stream: Stream = { request, reply, waiting: new Set(), checkedAt: Date.now(), busy: false };
    this.streams.add(stream);
    request.raw.once('close', () => this.drop(stream));
    this.stop ??= this.changes.listen((changed) => this.note(changed.map((change) => change.ref)));
    this.timer ??= setInterval(() => void this.round(), EVERY_MS).unref();
  }

  beforeApplicationShutdown(): void {
    [...this.streams].forEach((stream) => this.end(stream));
  }

  private note(refs: string[]): void {
    for (const { waiting } of this.streams) {
      refs.forEach((ref) => waiting.size <= MANY && waiting.add(ref));
    }
  }

  private async round(): Promise<void> {
    const now = Date.now();
    if (now >= this.presenceDue) {
      this.presenceDue = now + PRESENCE_MS;
      await this.lookWhoIsThere(now).catch((error: Error) => this.log.warn(`Who is there is told later: ${error.message}`));
    }
    await Promise.all([...this.streams].filter((stream) => !stream.busy && (stream.waiting.size > 0 || now - stream.checkedAt > CHECK_MS)).map((stream) => this.tell(stream)));
  }

  private async lookWhoIsThere(now: number): Promise<void> {
    const { refs, now: at } = await this.presence.changedSince(this.presentAt);
    this.presentAt = new Date(at.getTime() - 500); // who came while we looked is told twice rather than never
    this.note(refs);
    if (now >= this.forgetDue) {
      this.forgetDue = now + FORGET_MS;
      await this.presence.forget();
    }
  }

  /** The session is asked for again before every message. */
  private async tell(stream: Stream): Promise<void> {
    stream.busy = true;
    try {
      const who = await this.sessions.whose(stream.request);
      stream.checkedAt = Date.now();
      if (who?.kind !== 'staff' || !may(who.staff.role, 'see_tickets')) {
        stream.reply.raw.write('event: over\ndata: {}\n\n');
        this.end(stream);
        return;
      }
      const refs = [...stream.waiting];
      stream.waiting.clear();
      stream.reply.raw.write(refs.length > 0 ? `event: changed\ndata: ${JSON.stringify(refs.length > MANY ? { many: true } : { refs })}\n\n` : ': here\n\n');
    } catch {
      // The database is away for a moment: what waits is told when it is back.
    } finally {
      stream.busy = false;
    }
  }

  private end(stream: Stream): void {
    stream.reply.raw.end();
    this.drop(stream);
  }

  private drop(stream: Stream): void {
    this.streams.delete(stream);
    if (this.streams.size === 0) {
      clearInterval(this.timer);
      this.timer = undefined;
      this.stop?.();
      this.stop = null;
    }
  }
}
