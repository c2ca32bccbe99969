import { INTERNAL_SECRET_HEADER } from '#lib/platform/http/internalSecret.ts'

/** @returns the metrics of a web instance, as Prometheus reads them */
export async function metricsOf(url: string): Promise<string> {
  const headers = { [INTERNAL_SECRET_HEADER]: process.env['INTERNAL_SECRET'] ?? '' }
  return (await fetch(`${url}/api/metrics`, { headers })).text()
}
