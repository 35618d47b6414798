import { Catch, HttpException, Logger, NotFoundException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TransitionRefused } from '../../core/ticket/decide';
import { isPassingTrouble } from '../database/passing-trouble';
import { Conflict, Forbidden, InvalidInput, Malformed, NotFound, TooLarge, TooMany, Unauthorised, Unavailable, type FieldError } from './errors';
import type { KnownRoutes } from './known-routes';
import { keptForm, type KeptForm } from './kept-form';
import { View } from './view';

interface Problem {
  status: number;
  title: string;
  detail: string;
  errors?: FieldError[];
  retryAfterSeconds?: number;
  [more: string]: unknown;
}


/** The one place that turns what went wrong into a status, and into JSON (RFC 9457), a page or a fragment. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly log = new Logger('Http');

  constructor(
    private readonly view: View,
    private readonly publicUrl: string,
    private readonly routes: KnownRoutes,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (reply.sent) {
      return;
    }
    const allowed = error instanceof NotFoundException ? this.routes.allowed(request.url) : [];
    const problem = allowed.length > 0 ? wrongMethod(request.method, allowed) : problemOf(error);
    if (problem.status === 500) {
      this.log.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
    void reply.status(problem.status);
    if (allowed.length > 0) {
      void reply.header('allow', allowed.join(', '));
    }
    if (problem.retryAfterSeconds !== undefined) {
      void reply.header('retry-after', String(problem.retryAfterSeconds));
    }
    if (request.url.startsWith('/api/') || !(request.headers.accept ?? '').includes('text/html')) {
      const { retryAfterSeconds: _seconds, ...body } = problem;
      void reply.type('application/problem+json').send(JSON.stringify({ type: 'about:blank', ...body, instance: request.url.split('?', 1)[0] }));
    } else {
      const { title, status, detail, errors = [] } = problem;
      // Who it is may not be known here, where the database does not answer: then the address says for whom the page is.
      const desk = /^\/desk\b/.test(request.url);
      const signedOut = status === 401 && request.headers.authorization === undefined;
      const model = {
        title, status, detail: signedOut ? 'You are not signed in, or your session has ended.' : error instanceof Malformed ? notUnderstood(request.method) : detail, errors, signedOut, desk, signIn: desk ? '/desk/sign-in' : '/sign-in',
        again: request.method === 'GET' && WORTH_ANOTHER_TRY.has(status), wait: waitingTime(problem.retryAfterSeconds),
      };
      const show = (kept: KeptForm | null): void => this.view.render(request, reply, 'problem', { ...model, kept });
      keptForm(request, status, this.publicUrl).then(show, () => show(null));
    }
  }
}

/** What is wrong stands below, field by field: the first of them on top would say it twice. */
const notUnderstood = (method: string): string => (method === 'GET' ? 'Something in the address of this page is not understood.' : 'Something that was sent is not understood.');

/** Trouble that passes, or a page that has changed since. */
const WORTH_ANOTHER_TRY = new Set([409, 429, 500, 503]);

/** How long to wait, in words, where it is longer than a breath. */
const waitingTime = (seconds = 0): string | null => (seconds <= 10 ? null : seconds < 100 ? `${seconds} seconds` : seconds < 5400 ? `${Math.ceil(seconds / 60)} minutes` : `${Math.ceil(seconds / 3600)} hours`);

/** What a caller is told. An unknown error tells nothing of the inside. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Malformed) {
    return { status: 400, title: 'The request is not in order', detail: error.message, errors: error.errors };
  }
  if (error instanceof InvalidInput) {
    return { status: 422, title: 'Something is missing or wrong', detail: error.message, errors: error.errors };
  }
  if (error instanceof Unauthorised) {
    return { status: 401, title: 'Not signed in', detail: error.message };
  }
  if (error instanceof Forbidden) {
    return { status: 403, title: 'Not allowed', detail: error.message };
  }
  if (error instanceof NotFound) {
    return { status: 404, title: 'Not found', detail: error.message };
  }
  if (error instanceof Conflict) {
    return { status: 409, title: 'It has changed', detail: error.message, ...error.detail };
  }
  if (error instanceof TransitionRefused) {
    return { status: 409, title: 'Not possible now', detail: error.message, state: error.from };
  }
  if (error instanceof TooLarge) {
    return { status: 413, title: 'Too large', detail: error.message };
  }
  if (error instanceof TooMany) {
    return { status: 429, title: 'Too many tries', detail: error.message, retryAfterSeconds: error.retryAfterSeconds };
  }
  if (error instanceof Unavailable) {
    return { status: 503, title: 'Back in a moment', detail: error.message, retryAfterSeconds: error.retryAfterSeconds };
  }
  return ofOthers(error);
}

function ofOthers(error: unknown): Problem {
  if (error instanceof HttpException) {
    const status = error.getStatus();
    return status >= 500 ? unknown() : { status, title: titleOf(status), detail: status === 404 ? 'There is no such page.' : error.message };
  }
  const { statusCode, message = '' } = error as { statusCode?: number; message?: string };
  if (isPassingTrouble(error)) {
    return { status: 503, title: 'Back in a moment', detail: 'Our database does not answer. Nothing you sent is lost on your side: please send it again.', retryAfterSeconds: 5 };
  }
  // Fastify's own refusals: malformed JSON, too large, unknown media type.
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return { status: statusCode, title: titleOf(statusCode), detail: message, ...(statusCode === 400 ? { errors: [{ field: 'body', code: 'malformed', message }] } : {}) };
  }
  return unknown();
}

/** The page is there, and takes other methods. Nest tells of it as of a page that is not. */
const wrongMethod = (method: string, allowed: string[]): Problem => ({ status: 405, title: 'Not in this way', detail: `${method} is not possible here; ${allowed.join(' and ')} ${allowed.length > 1 ? 'are' : 'is'}.` });

const titleOf = (status: number): string => (status === 404 ? 'Not found' : status === 413 ? 'Too large' : 'The request is not in order');
const unknown = (): Problem => ({ status: 500, title: 'Something went wrong on our side', detail: 'It was written down for us. Please try again in a moment.' });
