import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readMessage } from '../../src/core/headers/read-message';
import type { Facts } from '../../src/core/rules/analysis';
import { analyse } from '../../src/core/rules/analyse';
import { codes } from '../fixtures/cases';

/** Real mails, read where they lie and never copied. Write the hits anew with UPDATE_HITS=1; a changed number needs a reviewed commit. */
const CORPUS = resolve(__dirname, '../../../shared/mail-corpus');
const HITS = join(__dirname, 'hits.json');
const mails = existsSync(CORPUS) ? readdirSync(CORPUS).filter((file) => file.endsWith('.eml')).sort() : [];
if (mails.length === 0) {
  process.stderr.write('NO CORPUS: ../shared/mail-corpus is not there, so the rules are not run over real mails.\n');
}
const describeCorpus = mails.length === 0 ? describe.skip : describe;

/** Wanted mail, by the name of its file. */
const CLEAN = /easy-ham|hard-ham|newsletter|_ham\.|transactional/;
/** What no wanted mail may be accused of. */
const ACCUSATIONS = /^(?:script-compromised|mailbox-compromise|open-relay|hop-forged|ar-forged|claim-headers-altered|from-display-spoof|service-account|hop-illegal)/;

const facts = (ip?: string): Facts => ({
  now: '2026-11-20T09:00:00Z', claim: { kind: 'spam', ...(ip === undefined ? {} : { ip }) }, block: null, dns: null, trusted: { authservIds: [], hosts: ['edge.provider.example'], networks: [] },
});

describeCorpus('the rules over real mails', () => {
  const read = mails.map((file) => ({ file, message: readMessage(readFileSync(join(CORPUS, file))) }));

  it('hit as often as was reviewed', () => {
    const hits: Record<string, number> = {};
    for (const { message } of read) {
      codes(analyse(message, facts())).forEach((code) => (hits[code] = (hits[code] ?? 0) + 1));
    }
    const sorted = Object.fromEntries(Object.entries(hits).sort(([a], [b]) => a.localeCompare(b)));
    if (process.env['UPDATE_HITS']) {
      writeFileSync(HITS, `${JSON.stringify({ mails: mails.length, hits: sorted }, null, 2)}\n`);
    }
    expect({ mails: mails.length, hits: sorted }).toEqual(JSON.parse(readFileSync(HITS, 'utf8')));
  });

  it('accuse no clean mail, whichever of its addresses is claimed', () => {
    const clean = read.filter(({ file }) => CLEAN.test(file));
    const accused = clean.flatMap(({ file, message }) => {
      const addresses = [undefined, ...new Set(message.hops.flatMap((hop) => hop.ip ?? []))];
      // read anew: the claimed address helps to choose between messages inside one another, as it does in a ticket
      return addresses.flatMap((ip) => codes(analyse(readMessage(readFileSync(join(CORPUS, file)), ip === undefined ? {} : { ip }), facts(ip))).filter((code) => ACCUSATIONS.test(code)).map((code) => `${file} ${ip ?? ''} ${code}`));
    });
    expect(clean.length).toBeGreaterThan(40);
    expect(accused).toEqual([]);
  });

  it('never break', () => {
    const broken = read.flatMap(({ file, message }) => analyse(message, facts('203.0.113.45')).findings.filter((finding) => finding.outcome === 'error').map((finding) => `${file} ${finding.rule}: ${finding.tells}`));
    expect(broken).toEqual([]);
  });
});
