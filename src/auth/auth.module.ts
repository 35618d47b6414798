import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { NocModule } from '../noc/noc.module';
import { AccessGuard } from './access.guard';
import { AddressTokens } from './address-tokens.service';
import { Anomalies } from './anomalies.service';
import { ApiKey } from './api-key.entity';
import { ApiKeysService } from './api-keys.service';
import { Attempts } from './attempts.service';
import { CustomerSignInController } from './customer-sign-in.controller';
import { IdentityProvider } from './identity-provider.service';
import { LaunchService } from './launch.service';
import { LaunchTickets } from './launch-tickets.service';
import { Once } from './once.service';
import { Session } from './session.entity';
import { SessionsService } from './sessions.service';
import { SignedEvents } from './signed-events.service';
import { SignInLinks } from './sign-in-links.service';
import { SingleSignOnController } from './single-sign-on.controller';
import { StaffIdentities } from './staff-identities.service';
import { StaffMember } from './staff-member.entity';
import { StaffSignInController } from './staff-sign-in.controller';
import { StaffService } from './staff.service';

/** Who is asking: staff accounts, sessions, API keys, and the guard before every route. */
@Global()
@Module({
  imports: [TypeOrmModule.forFeature([ApiKey, Session, StaffMember]), NocModule],
  controllers: [CustomerSignInController, SingleSignOnController, StaffSignInController],
  providers: [AddressTokens, Anomalies, ApiKeysService, Attempts, IdentityProvider, LaunchService, LaunchTickets, Once, SessionsService, SignedEvents, SignInLinks, StaffIdentities, StaffService, { provide: APP_GUARD, useClass: AccessGuard }],
  exports: [AddressTokens, Anomalies, ApiKeysService, Attempts, LaunchService, LaunchTickets, Once, SessionsService, SignedEvents, StaffIdentities, StaffService],
})
export class AuthModule {}
