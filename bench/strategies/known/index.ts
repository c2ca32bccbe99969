import type { Strategy } from '../strategy.ts'
import { changeDataCapture } from './changeDataCapture.ts'
import { evergreen } from './evergreen.ts'
import { pubSub } from './pubSub.ts'
import { deleteBeforeWrite, purgeOnWrite, purgeWithTtl } from './purgeOnWrite.ts'
import { staleWhileRevalidate } from './staleWhileRevalidate.ts'
import { surrogateKeys } from './surrogateKeys.ts'
import { ttlOnly } from './ttlOnly.ts'
import { versionedKeys } from './versionedKeys.ts'
import { writeBack } from './writeBack.ts'
import { writeAround, writeThrough } from './writeThrough.ts'

export const strategies: readonly Strategy[] = [
  ttlOnly,
  writeAround,
  staleWhileRevalidate,
  purgeOnWrite,
  deleteBeforeWrite,
  purgeWithTtl,
  writeThrough,
  writeBack,
  pubSub,
  versionedKeys,
  surrogateKeys,
  changeDataCapture,
  evergreen,
]
