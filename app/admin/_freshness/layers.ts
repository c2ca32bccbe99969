import { LAYERS } from '#lib/observability/dashboard/shapes.ts'
import styles from './lag.module.css'

const LABELS: Readonly<Record<string, string>> = {
  index: 'Index',
  redis: 'Redis',
  page: 'Pages',
  edge: 'Edge',
  feed: 'Product feed',
  browser: 'Browser',
}

export function layerLabel(layer: string): string {
  return LABELS[layer] ?? layer
}

/** The class that carries a layer's colour and the pattern of its line, so that colour is never the only difference. */
export function layerClass(layer: string): string {
  return styles[layer] ?? styles['other'] ?? ''
}

/** In the order in which a change reaches them. */
export function byLayer<T extends { readonly layer: string }>(rows: readonly T[]): T[] {
  const rank = (layer: string) => {
    const at = LAYERS.findIndex((name) => name === layer)
    return at < 0 ? LAYERS.length : at
  }
  return rows.toSorted((a, b) => rank(a.layer) - rank(b.layer))
}
