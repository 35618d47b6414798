import { readReference } from '../core/ticket/reference';

/** A reference as the database has it; what is none stays as it came, and is not found. */
export const asReference = (text: string): string => readReference(text) ?? text;
