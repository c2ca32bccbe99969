/** One server, a cluster of three shards with a replica each, and a primary with a replica under three Sentinels. */
import { keys } from '#lib/coherence/index.ts'
import { redisNode, type RedisNode, until } from './redisNode.ts'

export interface Topology {
  /** As REDIS_URL names it. */
  readonly url: string
  readonly nodes: readonly RedisNode[]
  /** The server that holds the version index now. */
  primary(): Promise<RedisNode>
  /** Kills that server without warning. Returns when another one took its place, or when it is back where there is no other. */
  killPrimary(): Promise<void>
  /** Stops that server without closing its connections. Returns when another one took its place. */
  freezePrimary(): Promise<void>
  /** Moves the index to another server in good order; none of the two ends. */
  handOver(): Promise<void>
  /** All servers run again, each where it belongs. */
  heal(): Promise<void>
  close(): Promise<void>
}

const SHARDS = 3
const SLOTS = 16_384
const QUORUM = 2
/** Not saved: SIGTERM would write a file that nothing reads. */
const IN_MEMORY = ['save ""', 'repl-diskless-sync-delay 0', 'repl-ping-replica-period 1']

const closeAll = async (nodes: readonly RedisNode[]) => void (await Promise.all(nodes.map((node) => node.close())))

async function started<T>(nodes: readonly RedisNode[], prepare: () => Promise<T>): Promise<T> {
  try {
    return await prepare()
  } catch (error) {
    await closeAll(nodes)
    throw error
  }
}

const linked = async ({ client }: RedisNode) => (await client.info('replication')).includes('master_link_status:up')

/** Revives all servers and waits until `primaries` of them are primaries, and the others follow them. */
async function heal(nodes: readonly RedisNode[], primaries: number): Promise<void> {
  await Promise.all(nodes.filter(({ alive }) => !alive).map((node) => node.revive()))
  await until('every server is back in its place', async () => {
    const said = await Promise.all(nodes.map(({ client }) => client.info('replication')))
    const following = said.filter((info) => info.includes('master_link_status:up')).length
    return (
      said.filter((info) => info.includes('role:master')).length === primaries && following === nodes.length - primaries
    )
  })
}

export async function singleRedis(settings: readonly string[] = ['appendonly yes']): Promise<Topology> {
  const node = await redisNode(settings)
  return {
    url: `redis://127.0.0.1:${node.port}`,
    nodes: [node],
    primary: async () => node,
    async killPrimary() {
      await node.stop('SIGKILL')
      await node.start()
    },
    freezePrimary: async () => Promise.reject(new Error('there is no other server')),
    handOver: async () => Promise.reject(new Error('there is no other server')),
    heal: async () => undefined,
    close: () => node.close(),
  }
}

export async function redisCluster(): Promise<Topology> {
  const settings = [
    ...IN_MEMORY,
    'cluster-enabled yes',
    'cluster-config-file nodes.conf',
    'cluster-node-timeout 600',
    'cluster-replica-validity-factor 0',
    'cluster-replica-no-failover yes',
  ]
  const nodes = await Promise.all(Array.from({ length: 2 * SHARDS }, () => redisNode(settings)))
  const [first] = nodes
  if (!first) throw new Error('a cluster without nodes')
  const masters = nodes.slice(0, SHARDS)
  const slot = Number(await first.client.cluster('KEYSLOT', keys.epoch))
  /** @returns the node that `asked` names for the slot of the index */
  const namedBy = async (asked: RedisNode) => {
    const ranges = await asked.client.cluster('SLOTS').catch(() => [])
    for (const range of ranges) {
      const [from, to, owner] = Array.isArray(range) ? range : []
      const found = Number(from) <= slot && slot <= Number(to) ? Array.isArray(owner) && owner[1] : undefined
      const node = nodes.find(({ port }) => port === Number(found))
      if (node) return node
    }
    return undefined
  }
  const primary = async () => {
    for (const asked of nodes.filter(({ alive }) => alive)) {
      const node = await namedBy(asked)
      if (node) return node
    }
    throw new Error('no node knows the owner of the index')
  }
  /** Waits until every node that answers names the same one, which is not `before`: a client may ask any of them. */
  const tookOver = async (before: RedisNode) =>
    until('every node knows that the replica took over', async () => {
      const [named, ...others] = await Promise.all(nodes.filter(({ alive }) => alive).map(namedBy))
      return named !== undefined && named !== before && others.every((other) => other === named)
    })
  /** Each range of slots is named with its primary and its replica; one that is taken for dead is left out. */
  const everyoneKnowsTheReplicas = () =>
    until('all nodes know the replicas', async () => {
      const lists = await Promise.all(nodes.map(({ client }) => client.cluster('SLOTS')))
      return lists.every((ranges) => ranges.every((range) => Array.isArray(range) && range.length === 4))
    })
  return started(nodes, async () => {
    await Promise.all(
      masters.map(async ({ client }, i) => {
        await client.call('CLUSTER', 'SET-CONFIG-EPOCH', i + 1)
        const [from, to] = [i, i + 1].map((shard) => Math.round((shard * SLOTS) / SHARDS))
        await client.call('CLUSTER', 'ADDSLOTSRANGE', from ?? 0, (to ?? 0) - 1)
      }),
    )
    const everyoneSays = (text: string) => async () => {
      const said = await Promise.all(nodes.map(({ client }) => client.cluster('INFO')))
      return said.every((info) => String(info).includes(text))
    }
    const everyoneKnown = everyoneSays(`cluster_known_nodes:${nodes.length}`)
    await until('all nodes know each other', async () => {
      // A handshake that takes longer than a second is dropped by Redis, so it is asked for until the node is known.
      const known = String(await first.client.cluster('NODES'))
      for (const { port } of nodes) {
        if (!known.includes(`:${port}@`)) await first.client.call('CLUSTER', 'MEET', '127.0.0.1', port)
      }
      return everyoneKnown()
    })
    await until('all slots are served', everyoneSays('cluster_state:ok'))
    for (const [i, { client }] of nodes.slice(SHARDS).entries()) {
      const id = String(await masters[i]?.client.cluster('MYID'))
      await client.call('CLUSTER', 'REPLICATE', id)
    }
    await until('all replicas follow', async () => (await Promise.all(nodes.slice(SHARDS).map(linked))).every(Boolean))
    await everyoneKnowsTheReplicas()
    const whole = () =>
      until('the cluster is whole again', async () =>
        String(await (await primary()).client.cluster('INFO')).includes('cluster_state:ok'),
      )
    /** On a slow machine a primary is taken for dead now and then: replicas take over while a test loses one, and at no other time. */
    const takingOver = async (is: 'allowed' | 'forbidden') => {
      const alive = nodes.filter((node) => node.alive)
      const value = is === 'allowed' ? 'no' : 'yes'
      await Promise.all(alive.map(({ client }) => client.config('SET', 'cluster-replica-no-failover', value)))
    }
    /** @param lose makes the primary of the index unreachable */
    const loses = async (lose: (before: RedisNode) => Promise<void> | void) => {
      await takingOver('allowed')
      const before = await primary()
      await lose(before)
      await tookOver(before)
      await takingOver('forbidden')
      await whole()
    }
    return {
      url: `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
      nodes,
      primary,
      killPrimary: () => loses((before) => before.stop('SIGKILL')),
      freezePrimary: () => loses((before) => before.freeze()),
      async handOver() {
        await everyoneKnowsTheReplicas()
        const before = await primary()
        const said = await Promise.all(nodes.map(({ client }) => client.info('replication')))
        const replica = nodes.find((_, i) => said[i]?.includes(`master_port:${before.port}\r`))
        await replica?.client.call('CLUSTER', 'FAILOVER')
        await tookOver(before)
      },
      async heal() {
        await heal(nodes, SHARDS)
        await takingOver('forbidden')
        await everyoneKnowsTheReplicas()
      },
      close: () => closeAll(nodes),
    }
  })
}

const NAME = 'shop'

export async function redisSentinels(): Promise<Topology> {
  const servers = [await redisNode(IN_MEMORY), await redisNode(IN_MEMORY)]
  const [first, replica] = servers
  if (!first || !replica) throw new Error('Sentinels without servers')
  const sentinels: RedisNode[] = []
  const nodes = [...servers]
  return started(nodes, async () => {
    await replica.client.replicaof('127.0.0.1', first.port)
    await until('the replica follows', () => linked(replica))
    const settings = [
      `sentinel monitor ${NAME} 127.0.0.1 ${first.port} ${QUORUM}`,
      `sentinel down-after-milliseconds ${NAME} 500`,
      `sentinel failover-timeout ${NAME} 2000`,
    ]
    sentinels.push(...(await Promise.all(Array.from({ length: 3 }, () => redisNode(settings, 'sentinel')))))
    nodes.push(...sentinels)
    // Ten seconds by default, until it notices that the old primary must follow. Before Redis 7 it cannot be set.
    for (const { client } of sentinels)
      await client.call('SENTINEL', 'DEBUG', 'INFO-PERIOD', 200, 'PUBLISH-PERIOD', 200).catch(() => undefined)
    const field = async ({ client }: RedisNode, name: string) => {
      const answer = await client.call('SENTINEL', 'MASTER', NAME)
      const texts = Array.isArray(answer) ? answer.map(String) : []
      return texts[texts.indexOf(name) + 1]
    }
    await until('the Sentinels know each other and the replica', async () => {
      const seen = await Promise.all(
        sentinels.map(async (one) => [await field(one, 'num-other-sentinels'), await field(one, 'num-slaves')].join()),
      )
      return seen.every((text) => text === '2,1')
    })
    const portOf = async ({ client }: RedisNode) => {
      const answer = await client.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME)
      return Array.isArray(answer) ? Number(answer[1]) : 0
    }
    const primary = async () => {
      const [asked] = sentinels
      const port = asked && (await portOf(asked))
      const node = servers.find((server) => server.port === port)
      if (!node) throw new Error('the Sentinels name no primary')
      return node
    }
    const anotherThan = (before: RedisNode) => async () => {
      const ports = await Promise.all(sentinels.map(portOf))
      if (ports.includes(before.port)) return false
      return (await (await primary()).client.info('replication')).includes('role:master')
    }
    return {
      url: `redis+sentinel://${sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}/${NAME}`,
      nodes,
      primary,
      async killPrimary() {
        const before = await primary()
        await before.stop('SIGKILL')
        await until('the Sentinels promoted the replica', anotherThan(before))
      },
      async freezePrimary() {
        const before = await primary()
        before.freeze()
        await until('the Sentinels promoted the replica', anotherThan(before))
      },
      async handOver() {
        const before = await primary()
        await sentinels[0]?.client.call('SENTINEL', 'FAILOVER', NAME)
        await until('the Sentinels promoted the replica', anotherThan(before))
        await until('the old primary follows', () => linked(before))
      },
      heal: () => heal(servers, 1),
      close: () => closeAll(nodes),
    }
  })
}
