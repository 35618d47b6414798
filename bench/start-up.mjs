// F12: from the start of the process to the first good answer of /health/ready, files cached, in all three roles.
import { get } from 'node:http';
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { tell } from './figures.mjs';

export async function startUp(world, { quick }) {
  const desk = await world.desk('start_up');
  const [times, repetitions] = [[], quick ? 3 : 7];
  for (let i = 0; i <= repetitions; i++) {
    const took = await once(world, desk);
    if (i > 0) {
      times.push(took); // the first one fills the caches
    }
  }
  const node = [];
  for (let i = 0; i < repetitions; i++) {
    node.push(await bareNode());
  }
  tell('process', 'F12', 's', times, { floor: 2, goal: 1.2, less: true });
  tell('process', 'F12.node', 's', node);
  await desk.close();
}

async function once(world, desk) {
  let took = 0;
  const app = await world.app({
    url: desk.url, ROLES: 'web,worker,mail',
    started: async (port, isGone) => {
      const since = performance.now();
      while (!isGone()) {
        if ((await status(port)) === 200) {
          took = (performance.now() - since) / 1_000;
          return;
        }
        await sleep(5);
      }
    },
  });
  await app.stop();
  return took;
}

function status(port) {
  return new Promise((done) => {
    const request = get({ port, host: '127.0.0.1', path: '/health/ready', agent: false, timeout: 2_000 }, (answer) => {
      answer.resume();
      answer.once('end', () => done(answer.statusCode));
    });
    request.once('error', () => done(0)).once('timeout', () => request.destroy());
  });
}

/** An empty program: what is Node's own share. */
function bareNode() {
  const since = performance.now();
  return new Promise((done) => spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }).once('exit', () => done((performance.now() - since) / 1_000)));
}
