/**
 * The name of a file as it may be shown: the last part of a path, without signs that turn the reading direction, hide themselves or end a line
 * (`gpj.lme.exe` written backwards), at most 120 characters with the ending kept. It names a file to people and never a place on a disk.
 */
export function fileName(given: string): string {
  const last = given.split(/[/\\]/).at(-1) ?? '';
  const plain = last.replace(/[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff9-\ufffb]/g, '').replace(/\p{Surrogate}/gu, '').replace(/\s+/g, ' ').trim().replace(/^\.+/, '');
  const cut = plain.length > 120 ? `${plain.slice(0, 100)}…${plain.slice(-19)}` : plain;
  return cut === '' ? 'file' : cut;
}
