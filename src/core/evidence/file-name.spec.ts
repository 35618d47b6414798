import { fileName } from './file-name';

it.each([
  ['mail.eml', 'mail.eml'], ['C:\\Users\\a\\mail.eml', 'mail.eml'], ['../../etc/passwd', 'passwd'], ['invoice\u202Efdp.eml', 'invoicefdp.eml'], ['a\r\nSet-Cookie: x.eml', 'aSet-Cookie: x.eml'],
  ['\u200B\u200D.eml', 'eml'], ['', 'file'], ['....', 'file'], [`${'x'.repeat(300)}.eml`, `${'x'.repeat(100)}…${'x'.repeat(15)}.eml`], ['Müller 请.eml', 'Müller 请.eml'], ['<img src=x>.eml', '<img src=x>.eml'],
])('shows %j as %j', (given, shown) => expect(fileName(given)).toBe(shown));
