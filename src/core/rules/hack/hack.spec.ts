import { codes, facts, headers, ID, IP, read } from '../../../../test/fixtures/cases';
import type { Facts } from '../analysis';
import { readLog } from './read-log';
import { readQueueSize } from './read-queue';

const NOW = '2026-11-20T09:00:00Z';
const hack = (said: NonNullable<Facts['said']>, over: Partial<Facts> = {}): string[] =>
  codes(read('', facts({ claim: { ip: IP, kind: 'hack', blockedAt: '2026-11-20T02:14:00Z' }, block: null, said, ...over })));

const SSHD = `Nov 20 02:10:01 web01 sshd[811]: Failed password for root from 198.51.100.9 port 4711 ssh2`;
const COMPLETE = `The cause was an outdated plug-in. On 2026-11-20T04:10:00Z we removed the script and changed all passwords. Mail is stopped now and the queue is empty.`;

describe('readLog', () => {
  it.each([
    [SSHD, 'sshd', '2026-11-20T02:10:01.000Z', ['198.51.100.9'], 'failed'],
    ['Nov 20 02:10:01 web01 sshd-session[811]: Accepted publickey for root from 2001:db8::9 port 4711 ssh2', 'sshd', '2026-11-20T02:10:01.000Z', ['2001:db8::9'], 'accepted'],
    ['2026-11-20 02:10:01,123 fail2ban.actions [812]: NOTICE [sshd] Ban 198.51.100.9', 'fail2ban', '2026-11-20T02:10:01.000Z', ['198.51.100.9'], null],
    ['198.51.100.9 - - [20/Nov/2026:03:10:01 +0100] "POST /wp-login.php HTTP/1.1" 200 5123 "-" "curl/8.1.2.3"', 'web access', '2026-11-20T02:10:01.000Z', ['198.51.100.9'], null],
    [`Nov 20 02:10:01 fw kernel: [12.3] UFW BLOCK IN= OUT=eth0 SRC=${IP} DST=192.0.2.7 PROTO=TCP DPT=22`, 'firewall', '2026-11-20T02:10:01.000Z', [IP, '192.0.2.7'], null],
    [`2026-11-20 02:10:01 0.000 TCP ${IP}:51514 -> 192.0.2.7:22 1 60 1`, 'netflow', '2026-11-20T02:10:01.000Z', [IP, '192.0.2.7'], null],
    ['2026-11-20 02:10:01,123 fail2ban.filter [812]: INFO [sshd] Found 198.51.100.9 - 2026-11-20 02:10:01', 'fail2ban', '2026-11-20T02:10:01.000Z', ['198.51.100.9'], 'failed'],
    ['[Fri Nov 20 02:10:01.123456 2026] [authz_core:error] [pid 12] [client 198.51.100.9:4711] AH01630: client denied', 'web error', '2026-11-20T02:10:01.000Z', ['198.51.100.9'], null],
    ['2026/11/20 02:10:01 [error] 33#33: *1 access forbidden by rule, client: 198.51.100.9, server: shop.example', 'web error', '2026-11-20T02:10:01.000Z', ['198.51.100.9'], null],
    [`[Fri Nov 20 02:10:01 2026] nft-drop: IN= OUT=eth0 SRC=${IP} DST=192.0.2.7 PROTO=TCP`, 'firewall', '2026-11-20T02:10:01.000Z', [IP, '192.0.2.7'], null],
    ['2026-11-20 02:10:01 1abcde-000Abc-Xy <= joe@shop.example H=(laptop) [198.51.100.9] P=esmtpsa A=dovecot_login:joe@shop.example S=1234 id=x@shop.example', 'mail', '2026-11-20T02:10:01.000Z', ['198.51.100.9'], 'accepted'],
    ['Nov 20 02:10:01 mail postfix/smtpd[9]: warning: unknown[198.51.100.9]: SASL LOGIN authentication failed: UGFzc3dvcmQ6', 'mail', '2026-11-20T02:10:01.000Z', ['198.51.100.9'], 'failed'],
    [`Dec 31 02:10:01 web01 postfix/cleanup[9]: 8C41D2007F: message-id=<${ID}>`, 'mail', '2025-12-31T02:10:01.000Z', [], null],
  ])('%s', (text, kind, at, ips, login) => {
    const [line] = readLog(text, NOW);
    expect(line).toMatchObject({ kind, login });
    expect(line?.ips.filter((ip) => ip !== '8.1.2.3')).toEqual(ips);
    expect(new Date(line?.at ?? 0).toISOString()).toBe(at);
  });

  it('is bounded and never throws', () => {
    expect(readLog('a:'.repeat(1_000_000), NOW)).toHaveLength(1);
    expect(readLog('\u0000\n'.repeat(20_000), NOW).length).toBeLessThanOrEqual(5_000);
    expect(readLog('99:99:99 1.2.3.4.5 300.1.1.1 [99/Xxx/2026:99:99:99 +9999]', NOW)[0]).toMatchObject({ ips: [], at: null });
  });
});

describe('a hack claim', () => {
  it('asks no question about mail', () => {
    const analysis = read(headers(), facts({ claim: { ip: IP, kind: 'hack' } }));
    expect(analysis.findings.filter((finding) => finding.code !== null)).toEqual([]);
    expect(analysis.findings.find((finding) => finding.rule === 'message-is-signed')?.outcome).toBe('not_applicable');
    expect(analysis.assessment).toBe('insufficient_evidence');
  });

  it('reads whether a log fits the block', () => {
    const line = `Nov 20 02:10:01 fw kernel: SRC=${IP} DST=192.0.2.7 PROTO=TCP DPT=22`;
    expect(hack({ logs: line })).toContain('hack-log-fits-block');
    expect(hack({ logs: line }, { block: { logs: `${line.replace('fw', 'edge')}` } })).toContain('hack-log-agrees-with-ours');
    expect(hack({ logs: line.replace('Nov 20', 'Nov 11') })).toContain('hack-log-outside-window');
    expect(hack({ logs: SSHD })).toEqual(expect.arrayContaining(['hack-log-other-address']));
    expect(hack({ logs: 'we looked and all is fine' })).toEqual(['hack-log-unreadable']);
  });

  it('sees a password that was guessed', () => {
    const accepted = 'Nov 20 02:11:01 web01 sshd[811]: Accepted password for root from 198.51.100.9 port 4711 ssh2';
    expect(hack({ logs: [SSHD, SSHD, SSHD, SSHD, SSHD, accepted].join('\n') })).toContain('hack-logins-accepted');
    expect(hack({ logs: [SSHD, accepted].join('\n') })).not.toContain('hack-logins-accepted');
    const gathered = SSHD.replace(/: (Failed.*)$/, ': message repeated 5 times: [ $1]');
    expect(hack({ logs: [gathered, accepted].join('\n') })).toContain('hack-logins-accepted');
  });

  it('names what an account of the repair lacks', () => {
    expect(hack({ remediation: COMPLETE })).toEqual(['remediation-complete']);
    expect(hack({ remediation: 'please unblock us as soon as possible' })).toEqual(['remediation-no-cause', 'remediation-no-actions', 'remediation-no-times', 'remediation-no-state']);
    expect(hack({ remediation: COMPLETE }, { block: { detections: [{ at: '2026-11-20T05:00:00Z' }] } })).toContain('remediation-seen-again');
    expect(hack({ remediation: COMPLETE }, { block: { detections: [{ at: '2026-11-20T02:00:00Z' }] } })).not.toContain('remediation-seen-again');
  });
});

describe('mail logs with a spam claim', () => {
  it('traces the message to its sign-in', () => {
    const logs = [
      `Nov 20 02:12:31 mail postfix/smtpd[9]: 8C41D2007F: client=unknown[198.51.100.9], sasl_method=PLAIN, sasl_username=joe@shop.example`,
      `Nov 20 02:12:31 mail postfix/cleanup[9]: 8C41D2007F: message-id=<${ID.toLowerCase().replace('8c41d2007f', '8C41D2007F')}>`,
      '-- 12 Kbytes in 3 Requests.',
    ].join('\n');
    const analysis = read(headers(), facts({ said: { logs } }));
    expect(codes(analysis)).toEqual(expect.arrayContaining(['mail-log-traces-message', 'mail-log-signed-in', 'mail-queue-size']));
    expect(analysis.requiredFixes).toContain('drain_queue');
  });

  it.each([
    ['-- 12 Kbytes in 3 Requests.', 3],
    ['Mail queue is empty', 0],
    ['Total requests: 7', 7],
    [' 25m  2.9K 1abcde-000000-00 <a@shop.example>\n          x@example.net\n\n  3h  1.1K 1abcdf-000000AbcdE-0000 <>\n', 2],
    ['{"queue_name":"deferred","queue_id":"A"}\n{"queue_name":"active","queue_id":"B"}', 2],
    ['root@mail:~# exim -bpc\n1204\n', 1204],
    ['nothing of it', null],
  ])('counts what waits: %s', (text, count) => expect(readQueueSize(text)).toBe(count));

  it('follows Exim by its own id, and says when the queue is empty', () => {
    const logs = [`2026-11-20 02:12:31 1abcde-000Abc-Xy <= joe@shop.example H=(laptop) [198.51.100.9] P=esmtpsa A=dovecot_login:joe S=12 id=${ID}`, '2026-11-20 02:12:33 1abcde-000Abc-Xy => anna@example.net R=dnslookup', 'Mail queue is empty'].join('\n');
    const analysis = read(headers(), facts({ said: { logs } }));
    expect(codes(analysis)).toEqual(expect.arrayContaining(['mail-log-traces-message', 'mail-log-signed-in', 'mail-queue-empty']));
    expect(analysis.findings.find((finding) => finding.code === 'mail-log-signed-in')?.tells).toContain('joe');
    expect(analysis.findings.find((finding) => finding.code === 'mail-log-traces-message')?.tells).toContain('2 lines');
  });

  it('names the folder from which Exim was called', () => {
    const logs = '2026-11-20 02:12:31 cwd=/home/shop/public_html/tmp 4 args: /usr/sbin/exim -t -i';
    expect(read(headers(), facts({ said: { logs } })).findings.find((finding) => finding.code === 'mail-log-local-user')?.tells).toContain('/home/shop/public_html/tmp');
  });

  it('names the user of a script', () => {
    const logs = 'Nov 20 02:12:31 mail postfix/pickup[9]: 8C41D2007F: uid=33 from=<www-data>';
    expect(codes(read(headers(), facts({ said: { logs } })))).toContain('mail-log-local-user');
  });
});
