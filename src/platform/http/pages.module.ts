import { Global, Module } from '@nestjs/common';
import { View } from './view';

/** The pages' floor: the view. */
@Global()
@Module({ providers: [View], exports: [View] })
export class PagesModule {}
