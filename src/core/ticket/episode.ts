/**
 * The name of a block episode: blockId where the NOC gives one, else address, kind and time to the second.
 * Blocked again is a new episode (product, words). `ip` must be in RFC 5952 form.
 */
export function episode(block: { ip: string; kind: string; blockedAt: string | Date; blockId?: string | null }): string {
  return block.blockId ? `id:${block.blockId}` : `${block.ip}|${block.kind}|${Math.floor(new Date(block.blockedAt).getTime() / 1000)}`;
}
