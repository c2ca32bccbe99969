/** What caches hear of a switch before and after its commit: every page shows it at once, and no outer cache anything older. */
import type { PreparedCommit } from '#lib/coherence/index.ts'
import { coherence, versionSource } from '#lib/catalog/coherence.ts'
import type { Transaction } from '../../transaction.ts'

/** Milliseconds before the commit at which an edge hears of it: 40,000 versions take Varnish 140 ms, and our Worker 10. */
export const EDGE_LEAD_MS = 600

/** Brings what the transaction has changed to the caches, unseen. To be called in it, when it changes no price any more. */
export const stageSwitch = (tx: Transaction): Promise<PreparedCommit> =>
  coherence().prepareCommit(versionSource(() => tx))
