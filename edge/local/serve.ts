/** The edge of `npm start`: the Worker on workerd, in front of the web instances of this machine. */
import { parseProxies } from '#lib/platform/http/clientAddress.ts'
import { env, requireSecrets } from '#lib/platform/env.ts'
import { logger } from '#lib/platform/logger.ts'
import { installSignalHandlers, onShutdown } from '#lib/platform/process/shutdown.ts'
import { startWorker } from './startWorker.ts'

requireSecrets('edge')
const { EDGE_PORT: port, EDGE_SECRET: secret, TRUSTED_PROXIES, webUrls } = env()
const behindProxy = parseProxies(TRUSTED_PROXIES).check('127.0.0.1')
const worker = await startWorker({ port, secret, origin: webUrls.join(','), behindProxy })
onShutdown('workerd', () => worker.stop())
installSignalHandlers()
logger('edge').info({ port }, 'the edge answers')
