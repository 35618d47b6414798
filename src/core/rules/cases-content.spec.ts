import { check, headers, read } from '../../../test/fixtures/cases';
import { CONTENT_CASES } from '../../../test/fixtures/cases-content';

describe('what the message says of itself', () => {
  it.each(CONTENT_CASES.map((each) => [each.id, each.what, each] as const))('%s: %s', (_id, _what, each) => check(each));

  it('shows pasted markup as the text that it is', () => {
    const { message } = read(headers({ Subject: '<b>x</b>' }));
    expect(message.subject).toBe('<b>x</b>');
  });
});
