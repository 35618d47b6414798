/** Where to go after a sign-in: a path of ours, or the fallback. Never another site (ASVS 3.7.2, T23). */
export function localPath(next: unknown, fallback: string): string {
  const ok = typeof next === 'string' && next.length < 2000 && /^\/(?![/\\])[^\\\u0000-\u001f]*$/.test(next);
  return ok ? next : fallback;
}
