const SEQUENCE = 0x30;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
/** AlgorithmIdentifier of an RSA key: 1.2.840.113549.1.1.1 and NULL (RFC 3279 §2.3.1) */
const RSA = Buffer.from('06092a864886f70d0101010500', 'hex');

/**
 * The numbers of an RSA key in DER, as a SubjectPublicKeyInfo (RFC 5280 §4.1) or as the bare RSAPublicKey (RFC 8017 appendix A.1.1), in base64url.
 * OpenSSL takes fifteen times as long to find out which of its decoders fits as it takes to make a key of its numbers. Null where the octets are
 * anything else in any respect: then OpenSSL may say what they are.
 */
export function rsaNumbers(octets: Buffer): { n: string; e: string } | null {
  const outer = wholeOf(octets, SEQUENCE);
  const algorithm = outer && first(outer, SEQUENCE);
  if (!outer || (algorithm && !algorithm.content.equals(RSA))) {
    return null;
  }
  const bits = algorithm ? wholeOf(algorithm.rest, BIT_STRING) : null;
  const key = !algorithm ? outer : bits?.[0] === 0 ? wholeOf(bits.subarray(1), SEQUENCE) : null;
  const modulus = key && first(key, INTEGER);
  const exponent = modulus && wholeOf(modulus.rest, INTEGER);
  const [n, e] = [modulus && positive(modulus.content), exponent && positive(exponent)];
  return n && e ? { n: n.toString('base64url'), e: e.toString('base64url') } : null;
}

/** The content of the first value, and what follows it. Null when it is of another kind, too long for us, or cut. */
function first(octets: Buffer, tag: number): { content: Buffer; rest: Buffer } | null {
  const [kind, short = 0] = octets;
  const more = short < 0x80 ? 0 : short - 0x80;
  const length = more === 0 ? short : more <= 2 && octets.length >= 2 + more ? octets.readUIntBE(2, more) : -1;
  const start = 2 + more;
  return kind === tag && short !== 0x80 && length >= 0 && start + length <= octets.length
    ? { content: octets.subarray(start, start + length), rest: octets.subarray(start + length) }
    : null;
}

/** The content of a value behind which nothing stands. */
function wholeOf(octets: Buffer, tag: number): Buffer | null {
  const found = first(octets, tag);
  return found?.rest.length === 0 ? found.content : null;
}

function positive(integer: Buffer): Buffer | null {
  const [top = 0x80] = integer;
  return top >= 0x80 || integer.every((octet) => octet === 0) ? null : integer.subarray(top === 0 ? 1 : 0);
}
