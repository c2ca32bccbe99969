'use server'

import { refresh } from 'next/cache'
import { headers } from 'next/headers'
import { z } from 'zod'
import { requirePermission } from '#lib/auth/requirePermission.ts'
import { versioned } from '#lib/catalog/resources.ts'
import type { VersionedTag } from '#lib/coherence/tags.ts'
import { changeStatus } from '#lib/pricing/changeStatus.ts'
import { explainFailure } from '../_lib/explainFailure.ts'
import { unstorableField } from '../_lib/params.ts'

const REASON = 'Say why, in a few words.'

const form = z.object({
  productId: z.coerce.number().int().positive(),
  status: z.enum(['active', 'discontinued']),
  reason: z.string().trim().min(3, REASON).max(500, 'At most 500 characters.'),
})

export type ChangeStatusState =
  | { readonly kind: 'idle' }
  | {
      readonly kind: 'saved'
      readonly state: 'live' | 'propagating'
      readonly status: 'active' | 'discontinued'
      /** Undefined where it had that status. */
      readonly version: VersionedTag | undefined
    }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'failed'; readonly message: string }

/** Discontinues a product or sells it again, from the form on its page. */
export async function setStatus(_previous: ChangeStatusState, data: FormData): Promise<ChangeStatusState> {
  try {
    const editor = await requirePermission(await headers(), 'products:write')
    const unstorable = unstorableField(data)
    if (unstorable) return { kind: 'refused', reason: unstorable.message }
    const asked = form.safeParse(Object.fromEntries(data))
    if (!asked.success)
      return {
        kind: 'refused',
        reason: z.flattenError(asked.error).fieldErrors.reason?.[0] ?? 'The form is not complete. Load the page again.',
      }
    const outcome = await changeStatus(asked.data, editor)
    if (!outcome) return { kind: 'failed', message: 'There is no such product any more.' }
    refresh()
    const { state, status, changed, productId } = outcome
    return {
      kind: 'saved',
      state,
      status,
      version: changed ? versioned('product', productId, outcome.version) : undefined,
    }
  } catch (error) {
    return explainFailure(error, 'the status of a product was not set')
  }
}
