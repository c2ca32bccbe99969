/**
 * The epoch of the index: `{data set}/{generation}`. Every entry is stored with it, and an entry of another epoch is stale. An index
 * that had to be rebuilt begins a new data set; a purge of everything begins a new generation of the same data set. The source
 * keeps the epoch beside the term; Redis has a copy.
 */
import { randomUUID } from 'node:crypto'

export function newDataSet(): string {
  return `${randomUUID()}/0`
}

export function nextGeneration(epoch: string): string {
  const [dataSet = '', generation = '0'] = epoch.split('/')
  return `${dataSet}/${Number(generation) + 1}`
}

/** The part of the epoch that stays while Redis keeps its data. */
export function dataSetOf(epoch: string): string {
  return epoch.split('/')[0] ?? ''
}
