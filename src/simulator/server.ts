import formbody from '@fastify/formbody';
import fastify from 'fastify';
import { contractRoutes } from './api';
import { controlRoutes, type Parts } from './control';
import { Desk } from './desk';
import { serveDns } from './dns';
import { Faults } from './faults';
import { answerErrors } from './http';
import { Noc } from './noc';
import type { Options } from './options';
import { ovhRoutes } from './ovh';
import { pageRoutes } from './page';
import { Store } from './store';
import { Webhooks } from './webhooks';
import { webhookRoutes } from './webhook-routes';

/** Starts the simulator in this process. `stop` closes everything; state is on disk at any moment. */
export async function startNoc(options: Options): Promise<{ url: string; dns: string; stop: () => Promise<void> }> {
  const store = new Store(options.SIM_STATE_DIR);
  const faults = new Faults();
  const desk = new Desk(options.SIM_DESK_URL, options.DESK_API_KEY, options.NOC_LAUNCH_KEY);
  const noc = new Noc(store, options.SIM_LIFT_SECONDS, (event, block) => {
    if (desk.url) {
      void desk.tell(event, { ...block }).then((told) => told.ok || process.stderr.write(`block event not taken: ${told.status} ${told.why}\n`));
    }
  });
  const parts: Parts = { store, noc, faults, desk, webhooks: new Webhooks(options.NOC_WEBHOOK_SECRET) };

  const app = fastify({ forceCloseConnections: true, bodyLimit: 2 * 1024 * 1024, routerOptions: { maxParamLength: 200 } });
  answerErrors(app);
  await app.register(formbody);
  await app.register((scope, _, done) => { contractRoutes(scope, noc, faults, options.NOC_TOKEN); done(); });
  await app.register((scope, _, done) => { controlRoutes(scope, parts, options.NOC_TOKEN); done(); });
  await app.register((scope, _, done) => { webhookRoutes(scope, parts.webhooks, faults); done(); });
  await app.register((scope, _, done) => { ovhRoutes(scope, noc, faults, options.NOC_TOKEN); done(); });
  await app.register((scope) => pageRoutes(scope, parts));

  const dns = await serveDns(options.SIM_HOST, options.SIM_DNS_PORT, () => store.world.dns, faults);
  const url = await app.listen({ port: options.SIM_PORT, host: options.SIM_HOST });
  return {
    url, dns: `${options.SIM_HOST}:${dns.port}`,
    stop: async () => {
      noc.stop();
      dns.close();
      await app.close();
    },
  };
}
