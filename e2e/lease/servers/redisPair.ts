/** A Redis and a replica behind a proxy: a failover in which connections to the old primary live on, in three forms. */
import { type RedisServer, redisServer } from './redisServer.ts'
import { switchingProxy } from './switchingProxy.ts'
import { until } from './until.ts'

/**
 * The state of the old primary, to which clients are still connected. `demoted`: it follows the new one. `silent`: nothing
 * gets through to it. `isolated`: it goes on taking writes, which are lost to the others.
 */
export type OldPrimary = 'demoted' | 'silent' | 'isolated'

export interface RedisPair {
  /** Through the proxy. */
  readonly url: string
  /** Client connections that are still with the server that is no longer the primary. */
  connectionsToOld(): number
  /** Makes the replica the primary; new connections reach it. */
  failOver(old: OldPrimary): Promise<void>
  /** The old primary follows the new one, and has its data. */
  rejoin(): Promise<void>
  close(): Promise<void>
}

async function follow(replica: RedisServer, primary: RedisServer): Promise<void> {
  await replica.admin.replicaof(primary.address.host, primary.address.port)
  await until('the replica has the data of the primary', async () =>
    (await replica.admin.info('replication')).includes('master_link_status:up'),
  )
}

export async function redisPair(): Promise<RedisPair> {
  const settings = { 'repl-diskless-sync-delay': '0' }
  let [primary, replica] = await Promise.all([redisServer({ settings }), redisServer({ settings })])
  await follow(replica, primary)
  const proxy = await switchingProxy(primary.address)
  return {
    url: `redis://127.0.0.1:${proxy.port}/0`,
    connectionsToOld: () => proxy.connectionsTo(replica.address),
    async failOver(old) {
      await replica.admin.replicaof('NO', 'ONE')
      ;[primary, replica] = [replica, primary]
      proxy.switchTo(primary.address)
      if (old === 'demoted') await replica.admin.replicaof(primary.address.host, primary.address.port)
      if (old === 'silent') proxy.silence()
    },
    rejoin: () => follow(replica, primary),
    async close() {
      await proxy.close()
      await Promise.all([primary.close(), replica.close()])
    },
  }
}
