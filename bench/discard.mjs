// What F3 is held beside: the same SMTP server with the same settings, which reads each mail and throws it away.
import { SMTPServer } from 'smtp-server';

async function open() {
  const server = new SMTPServer({
    name: 'desk.example', authOptional: true, disableReverseLookup: true, logger: false, disabledCommands: ['AUTH', 'STARTTLS'], maxClients: 200, size: 25 * 1024 * 1024,
    onData: (stream, _session, done) => {
      stream.on('data', () => undefined).on('end', () => done(null, 'thrown away'));
    },
  });
  server.on('error', () => undefined);
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { port: server.server.address().port };
}

process.on('message', () => {
  open().then((result) => process.send({ result }), (error) => process.send({ error: error.message }));
});
process.on('disconnect', () => process.exit(0));
process.send({ ready: true });
