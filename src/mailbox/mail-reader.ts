import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Mail } from '../core/evidence/mail';
import { parseMail } from './parse-mail';
import { ReadingThread } from './reading-thread';
import { Unreadable } from './unreadable';

/**
 * Up to so many bytes a mail is read where we stand. The reader is linear in the size for each of at most 20 levels, so the worst of this size
 * costs a few milliseconds: less than handing it over would, and nine of ten mails are smaller. Everything else goes to a thread.
 */
const HERE = 64 * 1024;

/** The one place where stored bytes become a mail, for its first reading and for every later one. */
@Injectable()
export class MailReader implements OnApplicationShutdown {
  private readonly thread = new ReadingThread();

  /** The mail, or why it could not be read; never throws for what stands in it. */
  async read(raw: Buffer): Promise<Mail | Unreadable> {
    if (raw.length > HERE) {
      return this.thread.read(raw);
    }
    try {
      return parseMail(raw);
    } catch (error) {
      if (error instanceof Unreadable) {
        return error;
      }
      throw error;
    }
  }

  onApplicationShutdown(): Promise<void> {
    return this.thread.close();
  }
}
