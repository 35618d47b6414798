/** The bare address of a From field, in lower case; null when there is none. */
export const senderOf = (from: string | null): string | null => /[^\s<>"(),;:]+@[^\s<>"(),;:]+/.exec(from?.slice(0, 2000) ?? '')?.[0]?.toLowerCase() ?? null;
