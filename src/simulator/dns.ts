import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import dns2 from 'dns2';
import type { Faults } from './faults';
import type { DnsRecords, RecordType } from './types';

const { Packet } = dns2;
const NXDOMAIN = 3;
const SERVFAIL = 2;
const TTL_SECONDS = 5;
const TRIES = 20;

/** Answers DNS for the zones that `records` gives, over UDP and TCP on one port (0: any). A name without any record does not exist. */
export async function serveDns(host: string, port: number, records: () => DnsRecords[], faults: Faults): Promise<{ port: number; close: () => void }> {
  const handle: dns2.DnsHandler = (request, send) => {
    void answer(request, records(), faults).then((response) => (response ? send(response) : undefined)).catch(() => undefined);
  };
  for (let tries = 1; ; tries++) {
    const udp = dns2.createUDPServer(handle);
    const tcp = dns2.createTCPServer(handle);
    try {
      await ready(udp, () => void udp.listen(port, host));
      const bound = udp.address().port;
      await ready(tcp, () => tcp.listen(bound, host));
      for (const server of [udp, tcp]) {
        server.on('error', () => undefined).on('requestError', () => undefined);   // a malformed question gets no answer
      }
      return { port: (tcp.address() as AddressInfo).port, close: () => { udp.close(); tcp.close(); } };
    } catch (error) {
      udp.close();
      if (port !== 0 || tries === TRIES) {
        throw error;
      }
    }
  }
}

async function answer(request: dns2.Packet, records: DnsRecords[], faults: Faults): Promise<dns2.Packet | null> {
  const response = Packet.createResponseFromRequest(request);
  response.header.aa = 1;
  response.header.ra = 1;
  const fault = faults.take('dns');
  if (fault?.mode === 'timeout') {
    return null;
  }
  if (fault?.mode === 'slow') {
    await sleep((fault.seconds ?? 2) * 1000);
  } else if (fault) {
    response.header.rcode = SERVFAIL;
    return response;
  }
  const [question] = request.questions;
  const name = question?.name.toLowerCase().replace(/\.$/, '') ?? '';
  const type = Object.entries(Packet.TYPE).find(([, code]) => code === question?.type)?.[0];
  const found = records.filter((r) => r.name.toLowerCase() === name && r.values.length > 0);
  for (const record of found.filter((r) => r.type === type)) {
    response.answers.push(...record.values.map((value) => resource(question?.name ?? name, record.type, value)));
  }
  const exists = found.length > 0 || records.some((r) => r.values.length > 0 && r.name.toLowerCase().endsWith(`.${name}`));
  response.header.rcode = exists ? 0 : NXDOMAIN;
  return response;
}

function resource(name: string, type: RecordType, value: string): dns2.Packet.Resource {
  const base = { name, type: Packet.TYPE[type], class: Packet.CLASS.IN, ttl: TTL_SECONDS };
  switch (type) {
    case 'A':
    case 'AAAA':
      return new Packet.Resource({ ...base, address: value });
    case 'PTR':
      return new Packet.Resource({ ...base, domain: value });
    case 'MX':
      return new Packet.Resource({ ...base, priority: Number(value.split(' ')[0]), exchange: value.split(' ')[1] ?? '' });
    case 'TXT':
      return new Packet.Resource({ ...base, data: strings(value) });
  }
}

/** A TXT record is made of strings of at most 255 octets (RFC 1035, 3.3.14). */
function strings(text: string): string[] {
  return text.match(/[\s\S]{1,255}/g) ?? [''];
}

/** Waits until a server listens; its error is thrown. */
function ready(server: { once(event: string, listener: (error: Error) => void): unknown; removeListener(event: string, listener: (error: Error) => void): unknown }, listen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', () => {
      server.removeListener('error', reject);
      resolve();
    });
    listen();
  });
}
