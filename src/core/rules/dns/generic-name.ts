import ipaddr from 'ipaddr.js';

const RANGE_WORDS = /(?:^|[.-])(?:static|dyn|dynamic|pool|dhcp|dsl|adsl|vdsl|cable|ppp|pppoe|dial|dialup|broadband|cust|customer|client|clients|unassigned|unallocated|generic|reverse|rev|ptr|rdns|ip|ipv4|host|vps|vmi|vds|kvm|range|net|user|users|residential|fiber|ftth|wireless|mobile|nat)\d*(?=[.-]|\d|$)/;

/** Names that say that nobody gave one. */
const NO_NAME = /(?:^|[.-])(?:unassigned|unallocated|unused|unknown|undefined|not-?set|no-?ptr|no-?r?dns|no-reverse(?:-dns)?|reverse-not-set|not-configured)(?=[.-]|$)/;

/** Names that hosters and access providers give to every machine without writing its address into them. */
const GIVEN_BY_HOSTERS = [
  /^vps-[0-9a-f]{8}\.vps\.ovh\.(?:net|ca|us)$/, /^(?:ns|ks|vps)\d{4,9}\.(?:ovh|kimsufi|ip-[\d-]+)\.(?:net|com|ca|eu|us)$/, /^li\d+-\d+\.members\.linode\.com$/, /^[\da-f-]+\.ip\.linodeusercontent\.com$/,
  /^vmi\d+\.contaboserver\.net$/, /^v\d{10,}\.\w+srv\.de$/, /^srv\d+\.hstgr\.cloud$/, /^s\d{5,}\.(?:onlinehome-server|kundenserver)\.\w+$/, /^p[0-9a-f]{8}\.dip\d*\.t-ipconnect\.de$/, /^customer\.worldstream\.nl$/,
];

/**
 * Is this the name that the range gives to every address (static-47.pool.example, ip-203-0-113-47, 2f71cb00…)? Such a name holds the
 * address, or its last part beside a word that names a range. No standard says so; most receivers judge by it.
 */
export function isGenericName(name: string, ip: string): boolean {
  return NO_NAME.test(name) || GIVEN_BY_HOSTERS.some((form) => form.test(name)) || (ip.includes(':') ? genericFor6(name, ip) : genericFor4(name, ip));
}

function genericFor4(name: string, ip: string): boolean {
  const octets = ip.split('.');
  const numbers = (name.match(/\d+/g) ?? []).map((digits) => String(Number(digits)));
  if (runs(numbers, octets) || runs(numbers, [...octets].reverse()) || runs(numbers, octets.slice(0, 3)) || runs(numbers, octets.slice(1))) {
    return true;
  }
  const padded = octets.map((octet) => octet.padStart(3, '0'));
  const hex = octets.map((octet) => Number(octet).toString(16).padStart(2, '0'));
  const compact = name.replace(/[^0-9a-z]/g, ' ');
  if ([padded.join(''), hex.join(''), octets.join('')].some((run) => run.length >= 7 && compact.split(' ').some((part) => part.includes(run)))) {
    return true;
  }
  return RANGE_WORDS.test(name) && numbers.includes(octets[3]!);
}

/** Do these numbers stand in the name one behind the other? */
function runs(numbers: string[], wanted: string[]): boolean {
  return numbers.some((_, at) => wanted.every((number, i) => numbers[at + i] === number));
}

function genericFor6(name: string, ip: string): boolean {
  const nibbles = ipaddr.parse(ip).toByteArray().map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const groups = ipaddr.parse(ip).toNormalizedString().split(':');
  const squeezed = name.split('.').map((label) => label.replace(/-/g, ''));
  return (
    squeezed.some((label) => label.length >= 16 && (label.includes(nibbles) || nibbles.endsWith(label))) ||
    name.includes(groups.join('-')) || name.includes(groups.slice(4).join('-')) ||
    (RANGE_WORDS.test(name) && name.split(/[.-]/).includes(groups[7]!))
  );
}
