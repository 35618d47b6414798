import type { Hit, Rule } from './rule';

const LIMITS = { headers: '256 kB of headers', fields: '2,000 header fields', line: 'one line', hops: '300 Received fields' } as const;

export const inputIsUnderstood: Rule = {
  id: 'input-is-understood',
  asks: 'What was supplied, and how much of it could be read?',
  cites: null,
  strength: 'note',
  kinds: ['spam'],
  appliesTo: ({ message }) => message.supplied !== 'none' || message.steps.length > 0,
  check: ({ message, reading }) => {
    if (message.supplied === 'none') {
      return [{ code: 'input-unreadable', says: { why: message.steps.join(' ').replace(/\.$/, '') } }];
    }
    const hits: Hit[] = [];
    if (message.supplied === 'message_id' && reading.messageId !== null) {
      hits.push({ code: 'input-message-id-only' });
    }
    if (message.supplied === 'message' && message.body !== null) {
      hits.push({ code: 'input-body-present' });
    }
    if (message.embedded) {
      hits.push({ code: message.embedded === 'dsn' ? 'input-dsn-embedded' : 'input-forwarded' });
    }
    if (message.steps.length > 0) {
      hits.push({ code: 'input-repaired', says: { steps: message.steps.join('; ') } });
    }
    if (message.limits.length > 0) {
      hits.push({ code: 'input-limit', says: { limits: message.limits.map((limit) => LIMITS[limit]).join(', ') } });
    }
    if (message.fields.length > 0 && message.body === null) {
      hits.push({ code: 'body-not-assessed' });
    }
    return hits;
  },
};
