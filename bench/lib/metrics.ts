import { INTERNAL_SECRET_HEADER } from '../../lib/platform/http/internalSecret.ts'
import { INTERNAL_SECRET } from './shop.ts'

/** @param url of a web instance of a benchmark @returns its metrics, empty where it does not say */
export async function metricsOf(url: string): Promise<string> {
  const response = await fetch(`${url}/api/metrics`, { headers: { [INTERNAL_SECRET_HEADER]: INTERNAL_SECRET } })
  return response.ok ? response.text() : ''
}
