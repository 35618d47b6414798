/** No carriage return and no line feed alone: the canonical forms of DKIM are told of lines that end in both. Linear in the size. */
export function hasWholeLines(raw: Buffer): boolean {
  for (let at = raw.indexOf(0x0a); at >= 0; at = raw.indexOf(0x0a, at + 1)) {
    if (raw[at - 1] !== 0x0d) {
      return false;
    }
  }
  for (let at = raw.indexOf(0x0d); at >= 0; at = raw.indexOf(0x0d, at + 1)) {
    if (raw[at + 1] !== 0x0a) {
      return false;
    }
  }
  return true;
}
