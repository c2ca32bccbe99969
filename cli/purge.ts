/** `npm run purge -- --product 42 --reason "…"`: break glass from the shell, as Admin → Freshness → Purge does it. */
import { userInfo } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { shellPrincipal } from '#lib/access/principal.ts'
import { edgeFromEnv } from '#lib/cdn/edgeFromEnv.ts'
import { useEdge } from '#lib/cdn/edgePort.ts'
import { purgeProgress } from '#lib/delivery/purge/progress.ts'
import { purge, type PurgeParts } from '#lib/delivery/purge/purge.ts'
import { purgeReason, purgeScope } from '#lib/delivery/purge/scope.ts'
import { coherence } from '#lib/catalog/coherence.ts'
import { db } from '#lib/platform/db.ts'
import { cacheRedis } from '#lib/platform/redis.ts'
import { say, SetupError, stopWithSentence } from '../tools/progress.mjs'
import { useRunningShop } from '../tools/run/runningShop.ts'

const USAGE = 'Usage: npm run purge -- (--product ID | --category ID | --locale de | --everything) --reason "…"'
const FOLLOWED_MS = 60_000

function asked() {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    options: { product: text, category: text, locale: text, everything: { type: 'boolean' }, reason: text },
  })
  const { product, category, locale, everything, reason } = values
  const scopes = [
    product !== undefined && { kind: 'product', id: product },
    category !== undefined && { kind: 'category', id: category },
    locale !== undefined && { kind: 'locale', locale },
    everything && { kind: 'everything' },
  ].filter(Boolean)
  if (scopes.length !== 1) throw new SetupError(`Say what to purge, one thing. ${USAGE}`)
  const [scope, why] = [purgeScope.safeParse(scopes[0]), purgeReason.safeParse(reason)]
  if (!scope.success) throw new SetupError(`${scope.error.issues[0]?.message} ${USAGE}`)
  if (!why.success) throw new SetupError(`--reason: ${why.error.issues[0]?.message} ${USAGE}`)
  return { scope: scope.data, reason: why.data }
}

try {
  const { scope, reason } = asked()
  useRunningShop()
  const edge = edgeFromEnv()
  useEdge(edge)
  const parts: PurgeParts = { db: db(), cacheRedis: cacheRedis(), coherence: coherence(), edge }
  await parts.coherence.index.connect()
  const outcome = await purge(parts, scope, reason, shellPrincipal(userInfo().username))
  if (!outcome) throw new SetupError(`There is no such ${scope.kind}.`)
  say(`Purged ${outcome.target}: ${outcome.state}. ${outcome.removed} keys were taken out of Redis.`)
  const deadline = performance.now() + FOLLOWED_MS
  for (;;) {
    const { delivered, lastError, warming } = await purgeProgress(parts.db, outcome.correlationId)
    const waiting = warming.reduce((sum, one) => sum + (one.waiting ?? 0), 0)
    if (delivered && waiting === 0) break
    if (performance.now() > deadline)
      throw new SetupError(lastError ?? 'It is not everywhere yet. The worker goes on with it.')
    await delay(500)
  }
  say('Every layer was read back, and no popular page waits to be rendered.')
  process.exit(0)
} catch (error) {
  stopWithSentence(error)
  process.exit(1)
}
