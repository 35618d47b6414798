import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { ROOT } from '../root';
import { takesGzip } from './compress';
import { iconSprite } from './icons';
import { pruneCss } from './prune-css';

const TEMPLATES = join(ROOT, 'templates');
const OWN = join(TEMPLATES, 'assets');
const packageFile = (name: string, path: string) => join(dirname(require.resolve(`${name}/package.json`)), path);

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.svg': 'image/svg+xml', '.woff2': 'font/woff2', '.png': 'image/png',
};

interface Asset {
  body: Buffer;
  type: string;
  version: string;
  /** made when first asked for: the start must not wait for it */
  gzipped?: Promise<Buffer>;
}

const versionOf = (body: Buffer): string => createHash('sha256').update(body).digest('base64url').slice(0, 10);

/** Everything that pages load, from our own origin: our styles and scripts, and the pinned ones of node_modules. */
function collect(): Map<string, Asset> {
  const files = new Map<string, Buffer>([
    ['tabler.css', Buffer.from(pruneCss(readFileSync(packageFile('@tabler/core', 'dist/css/tabler.min.css'), 'utf8'), words()))],
    ['htmx.js', readFileSync(packageFile('htmx.org', 'dist/htmx.min.js'))],
    ['icons.svg', Buffer.from(iconSprite())],
    ...readdirSync(OWN).map((name): [string, Buffer] => [name, readFileSync(join(OWN, name))]),
  ]);
  const fonts = packageFile('@fontsource-variable/inter', 'files');
  readdirSync(fonts)
    .filter((name) => name.endsWith('wght-normal.woff2'))
    .forEach((name) => files.set(`files/${name}`, readFileSync(join(fonts, name))));
  // A page asks for its font before its styles do; one that comes late all the same moves nothing, it is there on the next page.
  const faces = readFileSync(packageFile('@fontsource-variable/inter', 'wght.css'), 'utf8').replaceAll('font-display: swap', 'font-display: optional');
  files.set('inter.css', Buffer.from(faces.replace(/url\(\.\/(files\/[\w-]+\.woff2)\)/g, (_, name: string) => `url(./${name}?v=${versionOf(files.get(name) ?? Buffer.from(name))})`)));
  return new Map([...files].map(([name, body]) => [name, { body, type: TYPES[extname(name)] ?? 'application/octet-stream', version: versionOf(body) }]));
}

/** Every word of the templates and scripts. Each class that a page can have is written out there, never put together from parts. */
function words(): Set<string> {
  const written = readdirSync(TEMPLATES, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(?:hbs|js)$/.test(name) && !name.startsWith('simulator'));
  return new Set(written.flatMap((name) => readFileSync(join(TEMPLATES, name), 'utf8').match(/[\w-]+/g) ?? []));
}

let assets: Map<string, Asset> | null = null;
const all = () => (assets ??= collect());

/** The address of an asset. It changes with the content, so browsers may keep it for ever. */
export function assetUrl(name: string): string {
  const asset = all().get(name);
  if (!asset) {
    throw new Error(`There is no asset ${name} in templates/assets.`);
  }
  return `/assets/${name}?v=${asset.version}`;
}

/** Serves `/assets/…` from memory, and the favicon. */
export function serveAssets(fastify: FastifyInstance): void {
  fastify.get<{ Params: { '*': string }; Querystring: { v?: string } }>('/assets/*', async (request, reply) => {
    const asset = all().get(request.params['*']);
    if (!asset) {
      return reply.code(404).type('text/plain; charset=utf-8').send('There is no such file.');
    }
    const etag = `"${asset.version}"`;
    void reply
      .header('cache-control', request.query.v === asset.version ? 'public, max-age=31536000, immutable' : 'public, max-age=3600')
      .header('etag', etag)
      .header('vary', 'accept-encoding')
      .type(asset.type);
    if (request.headers['if-none-match'] === etag) {
      return reply.code(304).send();
    }
    const packed = asset.type.startsWith('font/') || !takesGzip(request.headers['accept-encoding']);
    return packed ? reply.send(asset.body) : reply.header('content-encoding', 'gzip').send(await (asset.gzipped ??= promisify(gzip)(asset.body)));
  });
  fastify.get('/favicon.ico', (_request, reply) => reply.redirect(assetUrl('favicon.svg'), 302));
}
