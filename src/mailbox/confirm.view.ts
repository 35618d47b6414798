import { understoodInWords } from '../core/texts/understood';
import type { Block } from '../core/ticket/block';
import { episode } from '../core/ticket/episode';
import type { Confirmation } from './confirmations.service';

/** What the page shows that asks "was it you?". Nothing that the mail itself says in words: it may come from anybody. */
export function confirmPage(asked: Confirmation, action: string) {
  const said = asked.understood;
  return {
    title: 'Was it you?', action, accountId: asked.accountId, addresses: asked.addresses, sender: asked.sender ?? 'no sender', receivedAt: asked.receivedAt, expiresAt: asked.expiresAt,
    several: asked.addresses.length > 1, attack: said?.kind === 'hack', lines: said ? understoodInWords({ ...said, ips: asked.addresses }).slice(1).map((line) => (line.label === 'You say' ? { ...line, label: 'It says' } : line)) : [],
    choices: [] as object[],
  };
}

/** The same page, once several blocks turned out to fit. */
export function whichPage(asked: Confirmation, action: string, blocks: readonly Block[]) {
  return {
    ...confirmPage(asked, action), title: 'Which block is it about?',
    choices: blocks.map((block) => ({ value: episode(block), ip: block.ip, kindWord: block.kind === 'spam' ? 'Spam' : 'Attack', blockedAt: block.blockedAt })),
  };
}

export const confirmedPage = (ref: string | null) => ({ title: ref ? 'We have your claim' : 'Thank you', ref });

/** Why there is nothing (any more) to answer. */
export function overPage(asked: { answer: string | null; ticket: string | null; none?: 'no_block' | 'not_owner' } | null) {
  const words = asked?.none
    ? asked.none === 'no_block'
      ? ['Nothing is blocked', 'The address that the mail names is not blocked any more, so there is nothing to claim.']
      : ['The address is not yours any more', 'Our control panel does not list it for your account. Ask support to correct it if it should.']
    : asked?.ticket || asked?.answer === 'confirmed' ? ['This was confirmed already', 'The mail is a ticket, and goes on there.']
      : asked?.answer === 'refused' ? ['This was answered already', 'Somebody of your account said that the mail is not yours. Nothing was done.']
        : ['This link is over', 'It was used already, or it is older than three days. Sign in to see whether a mail still waits for you.'];
  return { title: words[0], text: words[1], ref: asked?.ticket ?? null };
}

/** Mails that wait for the account that is signed in. */
export function waitingPage(waiting: readonly Confirmation[]) {
  return {
    title: 'Mails that wait for you',
    mails: waiting.map((asked) => ({ href: `/mails/${asked.inboundId}`, addresses: asked.addresses.join(', '), sender: asked.sender ?? 'no sender', receivedAt: asked.receivedAt })),
  };
}
