/** A mail that could not be read, and why. Its bytes are stored all the same. */
export class Unreadable extends Error {
  constructor(readonly reason: 'empty' | 'unreadable' | 'too_many_parts' | 'header_too_large' | 'too_slow' | 'too_much_memory') {
    super(reason);
  }
}
