import { quoteHop } from './quote';
import type { Hit, Rule } from './rule';

export const messageWasHandedIn: Rule = {
  id: 'message-was-handed-in',
  asks: 'How was the message handed in?',
  cites: 'RFC 3848',
  strength: 'note',
  kinds: ['spam'],
  appliesTo: ({ message }) => message.hops.length > 0,
  check: ({ message, reading }) => {
    const hits: Hit[] = [];
    const local = message.hops.find((hop) => hop.local);
    if (local) {
      const user = local.localUser ? ` by ${local.localUser}` : '';
      hits.push({ code: 'trace-local-injection', says: { by: local.by ?? 'the server', user }, evidence: [quoteHop(local)] });
      if (local.localUser) {
        hits.push({ code: 'submission-local-uid', says: { user: local.localUser }, evidence: [quoteHop(local)] });
      }
    }
    const signedIn = reading.lowerHops.find((hop) => hop.authenticated);
    if (signedIn) {
      const by = signedIn.by ?? 'the server';
      hits.push({ code: 'submission-authenticated', says: { by, as: signedIn.authenticatedAs ? ` as ${signedIn.authenticatedAs}` : '' }, evidence: [quoteHop(signedIn)] });
      if (!signedIn.tls && !isLoopback(signedIn.ip)) {
        hits.push({ code: 'submission-no-tls', says: { by }, evidence: [quoteHop(signedIn)] });
      }
    }
    return hits;
  },
};

const isLoopback = (ip: string | null): boolean => ip !== null && (ip.startsWith('127.') || ip === '::1');
