import type { Traffic } from '../core/ticket/block';

/** A hack block of the seed; `logs` is a template in which {time} stands for the time of the block. */
export interface Attack {
  ip: string;
  hoursAgo: number;
  logs: (at: (secondsBefore: number) => string) => string;
  traffic?: Traffic;
}

/** The four current hack blocks: a scan from a stolen account, a worm, a password attack, and a monitoring tool that only looks like one. */
export const attacks: Attack[] = [
  { ip: '192.0.2.35', hoursAgo: 5.5, logs: (at) => [
    `${at(61)} honeypot-3 sshd[20814]: Invalid user admin from 192.0.2.35 port 51022`,
    `${at(60)} honeypot-3 sshd[20814]: Failed password for invalid user admin from 192.0.2.35 port 51022 ssh2`,
    `${at(58)} honeypot-3 sshd[20816]: Failed password for root from 192.0.2.35 port 51040 ssh2`,
    `${at(55)} honeypot-3 sshd[20819]: Invalid user oracle from 192.0.2.35 port 51058`,
    `${at(54)} honeypot-7 sshd[1177]: Failed password for root from 192.0.2.35 port 40212 ssh2`,
    `${at(12)} sensor: 4211 connections to 22/tcp of 1904 addresses in 60 s`,
  ].join('\n') },
  { ip: '203.0.113.221', hoursAgo: 18, logs: (at) => [
    'Date first seen           Duration Proto   Src IP Addr:Port        Dst IP Addr:Port   Packets  Bytes Flows',
    `${at(300)}     0.000 TCP   203.0.113.221:49811 ->  198.51.100.2:445         3    156     1`,
    `${at(300)}     0.000 TCP   203.0.113.221:49812 ->  198.51.100.3:445         3    156     1`,
    `${at(299)}     0.000 TCP   203.0.113.221:49813 ->  198.51.100.4:445         3    156     1`,
    'Summary: total flows: 18233, total bytes: 2.8 M, total packets: 54699, avg bps: 76201, avg pps: 182, avg bpp: 52',
  ].join('\n') },
  { ip: '198.51.100.15', hoursAgo: 24, logs: (at) => [
    `${at(95)} waf: 198.51.100.15 "POST /wp-login.php HTTP/1.1" 200 host=blog.fremd.example ua="Mozilla/5.0 (Windows NT 6.1)"`,
    `${at(95)} waf: 198.51.100.15 "POST /wp-login.php HTTP/1.1" 200 host=blog.fremd.example ua="Mozilla/5.0 (Windows NT 6.1)"`,
    `${at(94)} waf: 198.51.100.15 "POST /xmlrpc.php HTTP/1.1" 403 host=verein.fremd.example ua="Mozilla/5.0 (Windows NT 6.1)"`,
    `${at(3)} waf: 9120 login attempts on 311 sites in 10 min, 212 user names`,
  ].join('\n') },
  { ip: '192.0.2.20', hoursAgo: 30, logs: (at) => [
    `${at(240)} sensor: 192.0.2.20 SYN to 203.0.113.12:25,443,587,993 (4 ports) every 60 s`,
    `${at(180)} sensor: 192.0.2.20 SYN to 198.51.100.77:25,443,587,993 (4 ports) every 60 s`,
    `${at(120)} sensor: rule PORT_SWEEP, 12 destinations, 4 ports each, no payload, connection closed after the greeting`,
  ].join('\n') },
];

/**
 * Episodes of the past: address, kind, days ago, hours it lasted. Four addresses are repeats within 30 days, none for the second time: from the
 * third block on a lift asks for more, and every block that the demo begins with can be lifted as it stands.
 */
export const past: [ip: string, kind: 'spam' | 'hack', daysAgo: number, hours: number][] = [
  ['198.51.100.30', 'spam', 6, 20],
  ['198.51.100.30', 'spam', 43, 30],
  ['192.0.2.33', 'spam', 12, 9],
  ['203.0.113.190', 'spam', 22, 26],
  ['192.0.2.35', 'hack', 9, 14],
  ['198.51.100.88', 'spam', 40, 72],
  ['203.0.113.12', 'spam', 131, 5],
  ['203.0.113.220', 'hack', 77, 30],
  ['2001:db8:60::33', 'spam', 58, 12],
];
