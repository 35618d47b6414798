import type { Socket } from 'node:net';

/**
 * What is answered to the commands of one packet goes out in one packet too, as RFC 2920 §3.2 wants it of a server: one write to the socket instead of
 * one for each answer. Nothing waits for longer than the code that is running.
 */
export function answersTogether(socket: Socket): void {
  const write = socket.write.bind(socket) as (...what: unknown[]) => boolean;
  socket.write = ((...what: unknown[]) => {
    if (socket.writableCorked === 0) {
      socket.cork();
      process.nextTick(() => socket.uncork());
    }
    return write(...what);
  }) as Socket['write'];
}
