import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { answersTogether } from './answers-together';

describe('answers to one packet', () => {
  let server: Server;
  afterEach(() => new Promise((closed) => server.close(closed)));

  /** Both ends of a connection whose server side answers together; `written` counts what is handed to the system at once. */
  async function pair(): Promise<{ ours: Socket; theirs: Socket; written: string[] }> {
    server = createServer();
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const [theirs, [ours]] = [connect((server.address() as AddressInfo).port, '127.0.0.1').setEncoding('latin1'), (await once(server, 'connection')) as [Socket]];
    const written: string[] = [];
    const [one, many] = [ours._write.bind(ours), ours._writev?.bind(ours)];
    ours._write = (chunk: Buffer | string, encoding, done) => one((written.push(String(chunk)), chunk), encoding, done);
    ours._writev = (chunks, done) => many?.((written.push(chunks.map(({ chunk }) => String(chunk)).join('')), chunks), done);
    answersTogether(ours);
    return { ours, theirs, written };
  }
  const told = async (theirs: Socket): Promise<string> => {
    let text = '';
    theirs.on('data', (chunk: string) => (text += chunk));
    await once(theirs, 'end');
    return text;
  };

  it('are one write, and those of the next turn another', async () => {
    const { ours, theirs, written } = await pair();
    const all = told(theirs);
    ours.write('250 a\r\n');
    ours.write('250 b\r\n');
    ours.write('354 c\r\n');
    await new Promise(setImmediate);
    ours.write('250 d\r\n');
    await new Promise(setImmediate);
    ours.end();
    expect(await all).toBe('250 a\r\n250 b\r\n354 c\r\n250 d\r\n');
    expect(written).toEqual(['250 a\r\n250 b\r\n354 c\r\n', '250 d\r\n']);
  });

  it('still go out when the connection is ended in the same turn, and tell when they are through', async () => {
    const { ours, theirs } = await pair();
    const all = told(theirs);
    const through = new Promise((done) => ours.write('421 closing\r\n', done));
    ours.end('221 bye\r\n');
    expect(await all).toBe('421 closing\r\n221 bye\r\n');
    await through;
  });
});
