import { Injectable } from '@nestjs/common';
import type { Staff } from '../auth/principal';
import { may } from '../core/policy/may';
import { ROUTING, type RoutingRule } from '../core/routing/routing-rule';
import type { AlsoKept } from '../platform/database/transactions';
import { Forbidden } from '../platform/http/errors';
import { VersionsService } from './versions.service';

/** The routing rules: read, saved as a new version, put back. */
@Injectable()
export class RoutingService {
  constructor(private readonly versions: VersionsService) {}

  /** The rules in force, or those of a version; version 0 is what the desk began with. @throws NotFound */
  async rules(version?: number): Promise<{ version: number; rules: readonly RoutingRule[] }> {
    const found = version === 0 ? null : await this.versions.read<RoutingRule[]>('routing', version);
    return found ? { version: found.version, rules: found.body } : { version: 0, rules: ROUTING };
  }

  /** @throws Conflict when somebody saved meanwhile, Forbidden for who decides and would change when two people are due */
  async save(on: number, rules: readonly RoutingRule[], why: string, by: Staff, also?: AlsoKept<number>): Promise<number> {
    const { rules: now } = await this.rules();
    if (asksTwo(now) !== asksTwo(rules) && !may(by.role, 'change_rules')) {
      throw new Forbidden('When two people are due is not changed by who decides: an admin saves that.');
    }
    return this.versions.save('routing', on, rules as object, why, by, also);
  }

  /** A new version with the rules of an old one. */
  async restore(on: number, to: number, why: string | undefined, by: Staff, also?: AlsoKept<number>): Promise<number> {
    return this.save(on, (await this.rules(to)).rules, why ?? `Back to version ${to}`, by, also);
  }
}

/** All that the rules say of a second person, in a form that can be compared. */
const asksTwo = (rules: readonly RoutingRule[]): string => JSON.stringify(rules.filter((rule) => rule.secondPerson).map((rule) => Object.entries(rule.when).sort()));
