import { readListUris } from '../headers/read-list-uris';
import { quote } from './quote';
import type { Hit, Rule } from './rule';

export const bulkMailCanBeLeft: Rule = {
  id: 'bulk-mail-can-be-left',
  asks: 'Can recipients of bulk mail unsubscribe, by one click?',
  cites: 'RFC 8058 §3.1',
  strength: 'violation',
  kinds: ['spam'],
  appliesTo: ({ reading }) => reading.hasFields && (!reading.isAutomatic || reading.first('list-unsubscribe') !== null),
  check: ({ reading }) => {
    const list = reading.first('list-unsubscribe');
    const post = reading.first('list-unsubscribe-post');
    if (!list) {
      const markers = reading.bulkMarkers;
      return markers.length === 0 ? [] : [{ code: 'unsub-missing', says: { markers: markers.map((field) => field.name).join(', ') }, evidence: markers.map(quote) }];
    }
    const ways = readListUris(list.value).map((uri) => uri.split(':', 1)[0]?.toLowerCase());
    const evidence = [quote(list), ...(post ? [quote(post)] : [])];
    const hits: Hit[] = [];
    if (!ways.includes('https') && !(post && ways.includes('http'))) {
      hits.push({ code: 'unsub-no-one-click', says: { why: ways.includes('http') ? 'http only' : 'mailto only' }, evidence });
    } else if (!post) {
      hits.push({ code: 'unsub-no-one-click', says: { why: 'no List-Unsubscribe-Post' }, evidence });
    } else if (!ways.includes('https')) {
      hits.push({ code: 'unsub-not-https', evidence });
    }
    if (post && post.value.trim() !== 'List-Unsubscribe=One-Click') {
      hits.push({ code: 'unsub-post-malformed', says: { value: post.value }, evidence });
    }
    if (post) {
      const missing = ['List-Unsubscribe', 'List-Unsubscribe-Post'].filter((name) => !reading.signatures.some((signature) => signature.headers.includes(name.toLowerCase())));
      if (missing.length > 0) {
        hits.push({ code: 'unsub-not-signed', says: { fields: missing.join(', ') }, evidence });
      }
    }
    return hits.length === 0 ? [{ code: 'unsub-one-click-ok', evidence }] : hits;
  },
};
