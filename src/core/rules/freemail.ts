/** Providers at which anybody gets a mailbox for nothing; the large ones, which are nearly all of them. */
const PROVIDERS = new Set([
  'gmail.com', 'googlemail.com', 'outlook.com', 'hotmail.com', 'hotmail.co.uk', 'hotmail.fr', 'hotmail.de', 'hotmail.it', 'live.com', 'msn.com', 'yahoo.com', 'yahoo.co.uk',
  'yahoo.fr', 'yahoo.de', 'yahoo.co.jp', 'ymail.com', 'rocketmail.com', 'aol.com', 'icloud.com', 'me.com', 'mac.com', 'gmx.de', 'gmx.net', 'gmx.com', 'gmx.at', 'gmx.ch',
  'web.de', 't-online.de', 'freenet.de', 'mail.ru', 'bk.ru', 'inbox.ru', 'list.ru', 'yandex.ru', 'yandex.com', 'rambler.ru', 'qq.com', '163.com', '126.com', 'sina.com',
  'foxmail.com', 'naver.com', 'daum.net', 'hanmail.net', 'orange.fr', 'wanadoo.fr', 'free.fr', 'laposte.net', 'sfr.fr', 'libero.it', 'virgilio.it', 'tiscali.it', 'wp.pl',
  'o2.pl', 'onet.pl', 'interia.pl', 'seznam.cz', 'abv.bg', 'ukr.net', 'uol.com.br', 'bol.com.br', 'terra.com.br', 'rediffmail.com', 'proton.me', 'protonmail.com', 'pm.me',
  'tutanota.com', 'tuta.io', 'mail.com', 'email.com', 'zoho.com', 'zohomail.com', 'fastmail.com', 'hushmail.com', 'mailfence.com', 'posteo.de', 'mailbox.org', 'gmx.fr',
]);

/** Does the domain belong to a free mail provider? */
export const isFreemail = (domain: string): boolean => PROVIDERS.has(domain.toLowerCase());

const ALIAS_SERVICES = new Set([
  'sneakemail.com', 'spamgourmet.com', 'simplelogin.co', 'simplelogin.com', 'simplelogin.fr', 'addy.io', 'anonaddy.com', 'anonaddy.me', 'duck.com', 'mozmail.com',
  'privaterelay.appleid.com', '33mail.com', 'erine.email', 'passmail.net', 'passinbox.com',
]);

/** Does the domain belong to a service that forwards under an address of its own, and shows the real sender in the name? */
export const isAliasService = (domain: string): boolean => ALIAS_SERVICES.has(domain.toLowerCase());
