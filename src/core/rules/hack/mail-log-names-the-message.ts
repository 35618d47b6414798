import { normaliseMessageId } from '../../headers/normalise-message-id';
import { quoteStatement } from '../quote';
import type { Hit, Rule } from '../rule';
import { readLog } from './read-log';
import { readQueueSize } from './read-queue';

export const mailLogNamesTheMessage: Rule = {
  id: 'mail-log-names-the-message',
  asks: 'Does the mail log trace a message of the alert, and who handed it in?',
  cites: null,
  strength: 'note',
  kinds: ['spam'],
  appliesTo: ({ facts }) => Boolean(facts.said?.logs),
  check: ({ facts, reading }) => {
    const lines = readLog(facts.said?.logs ?? '', facts.now).filter((line) => line.kind === 'mail');
    const wanted = new Set([...reading.detections.flatMap((seen) => (seen.messageId ? [normaliseMessageId(seen.messageId)] : [])), reading.messageId]);
    const named = lines.filter((line) => line.ids.some((id) => wanted.has(normaliseMessageId(id))));
    const queueIds = new Set(named.flatMap((line) => line.ids.filter((id) => !id.includes('@'))));
    const all = lines.filter((line) => named.includes(line) || line.ids.some((id) => queueIds.has(id)));
    const hits: Hit[] = named.length === 0 ? [] : [{ code: 'mail-log-traces-message', says: { lines: all.length }, evidence: all.slice(0, 3).map((line) => quoteStatement(line.text)) }];
    const from = all.length > 0 ? all : lines;
    const signedIn = from.find((line) => line.login === 'accepted' || /\bA=\w+:\S+/.test(line.text));
    const user = signedIn && (/sasl_username=([^\s,]+)/.exec(signedIn.text)?.[1] ?? /\bA=\w+:(\S+)/.exec(signedIn.text)?.[1]);
    if (signedIn && user) {
      hits.push({ code: 'mail-log-signed-in', says: { user }, evidence: [quoteStatement(signedIn.text)] });
    }
    const script = from.find((line) => /postfix\/pickup\[\d+\]: \S+: uid=\d+|\bP=local\b|\bcwd=\/(?!var\/spool|$)\S+/.test(line.text));
    const uid = script && (/uid=(\d+)/.exec(script.text)?.[1] ?? /\bU=(\S+)/.exec(script.text)?.[1] ?? /\bcwd=(\S+)/.exec(script.text)?.[1]);
    if (script && uid) {
      hits.push({ code: 'mail-log-local-user', says: { user: uid }, evidence: [quoteStatement(script.text)] });
    }
    const queue = readQueueSize(facts.said?.logs ?? '');
    return queue === null ? hits : [...hits, queue === 0 ? { code: 'mail-queue-empty' } : { code: 'mail-queue-size', says: { count: queue } }];
  },
};
