import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { JOBS, type JobName } from '../core/ticket/effects';
import { Handles, LooksAhead, type Handler } from './handles';

/** Finds every method with `@Handles` and refuses to start on a job without a handler, or with two. */
@Injectable()
export class Handlers implements OnModuleInit {
  private readonly found = new Map<JobName, Handler>();
  private looks: ((id: string) => Promise<unknown>) | null = null;

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
          this.add(job, (row, ahead) => (instance[name] as Handler).call(instance, row, ahead));
        }
        if (this.discovery.getMetadataByDecorator(LooksAhead, wrapper, name) !== undefined) {
          if (this.looks) {
            throw new Error('Two methods look ahead.');
          }
          this.looks = (id) => (instance[name] as (id: string) => Promise<unknown>).call(instance, id);
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

  /** What can be looked up for an urgent row while it is being taken; null when that fails: the handler looks for itself then. */
  ahead(id: string): Promise<unknown> {
    return this.looks ? this.looks(id).catch(() => null) : Promise.resolve(null);
  }

  private add(job: JobName, handler: Handler): void {
    if (this.found.has(job)) {
      throw new Error(`The job ${job} has two handlers.`);
    }
    this.found.set(job, handler);
  }
}
