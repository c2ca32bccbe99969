/** The caching kernel of one process, put together from what the application hands in. */
import { IndexKeeper } from './index/keeper.ts'
import { OutboxFollower } from './index/outboxFollower.ts'
import { Publisher } from './index/publisher.ts'
import { VersionIndex } from './index/versionIndex.ts'
import { silent, type Ports } from './ports.ts'
import { Misses } from './render/misses.ts'
import { OwnRenders } from './render/ownRender.ts'
import { createDataCache, type DataCache } from './store/dataCache.ts'
import { createPageCache, type PageCache } from './store/pageCache.ts'

export interface Coherence {
  /** What is current: read it, ask whether it is trusted, put it right. */
  readonly index: VersionIndex
  /** What has changed: publish it, revalidate. */
  readonly publisher: Publisher
  /** Keeps the index believed: each process takes part from its first use of the index on. Stop it when the process ends. */
  readonly keeper: IndexKeeper
  readonly pages: PageCache
  readonly data: DataCache
  readonly ownRenders: OwnRenders
  readonly misses: Misses
  readonly ports: Ports
}

/**
 * Everything that the handlers and the fast path of a process share. One a process: Next bundles modules more than once,
 * so an application keeps the result where all copies find it.
 * @example see README.md
 */
export function createCoherence(ports: Ports): Coherence {
  const index: VersionIndex = new VersionIndex(ports, () => keeper.start())
  const publisher = new Publisher(index, (ports.log ?? silent)('index'), ports.outer)
  const keeper: IndexKeeper = new IndexKeeper(ports, index, publisher, new OutboxFollower(ports.source, publisher))
  return {
    index,
    publisher,
    keeper,
    pages: createPageCache(ports, index),
    data: createDataCache(ports, index),
    ownRenders: new OwnRenders(),
    misses: new Misses(ports.metrics),
    ports,
  }
}
