import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '../support/wait-for';

// The real bootstrap in a small project of its own; npm and the compiler are replaced by scripts that note that they ran.
let root: string;
const at = (...parts: string[]) => join(root, ...parts);
const put = (path: string, text: string) => {
  mkdirSync(at(path, '..'), { recursive: true });
  writeFileSync(at(path), text);
};

const NPM = `const { writeFileSync, mkdirSync, readFileSync, appendFileSync } = require('fs');
appendFileSync('ran', 'npm ' + process.argv[2] + '\\n'); console.log('noise of npm');
mkdirSync('node_modules', { recursive: true });
writeFileSync('node_modules/.package-lock.json', readFileSync('package-lock.json'));`;
const NEST = `const { readdirSync, writeFileSync, mkdirSync, readFileSync, existsSync, appendFileSync } = require('fs');
appendFileSync('ran', 'build\\n'); console.log('noise of the compiler');
if (existsSync('dist/notes')) { process.exit(0); }
mkdirSync('dist/src', { recursive: true }); writeFileSync('dist/notes', '');
for (const f of readdirSync('src')) writeFileSync('dist/src/' + f.replace('.ts', '.js'), readFileSync('src/' + f));
if (existsSync('src/broken.ts')) process.exit(1);`;
const lock = (version: string) => JSON.stringify({ packages: { '': {}, 'node_modules/a': { version }, 'node_modules/only-on-mac': { version: '1.0.0', optional: true } } });

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'desk-bootstrap-'));
  cpSync('scripts', at('scripts'), { recursive: true });
  put('package-lock.json', lock('1.0.0'));
  ['tsconfig.json', 'tsconfig.build.json', 'nest-cli.json'].forEach((file) => put(file, '{}'));
  put('npm-cli.js', NPM);
  put('node_modules/@nestjs/cli/bin/nest.js', NEST);
  put('src/cli.ts', 'process.stdout.write(JSON.stringify(process.argv.slice(2)))');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const env = () => ({ PATH: process.env['PATH'], npm_execpath: at('npm-cli.js') });
const cli = (...args: string[]) => spawnSync(process.execPath, ['scripts/bootstrap.mjs', 'cli', ...args], { cwd: root, encoding: 'utf8', env: env() });
const ran = () => {
  const text = existsSync(at('ran')) ? readFileSync(at('ran'), 'utf8').trim().split('\n') : [];
  rmSync(at('ran'), { force: true });
  return text;
};

it('installs and builds once, keeps standard output for the command, and passes its arguments on', () => {
  const first = cli('analyse', 'x', '--json');
  expect(first.stdout).toBe('["analyse","x","--json"]');
  expect(first.stderr).toContain('noise of the compiler');
  expect(ran()).toEqual(['npm ci', 'build']);
  expect(cli('analyse').stdout).toBe('["analyse"]');
  expect(ran()).toEqual([]);
});

it('installs again when the lock file changes, but not over what npm install has brought up to date', () => {
  cli('x');
  ran();
  put('package-lock.json', lock('2.0.0'));
  cli('x');
  expect(ran()).toEqual(['npm ci', 'build']);
  put('package-lock.json', lock('3.0.0'));
  put('node_modules/.package-lock.json', JSON.stringify({ packages: { 'node_modules/a': { version: '3.0.0' } } }));
  cli('x');
  expect(ran()).toEqual(['build']);
});

it('gets on with npm install when npm ci refuses the lock file, except in CI', () => {
  put('npm-cli.js', `${NPM}\nprocess.exit(process.argv[2] === 'ci' ? 1 : 0)`);
  const inCi = spawnSync(process.execPath, ['scripts/bootstrap.mjs', 'cli', 'x'], { cwd: root, encoding: 'utf8', env: { ...env(), CI: '1' } });
  expect(inCi).toMatchObject({ status: 1, stderr: expect.stringContaining('The packages could not be installed') as string });
  rmSync(at('node_modules/.package-lock.json'));
  ran();
  expect(cli('x').status).toBe(0);
  expect(ran()).toEqual(['npm ci', 'npm install', 'build']);
});

it('builds again when a source changes, and leaves nothing of a deleted one', () => {
  put('src/old.ts', '1');
  cli('x');
  ran();
  rmSync(at('src/old.ts'));
  put('src/fresh.ts', '2');
  rmSync(at('dist/notes'));
  cli('x');
  expect(ran()).toEqual(['build']);
  expect([existsSync(at('dist/src/old.js')), existsSync(at('dist/src/fresh.js'))]).toEqual([false, true]);
});

it('begins anew when the compiler believes in files that are gone', () => {
  cli('x');
  ran();
  rmSync(at('dist/src/cli.js'));
  expect(cli('x').stdout).toBe('["x"]');
  expect(ran()).toEqual(['build', 'build']);
});

it('stops when the build fails, and tries again next time', () => {
  put('src/broken.ts', '');
  expect(cli('x')).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('The build did not succeed') as string });
  rmSync(at('dist/notes'));
  expect(cli('mail-pipe').status).toBe(75); // a mail that waits for us must not be sent back
  rmSync(at('src/broken.ts'));
  rmSync(at('dist/notes'));
  expect(cli('x').status).toBe(0);
});

it('names the commands when it is given none of them', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/bootstrap.mjs', 'dmeo'], { cwd: root, encoding: 'utf8', env: env() });
  expect({ status, stderr }).toEqual({ status: 1, stderr: 'Say which: node scripts/bootstrap.mjs build|demo|test|bench|cli\n' });
});

it('lets two starts at once work one after the other', async () => {
  put('npm-cli.js', `${NPM}\nAtomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);`);
  const start = () => {
    const child = spawn(process.execPath, ['scripts/bootstrap.mjs', 'cli', 'x'], { cwd: root, env: env(), stdio: ['ignore', 'pipe', 'ignore'] });
    return new Promise<number | null>((done) => child.on('exit', done));
  };
  expect(await Promise.all([start(), start(), start()])).toEqual([0, 0, 0]);
  expect(ran()).toEqual(['npm ci', 'build']);
});

it('steps over the lock of a process that is gone, and waits for one that is not', async () => {
  const gone = spawnSync(process.execPath, ['-e', '']);
  put('.cache/bootstrap.lock', `${gone.pid} bootstrap`);
  expect(cli('x').status).toBe(0);
  rmSync(at('dist'), { recursive: true });
  const holder = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  put('.cache/bootstrap.lock', `${holder.pid} bootstrap`);
  const child = spawn(process.execPath, ['scripts/bootstrap.mjs', 'cli', 'x'], { cwd: root, env: env(), stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()));
  await waitFor('the notice', () => said.includes(`(process ${holder.pid})`));
  expect(existsSync(at('dist'))).toBe(false);
  holder.kill('SIGKILL');
  expect(await new Promise((done) => child.on('exit', done))).toBe(0);
});

it.each([
  ['20.18.3', false],
  ['20.19.0', true],
  ['21.7.0', false],
  ['22.11.0', false],
  ['22.12.0', true],
  ['24.1.0', true],
])('Node %s is good enough: %s', (version, fine) => {
  const script = `import { complainAboutNode } from './scripts/lib/node-version.mjs'; process.stdout.write(complainAboutNode('${version}') ?? 'fine')`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(stdout).toMatch(fine ? /^fine$/ : /needs Node 20\.19 or later/);
});
