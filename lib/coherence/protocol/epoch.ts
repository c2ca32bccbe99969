/**
 * The epoch of the index, which every entry is stored with: `{data set}/{generation}`. An entry of another epoch is
 * stale. An index that had to be rebuilt begins a new data set; a purge of everything begins a new generation of the same.
 * The source has it with the term, Redis a copy.
 */
import { randomUUID } from 'node:crypto'

export function newDataSet(): string {
  return `${randomUUID()}/0`
}

export function nextGeneration(epoch: string): string {
  const [dataSet = '', generation = '0'] = epoch.split('/')
  return `${dataSet}/${Number(generation) + 1}`
}

/** What is the same for as long as Redis keeps what it was told. */
export function dataSetOf(epoch: string): string {
  return epoch.split('/')[0] ?? ''
}
