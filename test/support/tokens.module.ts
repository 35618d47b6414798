import { Global, Module } from '@nestjs/common';
import { AddressTokens } from '../../src/auth/address-tokens.service';
import { SignedEvents } from '../../src/auth/signed-events.service';

/** What the spine asks of src/auth, without its doors and pages. */
@Global()
@Module({ providers: [AddressTokens, SignedEvents], exports: [AddressTokens, SignedEvents] })
export class TokensModule {}
