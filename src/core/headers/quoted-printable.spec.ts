import fc from 'fast-check';
import { quotedPrintable } from './quoted-printable';

test.each([
  ['a=3Db', 'a=b'], ['caf=C3=A9', 'caf\u00c3\u00a9'], ['one=\r\ntwo', 'onetwo'], ['one= \t\ntwo', 'onetwo'], ['lower =c3', 'lower \u00c3'], ['a=b', 'a=b'], ['=', '='], ['=4', '=4'], ['=G1', '=G1'], ['=1G', '=1G'], ['==41', '=A'],
  ['\u20ac=41', '\u20acA'], ['', ''],
])('%j becomes %j', (written, meant) => expect(quotedPrintable(written)).toBe(meant));

test('it gives back what was encoded, and never throws', () => {
  const encode = (bytes: Uint8Array) => [...bytes].map((byte) => `=${byte.toString(16).padStart(2, '0')}`).join('');
  fc.assert(fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => quotedPrintable(encode(bytes)) === Buffer.from(bytes).toString('latin1')));
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => quotedPrintable(text).length <= text.length));
});
