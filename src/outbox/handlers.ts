import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { JOBS, type JobName } from '../core/ticket/effects';
import { Handles, type Handler } from './handles';

/** Finds every method with `@Handles` and refuses to start on a job without a handler, or with two. */
@Injectable()
export class Handlers implements OnModuleInit {
  private readonly found = new Map<JobName, Handler>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  onModuleInit(): void {
    for (const wrapper of this.discovery.getProviders()) {
      const instance = wrapper.instance as Record<string, unknown> | null;
      if (!instance || typeof instance !== 'object') {
        continue;
      }
      for (const name of this.scanner.getAllMethodNames(Object.getPrototypeOf(instance) as object)) {
        const job = this.discovery.getMetadataByDecorator(Handles, wrapper, name);
        if (job) {
          this.add(job, (row) => (instance[name] as Handler).call(instance, row));
        }
      }
    }
    const without = JOBS.filter((job) => !this.found.has(job));
    if (without.length > 0) {
      throw new Error(`These jobs have no handler: ${without.join(', ')}`);
    }
  }

  for(job: JobName): Handler | undefined {
    return this.found.get(job);
  }

  private add(job: JobName, handler: Handler): void {
    if (this.found.has(job)) {
      throw new Error(`The job ${job} has two handlers.`);
    }
    this.found.set(job, handler);
  }
}
