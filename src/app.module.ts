import { type DynamicModule, Module } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { AccessModule } from './features/access/index.js';
import { AllocationModule } from './features/allocation/index.js';
import { FindingsModule } from './features/findings/index.js';
import { type Cloud, DiscoveryModule, InventoryModule } from './features/inventory/index.js';
import { OverlapModule } from './features/overlap/index.js';
import { RoutingDomainsModule } from './features/routing-domains/index.js';
import { AuthModule } from './platform/auth/auth.module.js';
import { ConfigModule } from './platform/config/config.module.js';
import type { Settings } from './platform/config/settings.js';
import { DatabaseModule } from './platform/database/database.module.js';
import { EventsModule } from './platform/events/index.js';
import { JobsModule } from './platform/jobs/jobs.module.js';
import { GraphqlApiModule } from './platform/graphql/graphql.module.js';
import { OpsModule } from './platform/ops/ops.module.js';

/** The map: which features make this service. */
@Module({})
export class AppModule {
  /** `cloud`: what is discovered in place of AWS, for tests. */
  static of(settings: Settings, dataSource: DataSource, { cloud }: { cloud?: Cloud } = {}): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.of(settings),
        DatabaseModule.of(dataSource),
        EventsModule,
        AuthModule,
        JobsModule,
        GraphqlApiModule,
        OpsModule,
        AccessModule,
        RoutingDomainsModule,
        FindingsModule,
        AllocationModule,
        InventoryModule,
        DiscoveryModule.of(cloud),
        OverlapModule,
      ],
    };
  }
}
