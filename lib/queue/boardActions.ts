/** The actions on the board of the queues: look, retry, discard. Everything else could lose a change. */
import type { AuditAction } from '#lib/audit/actions.ts'

export const BOARD_PATH = '/admin/queues'

export interface BoardAction {
  readonly action: Extract<AuditAction, `queues.${string}`>
  /** `queue:invalidation`, with the job where it is about one. */
  readonly target: string
}

/** Only ended jobs are discarded, because the outbox alone knows whether waiting or running ones are still needed. */
const OF_ALL = /^\/api\/queues\/([\w-]+)\/(?:(retry)\/(failed|completed)|(clean)\/(failed|completed)|(promote))$/
const OF_ONE = /^\/api\/queues\/([\w-]+)\/([^/]+)\/(retry|clean|promote)(?:\/\w+)?$/
const ACTIONS = { retry: 'queues.retry', clean: 'queues.discard', promote: 'queues.change' } as const

function isVerb(text: string | undefined): text is keyof typeof ACTIONS {
  return text !== undefined && Object.hasOwn(ACTIONS, text)
}

/**
 * @param path below the board
 * @returns undefined for an action that no role may take there
 */
export function boardAction(path: string): BoardAction | undefined {
  const all = OF_ALL.exec(path)
  const [one, verb] = all ? [undefined, all[2] ?? all[4] ?? all[6]] : [OF_ONE.exec(path), OF_ONE.exec(path)?.[3]]
  const queue = all?.[1] ?? one?.[1]
  if (!isVerb(verb) || queue === undefined) return undefined
  return { action: ACTIONS[verb], target: one ? `queue:${queue}:${one[2]}` : `queue:${queue}` }
}
