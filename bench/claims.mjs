// What the intake is loaded with: claims with 1.2 KB of statement and 2.2 KB of headers, each one different, and none compressible by repetition.
const WORDS = `our server sends only order confirmations and password resets to people who bought in the shop the list was cleaned last week after a plugin
was found that mailed a few hundred addresses it should not have we removed it changed every password closed the form and looked through the queue nothing is left
please see the headers below they show that the message came from our own customer who asked for it and that it was signed`.split(/\s+/);

/** A small generator with a seed: every run sends the same. */
export function dice(seed) {
  let state = seed >>> 0 || 1;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 4_294_967_296) * below);
  };
}

export function prose(roll, length) {
  let text = '';
  while (text.length < length) {
    text += `${WORDS[roll(WORDS.length)]}${roll(12) === 0 ? `${roll(1000)}. ` : ' '}`;
  }
  return text.slice(0, length);
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const noise = (roll, length) => Array.from({ length }, () => BASE64[roll(64)]).join('');

export function headers(roll, length = 2_200) {
  const host = `mail${roll(900)}.shop${roll(9_000)}.example`;
  const id = `${noise(roll, 12).replace(/[+/]/g, 'x')}@${host}`;
  const lines = [
    `Return-Path: <orders@${host}>`,
    `Received: from ${host} (${host} [203.0.113.${roll(250)}])\r\n\tby mx1.example.net (Postfix) with ESMTPS id ${noise(roll, 11).replace(/[+/]/g, '0')}\r\n\tfor <bob@example.net>; Fri, 20 Nov 2026 02:12:33 +0000 (UTC)`,
    `Received: from web01 (web01.shop.example [10.0.4.${roll(250)}])\r\n\tby ${host} (Postfix) with ESMTPSA id ${noise(roll, 10).replace(/[+/]/g, '0')}; Fri, 20 Nov 2026 02:12:31 +0000`,
    `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=shop.example; s=s${roll(9)};\r\n\th=from:to:subject:date:message-id; bh=${noise(roll, 43)}=;\r\n\tb=${noise(roll, 342)}==`,
    `From: "Shop" <orders@${host}>`, 'To: bob@example.net', `Subject: Your order ${roll(1_000_000)} is on its way`,
    'Date: Fri, 20 Nov 2026 02:12:31 +0000', `Message-ID: <${id}>`, 'MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8',
  ].join('\r\n');
  const rest = length - lines.length - 'X-Trace: '.length - 2;
  return `${lines}\r\nX-Trace: ${noise(roll, Math.max(0, rest)).replace(/(.{900})/g, '$1\r\n\t')}`.slice(0, length);
}

/** The address of the n-th claim, and the account that holds it: the stub of the NOC answers by the same two (bench/noc.mjs). */
const addressOf = (n) => `45.${(n >>> 16) & 255}.${(n >>> 8) & 255}.${n & 255}`;
const accountOf = (n) => `acc-${n % 5_000}`;

/** Who holds an address of a claim. */
export function holderOf(ip) {
  const [, b, c, d] = ip.split('.').map(Number);
  return accountOf((b << 16) | (c << 8) | d);
}

/** The parts that take time to make are made beforehand; `at(n)` puts number, time and address in. */
export function claims(seed, variants = 256) {
  const roll = dice(seed);
  const parts = Array.from({ length: variants }, () => ({ statement: JSON.stringify(prose(roll, 1_200)), headers: JSON.stringify(headers(roll)) }));
  const begin = Date.parse('2026-11-20T00:00:00Z');
  return (n) => {
    const { statement, headers: text } = parts[n % variants];
    const [ip, account] = [addressOf(n), accountOf(n)];
    const at = new Date(begin - (n % 86_400) * 1_000).toISOString();
    return (
      `{"claim":"mistake","block":{"ip":"${ip}","kind":"spam","blockedAt":"${at}"},"account":{"id":"${account}","email":"ops@${account}.example","name":"Example Shop"},` +
      `"statement":${statement},"evidence":{"headers":${text}},"externalRef":"bench-${seed}-${n}"}`
    );
  };
}
