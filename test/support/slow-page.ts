import { createServer, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A page that arrives piece by piece, as on a slow line. */
export interface SlowPage {
  url: string;
  /** Sends the next part of the page, up to where the next piece of it begins. @returns whether there is more to come */
  next(): boolean;
  close(): Promise<void>;
}

/** Stands before a desk; everything but pages passes as it comes. One page at a time. */
export async function startSlowPage(desk: string): Promise<SlowPage> {
  const { hostname, port, host } = new URL(desk);
  let open: ServerResponse | null = null;
  let parts: string[] = [];
  const server = createServer((req, res) => {
    const asked = request({ hostname, port, path: req.url, method: req.method, headers: { ...req.headers, host, 'accept-encoding': 'identity' } }, (answer) => {
      const isPage = answer.headers['content-type']?.includes('text/html') ?? false;
      const { 'content-length': length, ...headers } = answer.headers;
      res.writeHead(answer.statusCode ?? 502, isPage || length === undefined ? headers : answer.headers);
      if (!isPage) {
        answer.pipe(res);
        return;
      }
      let page = '';
      answer.setEncoding('utf8').on('data', (part: string) => (page += part)).on('end', () => {
        [open, parts] = [res, page.split(/(?=<(?:main|nav|section|article|table|form)[ >])/)];
        res.write(parts.shift() ?? '');
      });
    });
    asked.on('error', () => res.destroy());
    req.pipe(asked);
  });
  await new Promise<void>((done) => server.listen(0, hostname, done));
  return {
    url: `http://${hostname}:${(server.address() as AddressInfo).port}`,
    next: () => {
      const part = parts.shift();
      if (part !== undefined) {
        open?.write(part);
        return true;
      }
      open?.end();
      return false;
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
}
