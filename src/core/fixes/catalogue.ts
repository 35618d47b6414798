import { FIX_CODES, type Fix, type FixCode } from './fix';
import { HOST_FIXES } from './fixes-of-hosts';
import { SENDER_FIXES } from './fixes-of-senders';

const BY_CODE = new Map([...HOST_FIXES, ...SENDER_FIXES].map((fix) => [fix.code, fix]));

/** Every fix there is, in the order in which they should be done. */
export const FIXES: readonly Fix[] = FIX_CODES.map((code) => BY_CODE.get(code)).filter((fix) => fix !== undefined);

/** The fix of a code, or null: codes come from outside. */
export const fixOf = (code: string): Fix | null => BY_CODE.get(code as FixCode) ?? null;
