import { ours } from '../../lib/catalog/testing/shopSubject.ts'
import { startWorker } from '../bulk/workers.ts'
import { prepareShops } from './build.ts'
import { PORT_BASE, startInstance } from './instances.ts'
import { type BenchStores, benchStores } from './stores.ts'

const WORKER_PORT = 4819

export interface OwnShop {
  /** By the number of its interface, as programs call it. */
  readonly url: string
  /** As a browser has it: forms of other origins are refused. */
  readonly publicUrl: string
  readonly stores: BenchStores
  close(): Promise<void>
}

/** A web instance and a worker that delivers. @param products it has at least so many */
export async function startOwnShop(products: number): Promise<OwnShop> {
  const stores = await benchStores()
  const [shop] = await prepareShops([ours], stores, products)
  if (!shop) throw new Error('there is no shop')
  const publicUrl = `http://localhost:${PORT_BASE}`
  const environment = { PUBLIC_URL: publicUrl }
  const web = await startInstance(shop, 0, stores, { environment })
  const worker = await startWorker(stores, 'relay,invalidator', WORKER_PORT, web.url, environment)
  return {
    url: web.url,
    publicUrl,
    stores,
    async close() {
      await Promise.all([web.stop(), worker.stop()])
      await stores.close()
    },
  }
}
