/** Where the prober reads: each web instance by itself, and the edge in front of them. */

export interface ProbeTarget {
  readonly layer: 'page' | 'edge'
  /** `Web 1`, `Edge`. */
  readonly name: string
  /** Without a slash at the end. */
  readonly url: string
}

/** @param edgeUrl undefined while nothing stands in front of the web instances */
export function probeTargets(webUrls: readonly string[], edgeUrl: string | undefined): ProbeTarget[] {
  const web = webUrls.map((url, i) => ({ layer: 'page' as const, name: `Web ${i + 1}`, url: url.replace(/\/$/, '') }))
  return edgeUrl ? [...web, { layer: 'edge', name: 'Edge', url: edgeUrl.replace(/\/$/, '') }] : web
}
