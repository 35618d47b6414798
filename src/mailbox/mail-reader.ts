import { Injectable } from '@nestjs/common';
import type { Mail } from '../core/evidence/mail';
import { parseMail } from './parse-mail';
import { Unreadable } from './unreadable';

/** The one place where stored bytes become a mail, for its first reading and for every later one. */
@Injectable()
export class MailReader {
  /** The mail, or why it could not be read; never throws for what stands in it. */
  read(raw: Buffer): Promise<Mail | Unreadable> {
    try {
      return Promise.resolve(parseMail(raw));
    } catch (error) {
      return error instanceof Unreadable ? Promise.resolve(error) : Promise.reject(error as Error);
    }
  }
}
