/**
 * The epoch of the index, which every entry is stored with: `{data set}/{generation}`. An entry of another epoch is
 * stale. A Redis that lost its data begins a new data set; a purge of everything begins a new generation of the same.
 */
import { randomUUID } from 'node:crypto'

export function newDataSet(): string {
  return randomUUID()
}

export function nextGeneration(epoch: string): string {
  return `${dataSetOf(epoch)}/${randomUUID()}`
}

/** What is the same for as long as Redis keeps what it was told. */
export function dataSetOf(epoch: string): string {
  return epoch.split('/')[0] ?? ''
}
