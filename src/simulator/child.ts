import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { projectRoot } from './views';

const START_LIMIT_MS = 30_000;

export interface SimulatorOptions {
  /** Where it keeps its world; a folder of its own when absent. */
  stateDir?: string;
  port?: number;
  host?: string;
  dnsPort?: number;
  deskUrl?: string;
  deskApiKey?: string;
  liftSeconds?: number;
  token?: string;
  launchKey?: string;
  webhookSecret?: string;
}

export interface RunningSimulator {
  url: string;
  /** `host:port` of its DNS. */
  dns: string;
  token: string;
  launchKey: string;
  webhookSecret: string;
  stateDir: string;
  pid: number;
  /** Ends it politely (SIGTERM), or with the signal given, and waits until it is gone. A folder of its own goes with it, unless it was killed. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts the built simulator (dist/src/simulator/main.js) as a child process that ends with its parent. Rejects when it is not up in 30 s. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<RunningSimulator> {
  const token = options.token ?? randomBytes(24).toString('base64url');
  const launchKey = options.launchKey ?? randomBytes(32).toString('base64url');
  const webhookSecret = options.webhookSecret ?? `whsec_${randomBytes(24).toString('base64')}`;
  const stateDir = options.stateDir ?? mkdtempSync(join(tmpdir(), 'simulator-'));
  const child = fork(join(projectRoot(), 'dist/src/simulator/main.js'), [], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'], execArgv: [],
    env: {
      SIM_PORT: String(options.port ?? 0), SIM_HOST: options.host ?? '127.0.0.1', SIM_DNS_PORT: String(options.dnsPort ?? 0), SIM_STATE_DIR: stateDir,
      SIM_DESK_URL: options.deskUrl ?? '', SIM_LIFT_SECONDS: String(options.liftSeconds ?? 3), NOC_TOKEN: token, NOC_LAUNCH_KEY: launchKey,
      NOC_WEBHOOK_SECRET: webhookSecret, DESK_API_KEY: options.deskApiKey ?? '',
    },
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const line = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => { child.kill('SIGKILL'); reject(new Error('The simulator did not start in 30 s.')); }, START_LIMIT_MS);
    child.once('error', reject).once('exit', (code) => { clearTimeout(timer); reject(new Error(`The simulator ended before it was up (exit ${code}).`)); });
    createInterface({ input: child.stdout! }).once('line', (text) => { clearTimeout(timer); resolve(text); });
  });
  const { url, dns } = JSON.parse(line) as { url: string; dns: string };
  return {
    url, dns, token, launchKey, webhookSecret, stateDir, pid: child.pid!,
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      await gone;
      // Who kills it means to start it again in the world that it leaves.
      if (options.stateDir === undefined && signal === 'SIGTERM') {
        rmSync(stateDir, { recursive: true, force: true });
      }
    },
  };
}
