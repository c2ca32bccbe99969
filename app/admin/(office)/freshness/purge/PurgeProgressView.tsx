'use client'

import { useEffect, useState } from 'react'
import type { PurgeProgress } from '#lib/delivery/purge/progress.ts'
import type { PurgeOutcome } from '#lib/delivery/purge/purge.ts'
import { adminApi, ask } from '../../../_lib/adminApi.ts'
import { Notice } from '../../../../_ui/Notice.tsx'

const EVERY_MS = 1_000

function isOver({ delivered, warming }: PurgeProgress): boolean {
  return delivered && warming.every(({ waiting }) => (waiting ?? 0) === 0)
}

/** Asked once a second until every layer was read back and no popular page waits. */
function useProgress(correlationId: string): PurgeProgress | undefined {
  const [progress, setProgress] = useState<PurgeProgress>()
  useEffect(() => {
    const stop = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    async function look(): Promise<void> {
      const answer = await ask(
        adminApi.freshness.purge.$get({ query: { correlationId } }, { init: { signal: stop.signal } }),
      ).catch(() => undefined)
      const now = answer?.ok ? answer.value : undefined
      if (stop.signal.aborted) return
      if (now) setProgress(now)
      if (!now || !isOver(now)) timer = setTimeout(() => void look(), EVERY_MS)
    }
    void look()
    return () => {
      stop.abort()
      clearTimeout(timer)
    }
  }, [correlationId])
  return progress
}

/** The result of a purge, and its progress. */
export function PurgeProgressView({ outcome }: { outcome: PurgeOutcome }) {
  const progress = useProgress(outcome.correlationId)
  const waiting = progress?.warming.reduce((sum, { waiting: some }) => sum + (some ?? 0), 0) ?? 0
  const over = progress !== undefined && isOver(progress)
  return (
    <Notice tone={over ? 'success' : 'neutral'} data-testid="purge-progress" data-over={over}>
      <p>
        <strong>Purged {outcome.target}.</strong>{' '}
        {outcome.state === 'live'
          ? 'No read from now on is answered from an older copy.'
          : 'Redis did not answer: the relay delivers as soon as it does.'}
        {outcome.removed > 0 ? ` ${outcome.removed.toLocaleString('en')} keys were taken out of Redis.` : ''}
      </p>
      <p>
        {progress === undefined
          ? 'Reading how far it has come…'
          : progress.delivered
            ? 'Every layer was read back.'
            : (progress.lastError ?? 'On its way to every layer…')}{' '}
        {progress && waiting > 0
          ? `${waiting.toLocaleString('en')} popular pages wait to be rendered again.`
          : progress
            ? 'No popular page waits to be rendered.'
            : ''}
      </p>
    </Notice>
  )
}
