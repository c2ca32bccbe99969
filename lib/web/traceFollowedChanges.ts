/** The step of a web instance in the trace of a change: it has followed the log of the index to there, and sends nothing older. */
import type { VersionIndex } from '#lib/coherence/index.ts'
import { parseTag } from '#lib/coherence/tags.ts'
import { logger } from '#lib/platform/logger.ts'
import { isTracing, recordStep } from '#lib/platform/tracing/changeTrace.ts'

/** The log names tags: of each the version is asked for once. Where traces are off, nothing is listened to. */
export function traceFollowedChanges(index: VersionIndex): void {
  if (!isTracing()) return
  index.onChange((tags) => {
    const startedAt = new Date()
    const refs = (tags ?? []).flatMap((name) => parseTag(name) ?? [])
    index.held(refs).then(
      (versions) => {
        for (const [i, ref] of refs.entries()) {
          const version = versions[i] ?? 0
          if (version > 0) recordStep({ step: 'instance', change: { ...ref, version }, startedAt, endedAt: startedAt })
        }
      },
      (error: unknown) => logger('tracing').debug({ err: error }, 'changes that were followed are not traced'),
    )
  })
}
