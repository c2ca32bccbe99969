/** The edge of `EDGE=varnish npm start`, and of its own image: varnishd in front of the web instances. */
import { parseProxies } from '#lib/platform/http/clientAddress.ts'
import { env, requireSecrets } from '#lib/platform/env.ts'
import { logger } from '#lib/platform/logger.ts'
import { installSignalHandlers, onShutdown } from '#lib/platform/process/shutdown.ts'
import { varnishProgram } from '../../tools/services/varnishProgram.ts'
import { startVarnish } from './startVarnish.ts'

requireSecrets('edge')
const { EDGE_PORT: port, HOST: host, EDGE_SECRET: secret, TRUSTED_PROXIES, webUrls } = env()
const program = await varnishProgram(AbortSignal.timeout(600_000))
const behindProxy = parseProxies(TRUSTED_PROXIES).check('127.0.0.1')
const varnish = await startVarnish({ program, port, host, secret, origin: webUrls.join(','), behindProxy })
let stopping = false
onShutdown('varnishd', async () => {
  stopping = true
  await varnish.stop()
})
installSignalHandlers()
logger('edge').info({ port }, 'Varnish answers')
const how = await varnish.ended
if (!stopping) {
  logger('edge').fatal({ how }, 'varnishd has ended')
  process.exit(1)
}
