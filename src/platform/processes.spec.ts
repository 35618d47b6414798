import { createServer } from 'node:net';
import { freePort } from './processes';

const listening = (port: number) => new Promise<ReturnType<typeof createServer>>((up) => {
  const server = createServer().listen(port, '127.0.0.1', () => up(server));
});

describe('a free port', () => {
  it('is one that no connection that goes out can take before it is used', async () => {
    const ports = await Promise.all(Array.from({ length: 50 }, () => freePort()));
    expect(ports.filter((port) => port < 15_000 || port >= 32_000)).toEqual([]);
    expect(new Set(ports).size).toBeGreaterThan(40);
  });

  it('is the one that was wanted, or the next above it that is free', async () => {
    const wanted = await freePort();
    const server = await listening(wanted);
    expect(await freePort(wanted)).toBeGreaterThan(wanted);
    await new Promise((gone) => server.close(gone));
    expect(await freePort(wanted)).toBe(wanted);
  });
});
