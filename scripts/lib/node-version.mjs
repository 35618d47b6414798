/**
 * Nest 12 is ESM-only and this project is CommonJS: `require()` of an ES module came with Node 20.19 and 22.12.
 * @returns a sentence when this Node cannot do that, else null
 */
export function complainAboutNode(version) {
  const [major, minor] = version.split('.').map(Number);
  const fine = major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19);
  return fine ? null : `This needs Node 20.19 or later (of the 22 line: 22.12 or later); this is Node ${version}. See https://nodejs.org`;
}
