import { findClaim, findReferences } from './find-claim';

describe('findClaim', () => {
  it.each([
    ['spam mistake, English', 'Wrongly blocked', 'Our newsletter was taken for spam. This is a false positive.', 'spam', 'mistake'],
    ['spam fixed, English', 'Unblock', 'We fixed the contact form and removed the spam from the queue.', 'spam', 'fixed'],
    ['hack fixed, English', 'Attack from our server', 'We cleaned the malware and changed all passwords.', 'hack', 'fixed'],
    ['hack mistake, English', 'Port scan', 'It was a penetration test, this block is a mistake.', 'hack', 'mistake'],
    ['spam mistake, German', 'Sperre zu Unrecht', 'Das ist kein Spam, sondern unser Versand von Rechnungen.', 'spam', 'mistake'],
    ['spam fixed, German', 'Entsperrung', 'Wir haben das Postfach zurückgesetzt und die Ursache behoben. Mailversand gestoppt.', 'spam', 'fixed'],
    ['spam mistake, French', 'Faux positif', 'Ce courriel est légitime.', 'spam', 'mistake'],
    ['hack fixed, French', 'Déblocage', 'Le piratage est terminé : nous avons nettoyé le serveur et supprimé les fichiers.', 'hack', 'fixed'],
    ['spam fixed, Spanish', 'Desbloqueo', 'El problema de spam está resuelto, hemos eliminado los mensajes.', 'spam', 'fixed'],
    ['spam fixed in other words, Spanish', 'Spam', 'Ya lo hemos arreglado y el correo está limpio.', 'spam', 'fixed'],
    ['spam mistake, Spanish', 'Bloqueo por error', 'Es un falso positivo, no es spam.', 'spam', 'mistake'],
    ['nothing', 'Hello', 'Please call me.', null, null],
  ])('%s', (_, subject, text, kind, claim) => {
    expect(findClaim(subject, text)).toEqual({ kind, claim, references: [] });
  });

  it('finds references as people write them', () => {
    expect(findReferences('Re: UB-7K3Q-92X4, also ub7k3q92xo and UB-7K3Q-92X4')).toEqual(['UB-7K3Q-92X4', 'UB-7K3Q-92X0']);
  });
});
