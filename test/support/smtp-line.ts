import { connect, type Socket } from 'node:net';

/** A conversation in SMTP or LMTP, line by line, for what no mail library would say. */
export interface SmtpLine {
  socket: Socket;
  /** Says a line and hears the whole answer, continuation lines included. */
  say(line: string): Promise<string>;
  /** The next whole answer. */
  hear(): Promise<string>;
  end(): void;
}

export async function smtpLine(port: number): Promise<SmtpLine & { greeting: string }> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  let wake = (): void => undefined;
  socket.setEncoding('utf8').on('data', (more: string) => ((text += more), wake())).on('error', () => undefined).on('close', () => wake());
  const hear = async (): Promise<string> => {
    for (;;) {
      const answer = /^(?:\d{3}-.*\r\n)*\d{3} .*\r\n/.exec(text)?.[0];
      if (answer !== undefined) {
        text = text.slice(answer.length);
        return answer;
      }
      if (socket.destroyed) {
        throw new Error(`The server hung up after "${text}"`);
      }
      await new Promise<void>((done) => (wake = done));
    }
  };
  const say = (line: string): Promise<string> => {
    socket.write(`${line}\r\n`);
    return hear();
  };
  return { socket, say, hear, end: () => socket.destroy(), greeting: await hear() };
}
