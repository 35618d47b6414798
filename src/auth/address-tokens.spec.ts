import { AddressTokens } from './address-tokens.service';

const now = new Date('2026-11-24T10:00:00Z');
const until = new Date('2027-05-24T10:00:00Z');
const tokens = new AddressTokens({ SECRET: 'x'.repeat(32), MAIL_DOMAIN: 'Desk.example' });

describe('AddressTokens', () => {
  const address = tokens.address('unblock', 'UB-7K3Q-92X4', until);

  it('makes addresses of one case that fit into 64 octets and lead back', () => {
    expect(address).toMatch(/^unblock\+ub-7k3q-92x4\.[a-z2-7]{20}@Desk\.example$/);
    expect(tokens.read(address, now)).toEqual({ box: 'unblock', name: 'ub-7k3q-92x4' });
    const bounce = tokens.address('bounce', '0123456789abcdef0123456789abcdef', until);
    expect(bounce.split('@')[0]?.length).toBeLessThanOrEqual(64);
    expect(tokens.read(bounce.toUpperCase(), now)).toEqual({ box: 'bounce', name: '0123456789abcdef0123456789abcdef' });
  });

  it('ends', () => {
    expect(tokens.read(address, until)).not.toBe('dead');
    expect(tokens.read(address, new Date('2027-05-25T00:00:00Z'))).toBe('dead');
  });

  it.each([
    ['another reference', address.replace('7k3q', '7k3r')],
    ['another box', address.replace('unblock', 'bounce')],
    ['another token', address.replace(/\.(.)/, (_, letter: string) => `.${letter === 'a' ? 'b' : 'a'}`)],
    ['another key', new AddressTokens({ SECRET: 'y'.repeat(32), MAIL_DOMAIN: 'desk.example' }).address('unblock', 'UB-7K3Q-92X4', until)],
  ])('refuses %s', (_, forged) => {
    expect(tokens.read(forged, now)).toBe('dead');
  });

  it.each(['unblock@desk.example', 'unblock+ub-7k3q-92x4@desk.example', address.replace('Desk', 'other'), 'x', ''])('%j is none of them', (other) => {
    expect(tokens.read(other, now)).toBeNull();
  });
});
