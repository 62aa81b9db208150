import { Injectable } from '@nestjs/common';
import DataLoader from 'dataloader';
import { DomainLinksService } from '../domain-links.service.js';
import { type DomainLinkType, domainLinkTypeOf } from './domain-link.types.js';

/** Links of many routing domains in two statements. Remembers nothing, so it serves all requests. */
@Injectable()
export class DomainLinksLoader {
  private readonly loader: DataLoader<number, DomainLinkType[]>;

  constructor(links: DomainLinksService) {
    this.loader = new DataLoader(
      async (ids) => (await links.of(ids)).map((found) => found.map(domainLinkTypeOf)),
      { cache: false },
    );
  }

  load(id: number): Promise<DomainLinkType[]> {
    return this.loader.load(id);
  }
}
