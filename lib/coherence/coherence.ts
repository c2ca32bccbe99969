/** The caching kernel of one process, put together from what the application hands in. */
import { IndexKeeper } from './index/keeper.ts'
import { OutboxFollower } from './index/outboxFollower.ts'
import { PreparedCommit } from './index/preparedCommit.ts'
import { Publisher } from './index/publisher.ts'
import { VersionIndex } from './index/versionIndex.ts'
import { noOuterCache, silent, type Ports, type VersionSource } from './ports.ts'
import { Misses } from './render/misses.ts'
import { OwnRenders } from './render/ownRender.ts'
import { BodyRoom } from './store/bodyRoom.ts'
import { createDataCache, type DataCache } from './store/dataCache.ts'
import { FilledPages } from './store/filledPages.ts'
import { createPageCache, type PageCache } from './store/pageCache.ts'
import { Placeholders } from './template/placeholders.ts'
import { SlotValues } from './template/slotValues.ts'

export interface Coherence {
  /** The versions: reads them, says whether they are trusted, puts them right. */
  readonly index: VersionIndex
  /** The changes: publishes them, and revalidates tags. */
  readonly publisher: Publisher
  /** For a commit that every cache shall show at once; see `PreparedCommit`. @param own reads in the transaction */
  readonly prepareCommit: (own: Pick<VersionSource, 'uncommitted'>) => Promise<PreparedCommit>
  /** Keeps the index believed: each process takes part from its first use of the index on. Stop it when the process ends. */
  readonly keeper: IndexKeeper
  readonly pages: PageCache
  readonly filled: FilledPages
  /** The placeholders that a page gets for the values of its slots; undefined for an application without slots. */
  readonly placeholders: Placeholders | undefined
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
  const { source, outer = noOuterCache } = ports
  const log = (ports.log ?? silent)('index')
  const publisher = new Publisher(index, log, outer)
  const keeper: IndexKeeper = new IndexKeeper(ports, index, publisher, new OutboxFollower(ports, publisher))
  const filled = new FilledPages(ports, ports.slots && new SlotValues(ports.slots))
  const room = new BodyRoom(ports.cacheRedis, ports.metrics)
  let placeholders: Placeholders | undefined
  return {
    index,
    publisher,
    prepareCommit: (own) => PreparedCommit.prepare({ index, source, outer, log }, own),
    keeper,
    pages: createPageCache(ports, index, room, (key, entry) => filled.forget(key, entry)),
    filled,
    get placeholders() {
      // Not at once: only a process that renders needs a build.
      placeholders ??= ports.slots && new Placeholders(ports.slots, ports.buildId())
      return placeholders
    },
    data: createDataCache(ports, index, room),
    ownRenders: new OwnRenders((ports.log ?? silent)('template')),
    misses: new Misses(ports.metrics),
    ports,
  }
}
