import type { Field, Hop } from '../headers/message';
import type { Quote } from './analysis';

const LONGEST = 400;
const cut = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

/** The line of the header block on which a finding rests (verdict rule 10). */
export const quote = (field: Field): Quote => ({ field: field.name, line: field.line, text: cut(field.value) });
export const quoteHop = (hop: Hop): Quote => quote(hop.field);
/** The name in DNS, with what stood there. */
export const quoteDns = (name: string, text: string): Quote => ({ field: name, line: null, text: cut(text) });
/** What the filter recorded. */
export const quoteRecord = (text: string): Quote => ({ field: 'filter record', line: null, text: cut(text) });
/** What the customer wrote or attached outside the message. */
export const quoteStatement = (text: string): Quote => ({ field: 'statement', line: null, text: cut(text) });
