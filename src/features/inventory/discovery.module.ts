import {
  type DynamicModule,
  Inject,
  Injectable,
  Module,
  type OnApplicationShutdown,
  type Provider,
} from '@nestjs/common';
import { SETTINGS, type Settings } from '../../platform/config/settings.js';
import { DiscoveryLoaders } from './api/discovery.loaders.js';
import { DiscoveryResolver } from './api/discovery.resolver.js';
import { SweepResolver } from './api/sweep.resolver.js';
import { CLOUD } from './cloud-token.js';
import { DiscoveryAccountRepository } from './data/discovery-account.repository.js';
import { SweepQueue } from './data/sweep-queue.js';
import { SweepRepository } from './data/sweep.repository.js';
import { DiscoveryAccountsService } from './discovery-accounts.service.js';
import type { Cloud } from './domain/cloud.js';
import { InventoryModule } from './inventory.module.js';
import { InventoryStore } from './inventory-store.js';
import { AwsCloud, awsOptions } from './ports/aws/aws-cloud.js';
import { ScopeSweep } from './scope-sweep.js';
import { SweepMetrics } from './sweep-metrics.js';
import { SweepRunner } from './sweep-runner.js';
import { SweepSchedule } from './sweep-schedule.js';
import { SweepSettler } from './sweep-settler.js';
import { SweepsService } from './sweeps.service.js';

/** Which accounts are discovered, and the sweeps that do it. */
@Module({})
export class DiscoveryModule {
  /** `cloud`: in place of AWS, for tests. */
  static of(cloud?: Cloud): DynamicModule {
    const provider: Provider = cloud
      ? { provide: CLOUD, useValue: cloud }
      : {
          provide: CLOUD,
          inject: [SETTINGS],
          useFactory: ({ discovery }: Settings) => new AwsCloud(awsOptions(discovery)),
        };
    return {
      module: DiscoveryModule,
      imports: [InventoryModule],
      providers: [
        provider,
        {
          provide: ScopeSweep,
          inject: [CLOUD, InventoryStore],
          useFactory: (given: Cloud, store: InventoryStore) => new ScopeSweep(given, store),
        },
        DiscoveryAccountRepository,
        SweepRepository,
        SweepQueue,
        SweepMetrics,
        SweepSettler,
        SweepRunner,
        SweepSchedule,
        SweepsService,
        DiscoveryAccountsService,
        DiscoveryLoaders,
        DiscoveryResolver,
        SweepResolver,
        CloudCloser,
      ],
    };
  }
}

@Injectable()
class CloudCloser implements OnApplicationShutdown {
  constructor(
    private readonly runner: SweepRunner,
    @Inject(CLOUD) private readonly cloud: Cloud,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await this.runner.onApplicationShutdown();
    await this.cloud.close();
  }
}
