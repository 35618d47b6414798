import { Global, Module } from '@nestjs/common';
import { AddressTokens } from '../../src/auth/address-tokens.service';

/** What the spine asks of src/auth, without its doors and pages. */
@Global()
@Module({ providers: [AddressTokens], exports: [AddressTokens] })
export class TokensModule {}
