/** Where IMAP_URL points. */
export interface ImapAddress {
  host: string;
  port: number;
  secure: boolean;
  user: string;
  password: string;
  mailbox: string;
  /** the address without its password: identity of the mailbox, and for people */
  name: string;
  /** on this machine: the only place where a password may cross the wire in the clear */
  local: boolean;
}

/** Reads `imaps://user:password@host[:port][/mailbox]`; the mailbox is INBOX unless named. The settings have checked its form. */
export function readImapUrl(text: string): ImapAddress {
  const url = new URL(text);
  const secure = url.protocol === 'imaps:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const mailbox = decodeURIComponent(url.pathname.replace(/^\/|\/$/g, '')) || 'INBOX';
  const port = Number(url.port || (secure ? 993 : 143));
  return {
    host, port, secure, mailbox, user: decodeURIComponent(url.username), password: decodeURIComponent(url.password),
    name: `${url.protocol}//${url.username}@${url.hostname}:${port}/${encodeURIComponent(mailbox)}`,
    local: /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host),
  };
}
