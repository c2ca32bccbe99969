'use server'

import { refresh } from 'next/cache'
import { headers } from 'next/headers'
import { isAccessError } from '#lib/access/errors.ts'
import { requirePermission } from '#lib/auth/requirePermission.ts'
import { purge, type PurgeOutcome } from '#lib/delivery/purge/purge.ts'
import { confirmationOf, purgeReason, purgeScope } from '#lib/delivery/purge/scope.ts'
import { logger } from '#lib/platform/logger.ts'
import { webParts } from '#lib/web/parts.ts'
import { unstorableField } from '../_lib/params.ts'

interface PurgeFields {
  readonly scope?: string
  readonly reason?: string
  readonly confirm?: string
  readonly form?: string
}

export type PurgeState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'refused'; readonly fields: PurgeFields }
  | { readonly kind: 'purged'; readonly outcome: PurgeOutcome }

function scopeIn(form: FormData): unknown {
  const kind = form.get('kind')
  if (kind === 'everything') return { kind }
  return kind === 'locale' ? { kind, locale: form.get('locale') } : { kind, id: form.get('id') || undefined }
}

/** Purges copies if the form names a scope, a reason, and the words that confirm it. */
export async function purgeCopies(_previous: PurgeState, form: FormData): Promise<PurgeState> {
  try {
    const admin = await requirePermission(await headers(), 'freshness:purge')
    const unstorable = unstorableField(form)
    if (unstorable)
      return { kind: 'refused', fields: { [unstorable.field === 'reason' ? 'reason' : 'form']: unstorable.message } }
    const [scope, reason] = [purgeScope.safeParse(scopeIn(form)), purgeReason.safeParse(form.get('reason'))]
    if (!scope.success || !reason.success) {
      return {
        kind: 'refused',
        fields: {
          ...(scope.error && { scope: scope.error.issues[0]?.message ?? '' }),
          ...(reason.error && { reason: reason.error.issues[0]?.message ?? '' }),
        },
      }
    }
    const words = confirmationOf(scope.data)
    if (form.get('confirm') !== words) return { kind: 'refused', fields: { confirm: `Type “${words}”.` } }
    const outcome = await purge(webParts(), scope.data, reason.data, admin)
    if (!outcome) return { kind: 'refused', fields: { scope: `There is no such ${scope.data.kind}.` } }
    refresh()
    return { kind: 'purged', outcome }
  } catch (error) {
    if (isAccessError(error)) return { kind: 'refused', fields: { form: error.message } }
    logger('admin').error({ err: error }, 'a purge failed')
    return { kind: 'refused', fields: { form: 'The purge did not go through. Look at the log, and try again.' } }
  }
}
