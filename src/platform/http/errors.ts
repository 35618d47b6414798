/** What went wrong, without a word of HTTP; one filter (problem.filter.ts) turns it into status and page or JSON. */

export interface FieldError {
  field: string;
  code: string;
  message: string;
}

/** The request cannot be understood (malformed, unknown field): 400. */
export class Malformed extends Error {
  constructor(readonly errors: FieldError[]) {
    super(errors[0]?.message ?? 'The request could not be read.');
  }
}

/** The request was understood and something in it is wrong or missing: 422. */
export class InvalidInput extends Error {
  constructor(readonly errors: FieldError[]) {
    super(errors[0]?.message ?? 'Something is missing.');
  }
}

/** Not there, or not for you: the same answer, so that nothing can be learnt: 404. */
export class NotFound extends Error {
  constructor(what = 'There is no such page.') {
    super(what);
  }
}

/** Nobody is signed in, or the key is not known: 401. */
export class Unauthorised extends Error {
  constructor(why = 'Sign in, or send a valid API key as a bearer token.') {
    super(why);
  }
}

export class Forbidden extends Error {}

/** Somebody was faster, or the version is stale: 409, with what changed. */
export class Conflict extends Error {
  constructor(
    message: string,
    readonly detail: Record<string, unknown> = {},
  ) {
    super(message);
  }
}

export class TooLarge extends Error {}

/** Too many tries: 429 with the seconds to wait. */
export class TooMany extends Error {
  constructor(
    message: string,
    readonly retryAfterSeconds: number,
  ) {
    super(message);
  }
}

/** Our own trouble that passes: 503 with the seconds to wait. */
export class Unavailable extends Error {
  constructor(
    message: string,
    readonly retryAfterSeconds = 5,
  ) {
    super(message);
  }
}
