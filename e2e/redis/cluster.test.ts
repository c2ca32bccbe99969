import { expect, test, vi } from 'vitest'
import { keys } from '#lib/coherence/index.ts'
import { cacheRedis, connectRedis, indexRedis, reconnectRedis } from '#lib/platform/redis.ts'
import { checkRedis } from '../../tools/services/external.ts'
import { clusterSlot } from '../support/clusterSlot.ts'
import type { RedisNode } from '../support/redisNode.ts'
import { redisCluster } from '../support/redisTopology.ts'
import { CHECKED, expectSurvived } from './refusal.ts'
import { describeRedis } from './redisSuite.ts'

/** @returns the primaries of the shards without the index: a slot can move to them alone */
async function otherPrimaries(owner: RedisNode, nodes: readonly RedisNode[]): Promise<RedisNode[]> {
  const roles = await Promise.all(nodes.map(({ client }) => client.info('replication')))
  return nodes.filter((node, i) => node !== owner && roles[i]?.includes('role:master'))
}

const BACK_WITHIN_MS = 15_000
/** Several attempts: the redirection and the end of the connection have to meet. */
const REDIRECTED_WITHIN_MS = 30_000

describeRedis(
  'a Redis Cluster of three shards with replicas',
  redisCluster,
  ['handOver', 'freezePrimary', 'killPrimary'],
  (shop) => {
    test('npm start asks every primary whether it keeps what it is given', async () => {
      const { url, primary } = shop.topology()
      expect(await checkRedis('REDIS_URL', url)).toEqual([expect.stringContaining(`${url} writes nothing to disk`)])
      const { client, port } = await primary()
      await client.config('SET', 'save', '3600 1')
      const [sentence] = await checkRedis('REDIS_URL', url)
      expect(sentence).toMatch(/\(node 127\.0\.0\.1:\d+ and 127\.0\.0\.1:\d+\) writes nothing to disk/)
      expect(sentence?.split('(node')[1]).not.toContain(String(port))
    })

    test('refuses keys of two slots, as the cluster does', async () => {
      await expect(indexRedis().mget(keys.page('one', 'page'), keys.page('another', 'page'))).rejects.toThrow(
        /CROSSSLOT/,
      )
    })

    test('follows a hand-over with commands of many slots in one tick', async () => {
      const bodies = Array.from({ length: 200 }, (_, i) => keys.page('build', String(i)))
      await Promise.all(bodies.map((key) => cacheRedis().set(key, 'body')))
      await shop.topology().handOver()
      const read = await Promise.all(bodies.map((key) => cacheRedis().get(key)))
      expect(new Set(read)).toEqual(new Set(['body']))
    })

    test(
      'a connection that is left comes back, also where a server redirects it at that moment',
      async () => {
        const { url, nodes, primary, heal } = shop.topology()
        const connection = connectRedis(url, 'left-while-redirected', { withinMs: 1_000 })
        const redirectedWhileLeft = async () => {
          const owner = await primary()
          const slot = await clusterSlot(owner, CHECKED[0])
          const to = await (await otherPrimaries(owner, nodes))[0]?.client.cluster('MYID')
          await vi.waitUntil(() => connection.status === 'ready', { timeout: BACK_WITHIN_MS })
          // It is connected to each shard then.
          const pages = Array.from({ length: 50 }, (_, i) => keys.page('build', String(i)))
          await vi.waitFor(() => Promise.all(pages.map((page) => connection.get(page))), { timeout: BACK_WITHIN_MS })
          await owner.client.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', String(to))
          try {
            for (const node of nodes) node.freeze() // none closes its end before the owner has redirected
            const answer = connection.get(keys.tag('price:404')).catch(String)
            reconnectRedis()
            await owner.revive()
            return String(await answer).includes("Cluster isn't ready")
          } finally {
            await heal()
            await owner.client.call('CLUSTER', 'SETSLOT', slot, 'STABLE')
          }
        }
        try {
          // The connection may end before the owner answers.
          await vi.waitUntil(redirectedWhileLeft, { timeout: REDIRECTED_WITHIN_MS })
          await expect.poll(() => connection.status, { timeout: BACK_WITHIN_MS }).toBe('ready')
        } finally {
          connection.disconnect()
        }
        await shop.trusted()
      },
      2 * REDIRECTED_WITHIN_MS,
    )

    // Vitest fails a run in which a promise is rejected and not caught, and Node would end a process.
    test('a server that hangs while keys move to it fails the command that was sent there, and nothing else', async () => {
      const { url, nodes, primary, heal } = shop.topology()
      const owner = await primary()
      const [target] = await otherPrimaries(owner, nodes)
      const slot = await clusterSlot(owner, CHECKED[0])
      const connection = connectRedis(url, 'moved-to-a-frozen-server', { withinMs: 200 })
      await vi.waitUntil(() => connection.status === 'ready', { timeout: BACK_WITHIN_MS })
      await owner.client.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', String(await target?.client.cluster('MYID')))
      try {
        target?.freeze()
        await expect(connection.get(keys.tag('price:404'))).rejects.toThrow('Command timed out')
      } finally {
        await heal()
        await owner.client.call('CLUSTER', 'SETSLOT', slot, 'STABLE')
      }
      await vi.waitFor(async () => expect(await connection.get(keys.tag('price:404'))).toBeNull(), BACK_WITHIN_MS)
      connection.disconnect()
      await shop.trusted()
    })

    test('survives CLUSTERDOWN: the slot of the index belongs to no node', async () => {
      const owner = await shop.topology().primary()
      const slot = await clusterSlot(owner, CHECKED[0])
      await expectSurvived(shop, 'CLUSTERDOWN', {
        begin: () => owner.client.call('CLUSTER', 'DELSLOTS', slot),
        refused: () => owner.client.get(CHECKED[0]),
        end: () => owner.client.call('CLUSTER', 'ADDSLOTS', slot),
      })
    })

    test('survives CLUSTERDOWN: most primaries are frozen', async () => {
      const owner = await shop.topology().primary()
      await expectSurvived(shop, 'CLUSTERDOWN', {
        async begin() {
          for (const node of await otherPrimaries(owner, shop.topology().nodes)) node.freeze()
          await expect.poll(() => owner.client.cluster('INFO'), { timeout: 10_000 }).toContain('cluster_state:fail')
        },
        refused: () => owner.client.get(CHECKED[0]),
        async end() {
          await shop.topology().heal()
          await expect.poll(() => owner.client.cluster('INFO'), { timeout: 10_000 }).toContain('cluster_state:ok')
        },
      })
    })

    test('survives TRYAGAIN: the slot of the index is on its way to another node', async () => {
      const { topology } = shop
      const owner = await topology().primary()
      const slot = await clusterSlot(owner, CHECKED[0])
      const others = await otherPrimaries(owner, topology().nodes)
      const [target] = others
      if (!target) throw new Error('a cluster of one shard')
      const [from, to] = await Promise.all([owner, target].map(({ client }) => client.cluster('MYID')))
      const move = (names: readonly string[]) =>
        owner.client.call('MIGRATE', '127.0.0.1', target.port, '', 0, 5_000, 'KEYS', ...names)
      await expectSurvived(shop, 'TRYAGAIN', {
        async begin() {
          await target.client.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', String(from))
          await owner.client.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', String(to))
          await move([CHECKED[1]])
        },
        refused: () => owner.client.mget(...CHECKED),
        async end() {
          for (;;) {
            const names = await owner.client.call('CLUSTER', 'GETKEYSINSLOT', slot, 1_000)
            if (!Array.isArray(names) || names.length === 0) break
            await move(names.map(String))
          }
          for (const { client } of [target, owner, ...others])
            await client.call('CLUSTER', 'SETSLOT', slot, 'NODE', String(to))
        },
      })
    })
  },
)
