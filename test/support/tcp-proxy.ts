import { setTimeout as later } from 'node:timers/promises';
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

export interface TcpProxy {
  port: number;
  /** Replaces host and port of a URL by the proxy's. */
  through(url: string): string;
  /** From now on: `pass` bytes, `refuse` new connections and cut the old, `swallow` (accept and never answer), `dropAnswers` (the other side acts, we never hear). */
  set(mode: 'pass' | 'refuse' | 'swallow' | 'dropAnswers'): void;
  /** From now on each answer arrives so many milliseconds later. */
  delay(milliseconds: number): void;
  /** How many connections were tried so far. */
  dialled(): number;
  /** Cuts what is connected now, once. */
  cut(): void;
  close(): Promise<void>;
}

/** Stands between the code under test and a server, and breaks on demand. A `target` that is changed holds for the connections that come then. */
export async function startTcpProxy(target: { host?: string; port: number }): Promise<TcpProxy> {
  let mode: 'pass' | 'refuse' | 'swallow' | 'dropAnswers' = 'pass';
  const open = new Set<Socket>();
  let delay = 0;
  let dialled = 0;
  const keep = (socket: Socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket)).on('error', () => undefined);
  };
  const cut = () => open.forEach((socket) => socket.resetAndDestroy());
  const server = createServer((near) => {
    keep(near);
    dialled++;
    if (mode === 'refuse') {
      near.resetAndDestroy();
      return;
    }
    const far = connect(target.port, target.host ?? '127.0.0.1');
    keep(far);
    near.on('data', (bytes) => mode !== 'swallow' && far.write(bytes));
    let before = Promise.resolve<unknown>(null);
    far.on('data', (bytes) => {
      if (mode === 'pass') {
        before = (delay > 0 ? Promise.all([before, later(delay, null, { ref: false })]) : before).then(() => near.destroyed || near.write(bytes));
      }
    });
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    through: (url) => Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(port) }).href,
    set: (next) => {
      mode = next;
      if (next === 'refuse') {
        cut();
      }
    },
    delay: (milliseconds) => {
      delay = milliseconds;
    },
    dialled: () => dialled,
    cut,
    close: async () => {
      const closed = new Promise<void>((done) => server.close(() => done()));
      cut();
      await closed;
    },
  };
}
