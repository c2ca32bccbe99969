/** The messages between the load and the process of the writer. */
import type { Row } from './strategy.ts'

/** To the writer. */
export interface Order {
  readonly ids: readonly number[]
  /** Its process ends by SIGKILL once the new prices are accepted, and before anything that follows from it. */
  readonly dies: boolean
  /** One message in a hundred is lost while it is so. */
  readonly loses: boolean
}

/** From the writer; times are those of `clockMs`. */
export type News =
  | { readonly kind: 'ready' }
  | { readonly kind: 'accepted'; readonly rows: readonly Row[]; readonly at: number; readonly dying: boolean }
  | {
      readonly kind: 'written'
      readonly ids: readonly number[]
      readonly began: number
      readonly at: number
      readonly refused: boolean
    }
  | { readonly kind: 'queries'; readonly count: number }

/** Milliseconds on the clock that all processes of the machine share. */
export const clockMs = () => Number(process.hrtime.bigint()) / 1e6
