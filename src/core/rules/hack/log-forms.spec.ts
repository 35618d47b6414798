import { ID } from '../../../../test/fixtures/cases';
import { readLog, type LogKind } from './read-log';
import { readQueueSize } from './read-queue';

const NOW = '2026-11-20T09:00:00Z';
const A = '198.51.100.9';
const B = '203.0.113.45';
const AT = '2026-11-20T02:10:01.000Z';

/** Lines as the programs of today write them, each on a machine of its own clock and format. */
describe('the usual forms of log lines', () => {
  it.each<[LogKind, 'accepted' | 'failed' | null, string[], string]>([
    ['sshd', 'failed', [A], `Nov 20 02:10:01 web01 sshd[811]: Invalid user admin from ${A} port 41234`],
    ['sshd', 'failed', [A], `2026-11-20T02:10:01.123456+00:00 web01 sshd[811]: Failed password for invalid user oracle from ${A} port 41234 ssh2`],
    ['sshd', 'failed', [A], `Nov 20 02:10:01 web01 sshd[811]: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=${A}  user=root`],
    ['sshd', 'failed', [A], `Nov 20 02:10:01 web01 sshd[811]: error: maximum authentication attempts exceeded for root from ${A} port 4711 ssh2 [preauth]`],
    ['sshd', 'failed', [A], `Nov 20 02:10:01 web01 sshd-session[811]: Connection closed by authenticating user root ${A} port 4711 [preauth]`],
    ['sshd', 'failed', [A], `Nov 20 02:10:01 web01 sshd[811]: Disconnected from authenticating user root ${A} port 4711 [preauth]`],
    ['sshd', 'accepted', [A], `Nov 20 02:10:01 web01 sshd[811]: Accepted keyboard-interactive/pam for deploy from ${A} port 4711 ssh2`],
    ['sshd', null, [A], `Nov 20 02:10:01 web01 sshd[811]: Received disconnect from ${A} port 4711:11: Bye Bye [preauth]`],
    ['sshd', 'failed', [A], `Nov 20 02:10:01 web01 dropbear[811]: Bad password attempt for 'root' from ${A}:4711`],
    ['firewall', null, [B, A], `Nov 20 02:10:01 fw pf: rule 12/0(match): block in on em0: ${B}.51514 > ${A}.22: Flags [S]`],
    ['web access', null, [A], `${A} - - [20/Nov/2026:02:10:01 +0000] "\\x16\\x03\\x01" 400 150 "-" "-"`],
    ['mail', null, [A], `2026-11-20 02:10:01 H=(x) [${A}] F=<a@b.example> rejected RCPT <x@y.example>: relay not permitted`],
    ['fail2ban', null, [A], `2026-11-20 02:10:01,123 fail2ban.actions        [812]: NOTICE  [sshd] Ban ${A}`],
    ['fail2ban', null, [A], `2026-11-20 02:10:01,123 fail2ban.actions        [812]: NOTICE  [postfix-sasl] Restore Ban ${A}`],
    ['fail2ban', 'failed', [A], `2026-11-20 02:10:01,123 fail2ban.filter         [812]: INFO    [dovecot] Found ${A} - 2026-11-20 02:10:01`],
    ['fail2ban', null, [A], `Nov 20 02:10:01 web01 fail2ban-server[812]: NOTICE [recidive] Unban ${A}`],
    ['web access', null, [A], `${A} - - [20/Nov/2026:03:10:01 +0100] "GET /wp-content/uploads/x.php?cmd=id HTTP/2.0" 200 5123 "-" "Mozilla/5.0 (X11)"`],
    ['web access', null, [A], `shop.example:443 ${A} - joe [20/Nov/2026:02:10:01 +0000] "POST /xmlrpc.php HTTP/1.1" 200 403`],
    ['web access', null, ['2001:db8::9'], `2001:db8::9 - - [20/Nov/2026:02:10:01 +0000] "POST /wp-login.php HTTP/1.1" 302 -`],
    ['web access', null, [A, B], `${A} - - [20/Nov/2026:02:10:01 +0000] "GET / HTTP/1.1" 200 12 "-" "curl/8.5.0" "${B}"`],
    ['web access', null, [A], `{"time":"2026-11-20T02:10:01+00:00","remote_addr":"${A}","request":"POST /wp-login.php HTTP/1.1","status":200}`],
    ['web error', null, [A], `[Fri Nov 20 02:10:01.123456 2026] [proxy_fcgi:error] [pid 12:tid 139] [client ${A}:4711] AH01071: Got error 'PHP message: x'`],
    ['web error', null, [A], `2026/11/20 02:10:01 [error] 33#33: *1 open() "/var/www/x.php" failed (2: No such file), client: ${A}, server: shop.example, request: "GET /x.php HTTP/1.1"`],
    ['firewall', null, [B, A], `Nov 20 02:10:01 fw kernel: [12345.678901] [UFW BLOCK] IN= OUT=eth0 SRC=${B} DST=${A} LEN=60 TOS=0x00 PREC=0x00 TTL=64 ID=1 DF PROTO=TCP SPT=51514 DPT=22 WINDOW=64240 SYN`],
    ['firewall', null, [B, A], `Nov 20 02:10:01 fw kernel: nft_drop: IN=eth0 OUT= MAC=00:11:22:33:44:55:66:77:88:99:aa:bb:08:00 SRC=${B} DST=${A} LEN=40 PROTO=TCP SPT=4711 DPT=23`],
    ['firewall', null, [B, A], `2026-11-20T02:10:01.123456+00:00 fw kernel: FINAL_REJECT: IN=eth0 OUT= SRC=${B} DST=${A} PROTO=UDP`],
    ['firewall', null, [B, A], `Nov 20 02:10:01 fw filterlog[4711]: 5,,,1000000103,em0,match,block,in,4,0x0,,64,1,0,DF,6,tcp,60,${B},${A},4711,22,0,S,1,,64240,,`],
    ['netflow', null, [B, A], `2026-11-20 02:10:01.123     0.000 TCP      ${B}:51514 ->     ${A}:22           1       60     1`],
    ['netflow', null, [B, A], `2026-11-20 02:10:01.000 +0000 2026-11-20 02:10:09.000 UDP ${B}:53 -> ${A}:4711 12 9000 1`],
    ['netflow', null, [B, A], `02:10:01.123456 IP ${B}.51514 > ${A}.22: Flags [S], seq 1, win 64240, length 0`],
    ['netflow', null, [B, A], `2026-11-20 02:10:01.123456 IP ${B}.51514 > ${A}.22: Flags [S], seq 1, win 64240, length 0`],
    ['netflow', null, [B, A], `2026-11-20 02:10:01,2026-11-20 02:10:02,0.512,${B},${A},51514,22,TCP,....S.,0,0,3,180`],
    ['mail', null, [A], `Nov 20 02:10:01 mail postfix/smtpd[9]: connect from unknown[${A}]`],
    ['mail', 'failed', [A], `Nov 20 02:10:01 mail postfix/submission/smtpd[9]: warning: unknown[${A}]: SASL PLAIN authentication failed: (reason unavailable), sasl_username=joe@shop.example`],
    ['mail', 'accepted', [A], `Nov 20 02:10:01 mail postfix/smtps/smtpd[9]: 4cGkX21fQyz9sT: client=dsl.isp.example[${A}], sasl_method=LOGIN, sasl_username=joe@shop.example`],
    ['mail', null, ['192.0.2.7'], 'Nov 20 02:10:01 mail postfix/smtp[9]: 8C41D2007F: to=<anna@example.net>, relay=mx.example.net[192.0.2.7]:25, delay=1.2, dsn=2.0.0, status=sent (250 2.0.0 Ok)'],
    ['mail', 'accepted', [A, B], `Nov 20 02:10:01 mail dovecot: imap-login: Login: user=<joe@shop.example>, method=PLAIN, rip=${A}, lip=${B}, mpid=12, TLS, session=<a>`],
    ['mail', 'failed', [A, B], `Nov 20 02:10:01 mail dovecot: imap-login: Disconnected: Connection closed (auth failed, 3 attempts in 12 secs): user=<joe>, method=PLAIN, rip=${A}, lip=${B}, TLS`],
    ['mail', 'failed', [A], `2026-11-20 02:10:01 dovecot_login authenticator failed for (laptop) [${A}]: 535 Incorrect authentication data (set_id=joe@shop.example)`],
    ['mail', 'accepted', [A], `2026-11-20 02:10:01.123 [811] 1tDfRk-0000000ABCD-2XYZ <= joe@shop.example H=dsl.isp.example (laptop) [${A}]:4711 I=[203.0.113.45]:587 P=esmtpsa X=TLS1.3 A=plain_server:joe@shop.example S=1234 id=${ID}`.replace(' I=[203.0.113.45]:587', '')],
    ['mail', null, ['192.0.2.7'], '2026-11-20 02:10:01 1tDfRk-0000000ABCD-2XYZ => anna@example.net R=dnslookup T=remote_smtp H=mx.example.net [192.0.2.7] X=TLS1.3 C="250 OK"'],
    ['mail', null, [], '2026-11-20 02:10:01 1tDfRk-0000000ABCD-2XYZ Completed'],
    ['mail', null, [], '2026-11-20 02:10:01 1tDfRk-0000000ABCD-2XYZ <= www-data@web01 U=www-data P=local S=1234'],
  ])('%s, %s, %j: %s', (kind, login, ips, text) => {
    const [line] = readLog(text, NOW);
    expect({ kind: line?.kind, login: line?.login, ips: line?.ips.filter((ip) => !/^(?:8\.5|2\.0|0\.0)/.test(ip)) }).toEqual({ kind, login, ips });
    if (!text.startsWith('02:')) {
      expect(new Date(line?.at ?? 0).toISOString().slice(0, 19)).toBe(AT.slice(0, 19));
    }
  });

  it.each([
    [`Nov 20 02:10:01 mail postfix/cleanup[9]: 4cGkX21fQyz9sT: message-id=<${ID}>`, [ID, '4cGkX21fQyz9sT']],
    [`2026-11-20T02:10:01+00:00 mail postfix/cleanup[9]: 8C41D2007F: message-id=<${ID}>`, [ID, '8C41D2007F']],
    [`2026-11-20 02:10:01 1tDfRk-0000000ABCD-2XYZ <= joe@shop.example H=(laptop) [${A}] P=esmtpsa S=12 id=${ID}`, [ID, '1tDfRk-0000000ABCD-2XYZ']],
    ['2026-11-20 02:10:01 1tDfRk-000AB1-2X Completed', ['1tDfRk-000AB1-2X']],
  ])('names a message by its ids: %s', (text, ids) => expect(readLog(text, NOW)[0]?.ids).toEqual(ids));

  it.each<[string, number | null]>([
    ['-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------\n8C41D2007F*    1234 Fri Nov 20 02:10:01  joe@shop.example\n                                         anna@example.net\n\n4cGkX21fQyz9sT  900 Fri Nov 20 02:11:01  MAILER-DAEMON\n', 2],
    ['/var/spool/mqueue is empty\n\t\tTotal requests: 0', 0],
    ['# mailq | tail -n 1\n-- 18234 Kbytes in 5120 Requests.', 5120],
    ['exim -bpc\n0\n', 0],
    ['$ postqueue -j | wc -l\n417\n', 417],
    ['qmailctl stat\nmessages in queue: 231\nmessages in queue but not yet preprocessed: 0', 231],
  ])('counts what waits in a queue: %s', (text, count) => expect(readQueueSize(text)).toBe(count));
});
