import 'reflect-metadata';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import { AppModule } from './app.module';
import { SessionsService } from './auth/sessions.service';
import { may } from './core/policy/may';
import { NocService } from './noc/noc.service';
import { loadConfig, type Config } from './platform/config/config';
import { armCrashPoint } from './platform/crash-points';
import { createApp } from './platform/http/create-app';
import { Watermark } from './platform/database/watermark';
import type { Viewer } from './platform/http/viewer';
import { serveOpenApi } from './settings/openapi';

/** A hung handler must not keep a process alive past this, in milliseconds. */
const EXIT_WITHIN_MS = 25_000;

/** Builds the application from settings, without listening: tests use it too. */
export async function build(config: Config): Promise<NestFastifyApplication> {
  const app = await createApp(AppModule.with(config), config, viewerOf);
  serveOpenApi(app);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}

/** Starts this process in the roles of its settings. */
export async function start(): Promise<void> {
  const config = loadConfig();
  if (config.CRASH_AT) {
    armCrashPoint(config.CRASH_AT);
  }
  const app = await build(config);
  await migrationsDone(app.get(DataSource));
  if (config.ROLES.includes('web')) {
    await app.listen({ port: config.PORT, host: config.HOST });
  }
  const hurry = (): void => {
    setTimeout(() => process.exit(1), EXIT_WITHIN_MS).unref();
  };
  process.once('SIGTERM', hurry);
  process.once('SIGINT', hurry);
  process.send?.({ ready: true });
  process.stdout.write(`${JSON.stringify({ ready: true, roles: config.ROLES, url: config.PUBLIC_URL })}\n`);
}

/** The session of a request, resolved once, for the guard and for the pages. */
function viewerOf(app: NestFastifyApplication): (request: FastifyRequest) => Promise<Viewer | null> {
  const [sessions, watermark] = [app.get(SessionsService), app.get(Watermark)];
  return async (request) => {
    const who = request.headers.authorization === undefined && request.cookies[sessions.cookieName] ? await sessions.whose(request) : null;
    (request as FastifyRequest & { principal?: unknown }).principal = who ?? undefined;
    switch (who?.kind) {
      case 'staff':
        return {
          kind: 'staff', name: who.staff.name, detail: who.staff.role, csrf: who.csrf, settings: may(who.staff.role, 'see_settings'), insights: may(who.staff.role, 'see_insights'), audit: may(who.staff.role, 'see_audit'), mail: may(who.staff.role, 'see_mail'), paused: watermark.paused,
          lifts: app.get(NocService).byHand && may(who.staff.role, 'confirm_lift'),
        };
      case 'customer':
        return { kind: 'customer', name: who.account.name ?? who.account.email, detail: `account ${who.account.id}`, csrf: who.csrf };
      default:
        return null;
    }
  };
}

async function migrationsDone(source: DataSource): Promise<void> {
  const [row] = (await source.query(`select to_regclass('ticket') is not null as there`)) as { there: boolean }[];
  if (!row?.there) {
    throw new Error('The database is empty: run `npm run cli -- migrate` first.');
  }
}
