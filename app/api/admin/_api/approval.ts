/** The body of an approval. */
import { z } from 'zod'

export const confirmations = z
  .array(z.string().max(200))
  .max(10)
  .default([])
  .meta({ description: 'the phrases of summary.confirmations, typed by a person' })
export const previewedAt = z.iso
  .datetime({ offset: true })
  .optional()
  .meta({ description: 'as the edit said when it was looked at: a preview that was replaced since is refused' })
