/** The whole contract, in the order of its report. */
import { dataChecks } from './dataChecks.ts'
import { fleetChecks } from './fleetChecks.ts'
import { imageChecks } from './imageChecks.ts'
import { pageChecks } from './pageChecks.ts'
import { shellChecks } from './shellChecks.ts'
import type { Check } from './conformanceFixture.ts'

export const checks: readonly Check[] = [...pageChecks, ...shellChecks, ...imageChecks, ...fleetChecks, ...dataChecks]
