import { Global, Module } from '@nestjs/common';
import { ChangeFeed } from './change-feed.js';
import { Publisher } from './publisher.js';

@Global()
@Module({ providers: [Publisher, ChangeFeed], exports: [Publisher, ChangeFeed] })
export class EventsModule {}
