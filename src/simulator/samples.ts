import { dkimSign } from 'mailauth/lib/dkim/sign';
import type { Block, Detection } from '../core/ticket/block';
import { digest } from './seed';
import { scenes, type Scene } from './seed-spam';
import { domainOf, RECIPIENT } from './zones';

/** A message behind a detection, as it lies in its recipient's mailbox. */
export interface Sample {
  ip: string;
  kind: 'spam';
  blockedAt: string;
  messageId: string;
  rule: string;
  subject: string;
  /** What a customer pastes: the header fields, the recipient's Received and Authentication-Results on top. */
  headers: string;
  /** The whole message (RFC 5322, CRLF). */
  message: string;
}

/** NOTE mailauth 4 declares headerList as an array but reads only a text; with an array it signs its default fields, without List-Unsubscribe-Post. */
const SIGNED = 'From:To:Subject:Date:Message-ID:Reply-To:MIME-Version:Content-Type:List-Id:List-Unsubscribe:List-Unsubscribe-Post' as unknown as string[];

/**
 * The message behind each detection of a spam block, written as the recipient's server (mx.empfang.example) would have stored it.
 * `host` is the PTR name of the address (null: none), `privateKey` the PEM key of the DKIM records. The same input gives the same text.
 */
export async function samples(block: Block, host: string | null, privateKey: string): Promise<Sample[]> {
  const found: Sample[] = [];
  for (const seen of block.detections ?? []) {
    if (block.kind === 'spam' && seen.messageId && seen.mailFrom) {
      found.push(await sample(block, seen, host, privateKey));
    }
  }
  return found;
}

async function sample(block: Block, seen: Detection, host: string | null, privateKey: string): Promise<Sample> {
  const mailFrom = seen.mailFrom ?? '';
  const scene = scenes.find((s) => s.ip === block.ip && s.mailFrom === mailFrom) ?? plain(block.ip, mailFrom);
  const sentAt = new Date(seen.at);
  const own = ownFields(scene, seen, sentAt);
  const domain = domainOf(mailFrom);
  const text = `${scene.text.replace(/\n/g, '\r\n')}\r\n`;
  const signer = domain?.dkim ? { signingDomain: domain.name, selector: domain.dkim, privateKey } : null;
  const dkim = signer   // the types want the signer outside, the code reads signatureData
    ? (await dkimSign(`${own.join('\r\n')}\r\n\r\n${text}`, { ...signer, canonicalization: 'relaxed/relaxed', signTime: sentAt, headerList: SIGNED, signatureData: [signer] }))
        .signatures.trimEnd().split('\r\n')
    : [];
  const lines = [...trace(block.ip, host, scene, seen, sentAt), ...dkim, ...own];
  return {
    ip: block.ip, kind: 'spam', blockedAt: block.blockedAt, messageId: seen.messageId ?? '', rule: seen.rule ?? '', subject: seen.subject ?? '',
    headers: `${lines.join('\n')}\n`, message: `${lines.join('\r\n')}\r\n\r\n${text}`,
  };
}

/** The fields that the sender wrote. */
function ownFields(scene: Scene, seen: Detection, sentAt: Date): string[] {
  const domain = scene.mailFrom.split('@')[1] ?? '';
  const bulk = scene.unsubscribe || scene.via === 'list';
  return [
    ...(scene.via === 'php' ? ['X-PHP-Originating-Script: 33:contact.php'] : []),
    ...(scene.via === 'script' ? ['X-Mailer: newsletter.pl 2.4'] : []),
    `From: ${encode(scene.from)}`,
    `To: ${scene.to}`,
    `Subject: ${encode(seen.subject ?? '')}`,
    `Date: ${mailDate(sentAt)}`,
    `Message-ID: ${seen.messageId ?? ''}`,
    ...(bulk ? [`List-Id: <news.${domain}>`, `List-Unsubscribe: ${scene.unsubscribe === 'one-click' ? `<https://${domain}/leave/${digest(scene.to)}>, ` : ''}<mailto:leave@${domain}>`] : []),
    ...(scene.unsubscribe === 'one-click' ? ['List-Unsubscribe-Post: List-Unsubscribe=One-Click'] : []),
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
  ];
}

/** The fields that servers wrote, newest first: the recipient's, then the customer's own. */
function trace(ip: string, host: string | null, scene: Scene, seen: Detection, sentAt: Date): string[] {
  const name = scene.helo ?? host ?? 'localhost';
  const arrived = mailDate(new Date(sentAt.getTime() + 3000));
  const id = digest(seen.messageId ?? '', ip);
  const peer = `${host ?? 'unknown'} [${ip.includes(':') ? 'IPv6:' : ''}${ip}]`;
  return [
    `Return-Path: <${seen.mailFrom ?? ''}>`,
    `Delivered-To: ${scene.to}`,
    ...results(ip, scene, seen),
    `Received: from ${name} (${peer})`,
    '\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))',
    `\tby ${RECIPIENT.mx} (Postfix) with ESMTPS id 4${id}`,
    `\tfor <${scene.to}>; ${arrived}`,
    ...entry(name, scene, digest(id, 'own'), mailDate(sentAt)),
  ];
}

/** How the message came into the customer's server. */
function entry(name: string, scene: Scene, id: string, date: string): string[] {
  switch (scene.via) {
    case 'submitted':
      return [`Received: from [192.168.10.24] (zugang.example [192.0.2.240])`, `\t(Authenticated sender: ${scene.mailFrom})`, `\tby ${name} (Postfix) with ESMTPSA id ${id};`, `\t${date}`];
    case 'php':
    case 'script':
      return [`Received: by ${name} (Postfix, from userid 33)`, `\tid ${id}; ${date}`];
    case 'list':
      return [`Received: from lists.halden-hosting.example (localhost [127.0.0.1])`, `\tby ${name} (Postfix) with ESMTP id ${id};`, `\t${date}`];
  }
}

/** What the recipient's server found: it agrees with the zones, so that DNS can confirm it. */
function results(ip: string, scene: Scene, seen: Detection): string[] {
  const domain = domainOf(seen.mailFrom ?? '');
  if (!domain) {
    return [];
  }
  const spf = { right: 'pass', stale: 'fail', double: 'permerror' }[domain.spf];
  const dkim = domain.dkim ? `dkim=pass header.d=${domain.name} header.s=${domain.dkim}` : 'dkim=none';
  const dmarc = domain.dmarc === null ? 'none' : spf === 'pass' || domain.dkim ? 'pass' : 'fail';
  return [
    `Authentication-Results: ${RECIPIENT.mx};`,
    `\tspf=${spf} (${RECIPIENT.mx}: ${ip}) smtp.mailfrom=${seen.mailFrom ?? ''};`,
    `\t${dkim};`,
    `\tdmarc=${dmarc} header.from=${scene.from.replace(/^.*@|>$/g, '')}`,
  ];
}

/** A message whose story we do not know: the block was made by hand. */
function plain(ip: string, mailFrom: string): Scene {
  return { ip, hoursAgo: 0, from: mailFrom, mailFrom, to: `kunde@${RECIPIENT.domain}`, subject: '', rule: '', score: 0, via: 'submitted', text: 'Hello, this is the message.', also: [], total: 1, traffic: {} };
}

/** RFC 5322 date in UTC. */
function mailDate(at: Date): string {
  return at.toUTCString().replace('GMT', '+0000');
}

/** RFC 2047 where the text (before an address) is not ASCII. */
function encode(text: string): string {
  const [, words = '', address = ''] = /^(.*?)(\s<[^>]*>)?$/.exec(text) ?? [];
  return /^[\x20-\x7e]*$/.test(words) ? text : `=?UTF-8?B?${Buffer.from(words).toString('base64')}?=${address}`;
}
