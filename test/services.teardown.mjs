import { rmSync } from 'node:fs';

export default async function teardown() {
  const services = globalThis.deskTestServices;
  if (!services) {
    return;
  }
  if (!services.postgres && services.template) {
    const { DataSource } = await import('typeorm');
    const admin = await new DataSource({ type: 'postgres', url: services.template.server }).initialize();
    await admin.query(`drop database if exists ${services.template.name}`);
    await admin.destroy();
  }
  await Promise.all([services.postgres?.stop(), services.redis?.stop()]);
  rmSync(services.dir, { recursive: true, force: true });
}
