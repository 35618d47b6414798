import { Body, Controller, Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Allow, Who } from '../auth/access';
import type { Principal, Staff } from '../auth/principal';
import { may } from '../core/policy/may';
import { ReservedKey, ShownBefore, type Reserved } from '../evidence/reserved';
import { CONFIG, type Config } from '../platform/config/config';
import { InvalidInput, NotFound } from '../platform/http/errors';
import { View } from '../platform/http/view';
import { allowed } from './allowed';
import { keysOfSettings, type MadeKey } from './webhook-keys';
import { WebhookStore } from './webhook-store';
import { WebhooksService } from './webhooks.service';
import { deliveryView, SAID, webhooksView, type Fresh } from './webhooks.view';

const id = z.uuid({ error: 'must be an id' });
const kind = z.enum(['hmac', 'ed25519'], { error: 'must be hmac or ed25519' });
const csrf = { _csrf: z.string().optional() };
const nothing = z.strictObject(csrf);
const keyForm = z.strictObject({ ...csrf, kind });
const addForm = z.strictObject({ ...csrf, url: z.string().max(2000).transform((text) => text.trim()), kind });
const pageQuery = z.object({ said: z.string().refine((key) => key in SAID).optional().catch(undefined), show: z.literal('troubled').optional().catch(undefined), endpoint: z.uuid().optional().catch(undefined) });
const PAGE = '/desk/settings/webhooks';
const ONLY = 'Webhooks are changed by admins.';

/** Where webhooks go, with which keys they are signed, and what became of each. */
@Allow({ staff: true })
@Controller('desk/settings/webhooks')
export class WebhooksController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly view: View,
    private readonly store: WebhookStore,
    private readonly webhooks: WebhooksService,
  ) {}

  @Get()
  async page(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query({ schema: pageQuery }) query: z.output<typeof pageQuery>): Promise<void> {
    await this.show(request, reply, allowed(who, 'see_settings', 'The settings are for leads and admins.'), query);
  }

  /** The answer shows the secret of the new key, once: to the same form sent twice again, since only the last answer is seen. */
  @Post()
  async add(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body({ schema: addForm }) { url, kind: wanted }: z.output<typeof addForm>, @ReservedKey() reserved: Reserved | null, @ShownBefore() before: unknown): Promise<void> {
    const staff = allowed(who, 'change_webhooks', ONLY);
    const fresh = ({ id: endpointId, made }: { id: string; made: MadeKey }): Fresh => ({ endpointId, secret: made.secret, public: made.public });
    try {
      await this.show(request, reply, staff, {}, (before as Fresh | null) ?? fresh(await this.webhooks.add(url, wanted, staff, reserved?.along(200, fresh, true))));
    } catch (error) {
      if (!(error instanceof InvalidInput)) {
        throw error;
      }
      void reply.status(422);
      await this.show(request, reply, staff, {}, undefined, { message: error.errors[0]?.message ?? '', url });
    }
  }

  @Post(':id/keys')
  async rotate(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id', { schema: id }) endpointId: string, @Body({ schema: keyForm }) form: z.output<typeof keyForm>, @ReservedKey() reserved: Reserved | null, @ShownBefore() before: unknown): Promise<void> {
    const staff = allowed(who, 'change_webhooks', ONLY);
    const fresh = (made: MadeKey): Fresh => ({ endpointId, secret: made.secret, public: made.public });
    await this.show(request, reply, staff, {}, (before as Fresh | null) ?? fresh(await this.webhooks.rotate(endpointId, form.kind, staff, reserved?.along(200, fresh, true))));
  }

  @Post(':id/keys/:key/retire')
  async retire(@Who() who: Principal, @Res() reply: FastifyReply, @Param('id', { schema: id }) endpointId: string, @Param('key', { schema: id }) key: string, @Body({ schema: nothing }) _body: object): Promise<void> {
    await this.webhooks.retire(endpointId, key, allowed(who, 'change_webhooks', ONLY));
    await reply.redirect(`${PAGE}?said=retired`, 303);
  }

  @Post(':id/enable')
  async enable(@Who() who: Principal, @Res() reply: FastifyReply, @Param('id', { schema: id }) endpointId: string, @Body({ schema: nothing }) _body: object): Promise<void> {
    await this.webhooks.switch(endpointId, true, allowed(who, 'change_webhooks', ONLY));
    await reply.redirect(`${PAGE}?said=enabled`, 303);
  }

  @Post(':id/disable')
  async disable(@Who() who: Principal, @Res() reply: FastifyReply, @Param('id', { schema: id }) endpointId: string, @Body({ schema: nothing }) _body: object): Promise<void> {
    await this.webhooks.switch(endpointId, false, allowed(who, 'change_webhooks', ONLY));
    await reply.redirect(`${PAGE}?said=disabled`, 303);
  }

  @Post(':id/test')
  async test(@Who() who: Principal, @Res() reply: FastifyReply, @Param('id', { schema: id }) endpointId: string, @Body({ schema: nothing }) _body: object): Promise<void> {
    await this.webhooks.test(endpointId, allowed(who, 'change_webhooks', ONLY));
    await reply.redirect(`${PAGE}?said=tested#deliveries`, 303);
  }

  /** One delivery with what was sent and answered, try by try. */
  @Get('deliveries/:id')
  async delivery(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id', { schema: id }) key: string): Promise<void> {
    const staff = allowed(who, 'see_settings', 'The settings are for leads and admins.');
    const found = await this.store.delivery(key);
    if (!found) {
      throw new NotFound('There is no such delivery.');
    }
    this.view.render(request, reply, 'settings/webhook-delivery', deliveryView(found, await this.store.attempts(key), may(staff.role, 'change_webhooks')));
  }

  @Post('deliveries/:id/replay')
  async replay(@Who() who: Principal, @Res() reply: FastifyReply, @Param('id', { schema: id }) key: string, @Body({ schema: nothing }) _body: object): Promise<void> {
    await this.webhooks.replay(key, allowed(who, 'change_webhooks', ONLY));
    await reply.redirect(`${PAGE}?said=replayed#deliveries`, 303);
  }

  private async show(request: FastifyRequest, reply: FastifyReply, staff: Staff, query: z.output<typeof pageQuery>, fresh?: Fresh, problem?: { message: string; url: string }): Promise<void> {
    const [endpoints, keys, deliveries] = await Promise.all([this.store.endpoints(), this.store.keys(), this.store.deliveries(query.show, query.endpoint)]);
    this.view.render(request, reply, 'settings/webhooks', webhooksView({
      endpoints, keys, deliveries, mayChange: may(staff.role, 'change_webhooks'), said: query.said, fresh, problem, troubled: query.show === 'troubled',
      settingsKeys: keysOfSettings(this.config.NOC_WEBHOOK_SECRET ?? '').length,
    }));
  }
}
