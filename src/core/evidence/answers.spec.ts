import { checkAnswers, looksLikeHeaders, toEvidence, type AnswerFile, type Answers } from './answers';

const nothing: Answers = {
  claim: 'mistake', headers: '', messageId: '', explanation: '', cause: '', done: '', mailStopped: '', queueInspected: '', isolated: '', logs: '', because: '',
};
const file = (name: string, text = 'From: a@example.org\n\nx'): AnswerFile => ({ name, bytes: new TextEncoder().encode(text) });
const fields = (answers: Partial<Answers>, kind: 'spam' | 'hack', files: AnswerFile[] = []): string[] =>
  checkAnswers({ ...nothing, ...answers }, files, kind).map((error) => `${error.field} ${error.code}`);

describe('checkAnswers', () => {
  it('asks different things for each claim and kind', () => {
    expect(fields({}, 'spam')).toEqual(['headers missing', 'queueInspected missing']);
    expect(fields({}, 'hack')).toEqual(['explanation missing']);
    expect(fields({ claim: 'fixed' }, 'spam')).toEqual(['cause missing', 'done missing', 'mailStopped missing', 'queueInspected missing']);
    expect(fields({ claim: 'fixed' }, 'hack')).toEqual(['cause missing', 'done missing', 'isolated missing', 'logs missing']);
  });
  it.each<[string, Partial<Answers>, AnswerFile[]]>([
    ['pasted headers', { headers: 'Received: from x by y; Fri, 20 Nov 2026 03:12:33 +0100' }, []],
    ['a file', {}, [file('a.eml')]],
    ['a message of the alert', { messageId: '<1@x.example>' }, []],
    ['a reason why not', { because: 'The server was wiped.' }, []],
  ])('is content with %s', (_, answers, files) => expect(fields({ ...answers, queueInspected: 'cannot' }, 'spam', files)).toEqual([]));
  it('knows the text of a message from its headers', () => {
    expect(fields({ headers: 'Hello Anna,\n\nyour order has left: https://shop.example/t/40817\n', queueInspected: 'no' }, 'spam')).toEqual(['headers no_headers']);
    expect(looksLikeHeaders('> Received: from x')).toBe(true);
  });
  it.each([
    ['mail.msg', 'x', 'msg'], ['photo.jpg', 'x', 'type'], ['leer.eml', '', 'empty'], ['scan.eml', '%PDF-1.7', 'type'], ['mails.eml', 'PK\u0003\u0004', 'type'], ['tool.txt', 'MZ\u0090', 'type'], ['ok.eml', 'x', undefined], ['OK.TXT', 'x', undefined],
  ])('judges the file %s', (name, text, code) => {
    expect(checkAnswers({ ...nothing, queueInspected: 'no' }, [file(name, text)], 'spam').find((error) => error.field === 'message')?.code).toBe(code);
  });
  it('knows Outlook’s format under another name', () => {
    const disguised = { name: 'x.eml', bytes: Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 1) };
    expect(checkAnswers({ ...nothing, queueInspected: 'no' }, [disguised], 'spam')[0]?.code).toBe('msg');
  });
});

describe('toEvidence', () => {
  it('takes only what belongs to the chosen claim', () => {
    const both = { ...nothing, headers: 'From: a@b.example', explanation: 'Orders.', cause: 'A form.', done: 'Closed it at 10:00.', queueInspected: 'cleared' } as const;
    expect(toEvidence(both, [], 'spam')).toEqual({ headers: 'From: a@b.example', explanation: 'Orders.', queueInspected: true });
    const fixed = toEvidence({ ...both, claim: 'fixed', mailStopped: 'yes' }, [], 'spam');
    expect(fixed.explanation).toBeUndefined();
    expect(fixed.remediation).toContain('Cause: A form.');
    expect(fixed.remediation).toContain('Unwanted mail stopped: yes.');
  });
  it('keeps every file: the first as the message, others as samples, logs as logs', () => {
    expect(toEvidence({ ...nothing, queueInspected: 'no' }, [file('a.eml', 'A'), file('b.txt', 'B')], 'spam')).toEqual({ message: 'QQ==', samples: ['Qg=='], names: ['a.eml', 'b.txt'], queueInspected: false });
    expect(toEvidence({ ...nothing, claim: 'fixed', cause: 'x', logs: 'line' }, [file('auth.log', 'sshd')], 'hack').logs).toBe('line\n\nauth.log:\nsshd');
  });
  it('says which item cannot be supplied', () => {
    expect(toEvidence({ ...nothing, because: 'Gone.' }, [], 'spam').cannotSupply).toEqual([{ item: 'headers', because: 'Gone.' }]);
    expect(toEvidence({ ...nothing, claim: 'fixed', because: 'Gone.' }, [], 'hack').cannotSupply).toEqual([{ item: 'logs', because: 'Gone.' }]);
  });
});
