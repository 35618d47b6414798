import type { Attempt, Delivery, DeliveryState, Endpoint, EndpointKey } from './webhook-store';

const STATES: Record<DeliveryState, { tone: string; icon: string; label: string }> = {
  pending: { tone: 'warn', icon: 'hourglass', label: 'Waits' }, delivered: { tone: 'good', icon: 'check', label: 'Delivered' }, failed: { tone: 'bad', icon: 'circle-x', label: 'Given up' },
  stopped: { tone: 'unknown', icon: 'ban', label: 'Stopped' },
};
export const SAID: Record<string, string> = {
  retired: 'The old key signs nothing any more.', enabled: 'The endpoint is told again, from now on. What was stopped meanwhile can be sent again one by one.', disabled: 'The endpoint is told nothing more.',
  replayed: 'It is on its way once more, with the same id and the same bytes.', tested: 'A test event is on its way.',
};

/** A key that was just made: the only time at which it is shown. */
export interface Fresh { endpointId: string; secret: string | null; public: string | null }

export interface WebhooksPage {
  endpoints: Endpoint[];
  keys: EndpointKey[];
  deliveries: Delivery[];
  mayChange: boolean;
  said?: string;
  fresh?: Fresh;
  problem?: { message: string; url: string };
  troubled: boolean;
  settingsKeys: number;
}

const chip = (delivery: Delivery) => {
  const again = delivery.state === 'pending' && delivery.tries > 0;
  return { ...STATES[delivery.state], label: again ? 'Tried again later' : STATES[delivery.state].label, icon: again ? 'refresh' : STATES[delivery.state].icon };
};

/** What templates/settings/webhooks.hbs shows. */
export function webhooksView(page: WebhooksPage) {
  return {
    title: 'Webhooks', mayChange: page.mayChange, said: page.said ? (SAID[page.said] ?? null) : null, problem: page.problem ?? null, troubled: page.troubled,
    endpoints: page.endpoints.map((endpoint) => {
      const keys = page.keys.filter((key) => key.endpointId === endpoint.id);
      return {
        ...endpoint, keys: keys.map((key) => ({ ...key, name: key.kind === 'hmac' ? 'HMAC-SHA256 (v1)' : 'ed25519 (v1a)', old: keys.length > 1 && key.id === keys[0]?.id })),
        canRotate: page.mayChange && !endpoint.fromSettings && keys.length < 2, canRetire: page.mayChange && keys.length > 1,
        fresh: page.fresh?.endpointId === endpoint.id ? page.fresh : null,
        settingsKeys: endpoint.fromSettings ? page.settingsKeys : null,
      };
    }),
    deliveries: page.deliveries.map((delivery) => ({ ...delivery, chip: chip(delivery), answered: delivery.lastStatus ?? (delivery.tries > 0 ? 'no answer' : '') })),
  };
}

/** What templates/settings/webhook-delivery.hbs shows. */
export function deliveryView(delivery: Delivery, attempts: Attempt[], mayChange: boolean) {
  return {
    title: `Delivery of ${delivery.type}`, delivery: { ...delivery, chip: chip(delivery) }, canReplay: mayChange && delivery.state !== 'pending', body: pretty(delivery.body),
    attempts: attempts.map((attempt) => ({ ...attempt, headers: Object.entries(attempt.headers).map(([name, value]) => ({ name, value })), ok: attempt.status !== null && attempt.status < 300 })),
  };
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
