/**
 * Records refusals: no session, a bad token, a missing permission, a wrong password, too many requests. A stranger decides
 * how often that happens, so the log gets one entry for the first of a kind and one for all others of that minute.
 */
import { networkOf } from '#lib/platform/http/clientAddress.ts'
import { db } from '#lib/platform/db.ts'
import { logger } from '#lib/platform/logger.ts'
import { processSingleton } from '#lib/platform/process/processSingleton.ts'
import { type AuditActor, type AuditInput, writeAudit } from './writeAudit.ts'

export interface Refusal {
  readonly who: AuditActor
  readonly action: 'session.refuse' | 'access.refuse'
  /** A stable word: `signed_out`, `wrong_password`. */
  readonly code: string
  /** As from `clientAddress`. */
  readonly address: string
  /** The refused permission or operation. Never text of a visitor. */
  readonly target?: string | undefined
}

const EVERY_MS = 60_000
/** Kinds with entries of their own in a minute; the others share one. An instance writes 41 entries a minute at most. */
export const MOST_KINDS = 20
/** The longest name kept: a visitor may type any. */
const LONGEST_NAME = 100

type Write = (who: AuditActor, entry: AuditInput) => Promise<void>

interface Kind {
  readonly refusal: Refusal
  /** Since its first entry. */
  repeated: number
}

export class RefusalLog {
  readonly #write: Write
  readonly #everyMs: number
  readonly #kinds = new Map<string, Kind>()
  #others = 0
  #timer: NodeJS.Timeout | undefined

  /** @param everyMs milliseconds that one entry stands for */
  constructor(write: Write, everyMs = EVERY_MS) {
    this.#write = write
    this.#everyMs = everyMs
  }

  /** Never throws: a log that cannot be written must not let anyone in, nor change the answer. */
  async record(refusal: Refusal): Promise<void> {
    this.#timer ??= setTimeout(() => void this.flush(), this.#everyMs).unref()
    const { who, action, code, address, target } = refusal
    const key = JSON.stringify([action, code, who.kind, who.actor.slice(0, LONGEST_NAME), networkOf(address), target])
    const known = this.#kinds.get(key)
    if (known) known.repeated++
    else if (this.#kinds.size === MOST_KINDS) this.#others++
    else {
      this.#kinds.set(key, { refusal, repeated: 0 })
      await this.#entry(refusal, 1)
    }
  }

  /** Writes what has come since the first entries, and begins anew. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const [kinds, others] = [[...this.#kinds.values()], this.#others]
    this.#kinds.clear()
    this.#others = 0
    for (const { refusal, repeated } of kinds) if (repeated > 0) await this.#entry(refusal, repeated)
    if (others > 0)
      await this.#attempt({ actor: 'others', kind: 'session' }, { action: 'access.refuse', detail: { count: others } })
  }

  async #entry({ who, action, code, address, target }: Refusal, count: number): Promise<void> {
    await this.#attempt(
      { actor: who.actor.slice(0, LONGEST_NAME), kind: who.kind },
      { action, target, detail: { code, address, count } },
    )
  }

  async #attempt(who: AuditActor, entry: AuditInput): Promise<void> {
    try {
      await this.#write(who, entry)
    } catch (error) {
      logger('audit').warn({ err: error, entry }, 'a refusal was not written to the audit log')
    }
  }
}

/** The one of this process. */
export function refusals(): RefusalLog {
  return processSingleton('refusals', () => new RefusalLog((who, entry) => writeAudit(db(), who, entry)))
}
