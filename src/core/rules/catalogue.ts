import { addressHasAName } from './address-has-a-name';
import { addressIsInTheChain } from './address-is-in-the-chain';
import { addressIsOnNoBlocklist } from './address-is-on-no-blocklist';
import { arcSealHolds } from './arc-seal-holds';
import { automaticMailSaysSo } from './automatic-mail-says-so';
import { bulkMailCanBeLeft } from './bulk-mail-can-be-left';
import { clocksAgree } from './clocks-agree';
import { dateFitsTheWay } from './date-fits-the-way';
import { dmarcIsPublished } from './dmarc-is-published';
import { fromDomainTakesMail } from './from-domain-takes-mail';
import { fromShowsWhoWrites } from './from-shows-who-writes';
import { headersAgreeWithTheRecord } from './headers-agree-with-the-record';
import { hopsAreNotALoop } from './hops-are-not-a-loop';
import { hopsAreReadable } from './hops-are-readable';
import { logFitsTheBlock } from './hack/log-fits-the-block';
import { mailLogNamesTheMessage } from './hack/mail-log-names-the-message';
import { remediationIsComplete } from './hack/remediation-is-complete';
import { inputIsUnderstood } from './input-is-understood';
import { mailboxSendsForItself } from './mailbox-sends-for-itself';
import { messageIsFromTheTimeOfTheBlock } from './message-is-from-the-time-of-the-block';
import { messageIsInTheAlert } from './message-is-in-the-alert';
import { messageIsSigned } from './message-is-signed';
import { messagePassesThePolicy } from './message-passes-the-policy';
import { messageWasForwarded } from './message-was-forwarded';
import { messageWasHandedIn } from './message-was-handed-in';
import { otherFiltersPassedIt } from './other-filters-passed-it';
import { ourHopsAreOurs } from './our-hops-are-ours';
import { receiversChecksCanBeBelieved } from './receivers-checks-can-be-believed';
import { relayIsClosed } from './relay-is-closed';
import { requiredFieldsAreThereOnce } from './required-fields-are-there-once';
import { returnPathIsAligned } from './return-path-is-aligned';
import { sampleStandsForTheAlert } from './sample-stands-for-the-alert';
import { scriptIsWhereScriptsBelong } from './script-is-where-scripts-belong';
import { senderIsNoServiceAccount } from './sender-is-no-service-account';
import { serverGreetsWithItsName } from './server-greets-with-its-name';
import { signatureHolds } from './signature-holds';
import { signatureIsWellMade } from './signature-is-well-made';
import { spfCoversTheAddress } from './spf-covers-the-address';
import { subjectIsHonest } from './subject-is-honest';
import { textIsPlain } from './text-is-plain';
import { volumeGrewStepByStep } from './volume-grew-step-by-step';
import type { Rule } from './rule';

/** Version of the rules, texts and weights; stored with every analysis. Raise it with every change that can change a reading. */
export const CATALOGUE = '2026.11.6';

/**
 * Every rule, in the order in which findings are shown. It is also the order in which names are asked of DNS: where the limit of
 * look-ups is met, what comes last stays unknown.
 */
export const RULES: readonly Rule[] = [
  inputIsUnderstood,
  messageIsInTheAlert,
  headersAgreeWithTheRecord,
  messageIsFromTheTimeOfTheBlock,
  sampleStandsForTheAlert,
  volumeGrewStepByStep,
  addressIsInTheChain,
  hopsAreReadable,
  ourHopsAreOurs,
  clocksAgree,
  hopsAreNotALoop,
  messageWasHandedIn,
  messageWasForwarded,
  relayIsClosed,
  addressHasAName,
  serverGreetsWithItsName,
  signatureHolds,
  messageIsSigned,
  dmarcIsPublished,
  spfCoversTheAddress,
  fromDomainTakesMail,
  returnPathIsAligned,
  signatureIsWellMade,
  messagePassesThePolicy,
  receiversChecksCanBeBelieved,
  arcSealHolds,
  addressIsOnNoBlocklist,
  scriptIsWhereScriptsBelong,
  mailboxSendsForItself,
  senderIsNoServiceAccount,
  fromShowsWhoWrites,
  requiredFieldsAreThereOnce,
  dateFitsTheWay,
  subjectIsHonest,
  bulkMailCanBeLeft,
  automaticMailSaysSo,
  otherFiltersPassedIt,
  textIsPlain,
  logFitsTheBlock,
  mailLogNamesTheMessage,
  remediationIsComplete,
];
