import { startNoc } from './server';
import { readOptions } from './options';

/** The simulator as a process: settings from the environment, one line of JSON when it is up, a clean end on SIGTERM or with its parent. */
async function main(): Promise<void> {
  const running = await startNoc(readOptions(process.env));
  const stop = (): void => {
    void running.stop().finally(() => process.exit(0));
  };
  process.once('SIGTERM', stop).once('SIGINT', stop).once('disconnect', stop);
  process.stdout.write(`${JSON.stringify({ ready: true, url: running.url, dns: running.dns })}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
