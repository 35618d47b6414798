/** One door of MAIL_LISTEN or TEST_LISTEN. */
export interface DoorAddress {
  lmtp: boolean;
  /** TLS from the first byte (RFC 8314); the others offer STARTTLS where there is a certificate */
  implicitTls: boolean;
  host: string;
  port: number;
}

const PORTS: Record<string, number> = { 'smtp:': 25, 'smtps:': 465, 'lmtp:': 24 };

/** @throws Error with a sentence that says what would be right */
export function readDoorAddress(setting: string, address: string): DoorAddress {
  const url = URL.canParse(address) ? new URL(address) : null;
  const port = PORTS[url?.protocol ?? ''];
  if (!url?.hostname || port === undefined) {
    throw new Error(`${setting}: ${address} must look like smtp://127.0.0.1:2525, smtps://0.0.0.0:465 or lmtp://127.0.0.1:2424`);
  }
  return { lmtp: url.protocol === 'lmtp:', implicitTls: url.protocol === 'smtps:', host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || port) };
}
