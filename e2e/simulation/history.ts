/**
 * One history: a fleet under faults, its readers and editors, and the verdict over what they saw: of the checker that judges the real shop,
 * and of what must be true of the stores once everything has healed.
 */
import { isFreshnessError } from '#lib/coherence/index.ts'
import { Checker } from '../coherence/checker.ts'
import type { Shown } from '../coherence/history.ts'
import type { Bug } from './bug.ts'
import { Database, nameOf, type Row } from './database.ts'
import { planOf, type Fault, type Plan } from './faults.ts'
import { indexProblems, lostChanges, type Kind, type Wrong } from './healed.ts'
import type { Scripts } from './lua.ts'
import { PAGE_NAMES, PRODUCTS, showsProduct, type Page } from './shop.ts'
import { beginTimeline, type Timeline } from './time.ts'
import { SimulatedFleet } from './simulatedFleet.ts'

const READERS = 3
const EDITORS = 2
/** Milliseconds: promise 6. */
const CONVERGES_MS = 5_000
/** Milliseconds: the outbox is shorter by then, or empty. */
const INDEXED_MS = 2_000
/** Of any history, in simulated milliseconds and in events: one that goes on is a finding. */
const LONGEST_MS = 60_000
const MOST_EVENTS = 500_000

export interface Outcome {
  readonly seed: number
  readonly plan: Plan
  readonly violations: readonly Wrong[]
  readonly reads: number
  readonly edits: number
  readonly events: number
  readonly trace: readonly string[]
}

export interface Options {
  /** The faults of the plan that happen; all of them where it is left out. */
  readonly faults?: readonly Fault[]
  /** The bug of the kernel. */
  readonly bug?: Bug
}

class History {
  readonly #timeline: Timeline
  readonly #plan: Plan
  readonly #database: Database
  readonly #fleet: SimulatedFleet
  readonly #checker = new Checker()
  readonly #wrong: Wrong[] = []
  readonly #shown = new Map<string, number>()
  readonly #trace: string[] = []
  #amount = 10_000
  #edits = 0
  #isOver = false

  constructor(seed: number, scripts: Scripts, plan: Plan, bug?: Bug) {
    this.#timeline = beginTimeline(seed)
    this.#plan = plan
    this.#database = new Database(this.#timeline, PRODUCTS)
    this.#fleet = new SimulatedFleet(
      this.#timeline,
      this.#database,
      scripts,
      this.#plan,
      (what) => this.#note(what),
      bug,
    )
  }

  #note(what: string): void {
    this.#trace.push(`${this.#timeline.now.toFixed(1).padStart(9)} ${what}`)
  }

  #report(kind: Kind, what: string): void {
    this.#wrong.push({ kind, what })
  }

  async run(seed: number): Promise<Outcome> {
    for (let i = 0; i < READERS; i++) void this.#readOn(`reader-${i + 1}`)
    const edit = (): void => {
      for (let i = 0; i < EDITORS; i++) void this.#editOn(`editor-${i + 1}`)
      void this.#writeOn()
    }
    if (this.#plan.load.editsFrom > 0) this.#timeline.after(this.#plan.load.editsFrom, edit)
    else edit()
    this.#timeline.after(this.#plan.healsAt, () => void this.#judgeHealed())
    const timeline = this.#timeline
    await timeline.run(() => this.#isOver || timeline.now > LONGEST_MS || timeline.events > MOST_EVENTS)
    if (!this.#isOver)
      this.#report('endless', `${this.#timeline.events} events in ${Math.round(this.#timeline.now)} ms`)
    const { violations, reads } = this.#checker.finish(this.#committed())
    const found = violations.map(({ invariant: kind, productId, read, shown, against }) => {
      const times = `${read.start.toFixed(1)} to ${read.end.toFixed(1)} ms`
      const what = `${read.client} at ${read.instance}${read.url}, ${times}, product ${productId} version ${shown?.version ?? '-'}: ${against}`
      return { kind, what }
    })
    return {
      seed,
      plan: this.#plan,
      violations: [...found, ...this.#wrong],
      reads,
      edits: this.#edits,
      events: this.#timeline.events,
      trace: this.#trace,
    }
  }

  /** A version that was lost may have been used again. Which of the two was shown, and that it was one alone, the checker finds out. */
  #committed() {
    return this.#database.committed.filter(({ productId, version, amountCents }) => {
      const shown = this.#shown.get(`${productId}@${version}`)
      const isKnown = this.#database.committed.some(
        (other) => other.productId === productId && other.version === version && other.amountCents === shown,
      )
      return !isKnown || amountCents === shown
    })
  }

  get #isEditing(): boolean {
    return this.#timeline.now < Math.min(this.#plan.healsAt, this.#plan.load.editsUntil)
  }

  async #pause(mostMs: number): Promise<void> {
    await this.#timeline.wait(this.#timeline.random.between(1, mostMs))
  }

  async #readOn(client: string): Promise<void> {
    const { readEveryMs, patienceMs, pages, readsUntil } = this.#plan.load
    while (!this.#isOver) {
      await this.#pause(readEveryMs)
      if (this.#timeline.now > readsUntil) return
      const read = this.#read(client, this.#timeline.random.pick(pages))
      await (patienceMs < Infinity ? Promise.race([read, this.#timeline.wait(patienceMs)]) : read)
    }
  }

  async #read(
    client: string,
    url: Page,
    process = this.#timeline.random.pick(this.#fleet.processes),
  ): Promise<readonly Shown[] | undefined> {
    const start = this.#timeline.now
    const answer = await this.#fleet
      .ask(process, (at) => at.read(url))
      .catch((error: unknown) => this.#refused(error, url))
    if (!answer) return undefined
    const end = this.#timeline.now
    const { shown, stale } = answer
    for (const { productId, version, amountCents } of shown) {
      const name = `${productId}@${version}`
      if (!this.#shown.has(name)) this.#shown.set(name, amountCents)
    }
    this.#note(
      `${client} reads ${process.host.name}${url} since ${start.toFixed(1)}: ${shown.map(({ productId, version }) => `${productId}@${version}`).join(' ')}`,
    )
    this.#checker.read({ client, url, instance: process.host.name, start, end, stale, shown, torn: [] })
    return shown
  }

  /** A 503 is an answer; any other failure is a fault of the kernel. */
  #refused(error: unknown, url: string): undefined {
    if (!isFreshnessError(error))
      this.#report('error', `${url}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  }

  async #editOn(client: string): Promise<void> {
    const { editEveryMs, prepared, looks } = this.#plan.load
    while (this.#isEditing) {
      await this.#pause(editEveryMs)
      if (!this.#isEditing) return
      const { random } = this.#timeline
      const process = random.pick(this.#fleet.processes)
      const amounts = this.#amounts()
      const start = this.#timeline.now
      const end = this.#begin(amounts)
      const edited = await this.#fleet
        .ask(process, (at) => at.edit(amounts, random.happens(prepared), end))
        .catch(() => undefined)
      if (!edited) continue
      this.#note(
        `${client} edits at ${process.host.name} since ${start.toFixed(1)}: ${nameOf(edited.versions)} ${edited.live ? 'live' : 'propagating'}`,
      )
      this.#wrote(client, 'api', edited.versions, start, edited.live)
      if (looks > 0 && edited.live && random.happens(looks)) await this.#look(client, edited.versions)
    }
  }

  /** The first read after an edit that is live, at any process. */
  async #look(client: string, versions: ReadonlyMap<number, Row>): Promise<void> {
    const { random } = this.#timeline
    const pages = PAGE_NAMES.filter((name) => [...versions.keys()].some((id) => showsProduct(name, id)))
    await this.#read(client, random.pick(pages))
  }

  /** Writes past the application. */
  async #writeOn(): Promise<void> {
    while (this.#isEditing) {
      await this.#pause(this.#plan.load.writeEveryMs)
      if (!this.#database.isUp || !this.#isEditing) continue
      const amounts = this.#amounts()
      const start = this.#timeline.now
      const end = this.#begin(amounts)
      const changes = [...amounts].map(
        ([id, amountCents]) => [id, ({ version }: Row) => ({ version: version + 1, amountCents })] as const,
      )
      const transaction = await this.#database.write(new Map(changes))
      await this.#pause(this.#timeline.random.happens(this.#plan.load.slow) ? 2_000 : 20)
      try {
        this.#database.commit(transaction)
      } catch {
        end(undefined)
        continue
      }
      end(transaction.rows)
      this.#note(`psql writes ${nameOf(transaction.rows)}`)
      this.#wrote('psql', 'sql', transaction.rows, start, false)
    }
  }

  #amounts(): Map<number, number> {
    const { random } = this.#timeline
    const products = random.some(this.#plan.load.products, this.#plan.load.mostRows)
    return new Map(products.map((id) => [id, ++this.#amount]))
  }

  #begin(amounts: ReadonlyMap<number, number>) {
    const end = this.#checker.together.begin(amounts.keys())
    return (rows: ReadonlyMap<number, Row> | undefined) => {
      if (rows) this.#note(`committed ${nameOf(rows)}`)
      end(rows && new Map([...rows].map(([id, { version }]) => [id, version])))
    }
  }

  #wrote(client: string, channel: 'api' | 'sql', rows: ReadonlyMap<number, Row>, start: number, live: boolean): void {
    const end = this.#timeline.now
    this.#edits++
    for (const [productId, row] of rows) {
      // A number that a lost version had: the checker could not know which of the two writes a read has seen.
      if (this.#committedBefore(productId, row)) continue
      this.#checker.wrote({ client, channel, productId, ...row, propagating: !live, start, end })
      if (live) this.#checker.live({ productId, version: row.version, at: end })
    }
  }

  #committedBefore(productId: number, { version }: Row): boolean {
    const same = this.#database.committed.filter((other) => other.productId === productId && other.version === version)
    return same.length > 1
  }

  /** Promises 6 and 7: every layer equals Postgres. */
  async #judgeHealed(): Promise<void> {
    while (this.#database.underWay > 0) await this.#timeline.wait(100)
    await this.#timeline.wait(CONVERGES_MS)
    // Before a page is rendered, which would raise the index.
    this.#wrong.push(...lostChanges(this.#database, this.#fleet))
    await this.#judgePages()
    await this.#indexed()
    this.#wrong.push(...indexProblems(this.#database, this.#fleet))
    this.#isOver = true
  }

  /** Waits while the outbox gets shorter: scans of four rows take a while to go through what has come together. */
  async #indexed(): Promise<void> {
    const left = () => this.#database.outbox.filter(({ indexed }) => !indexed).length
    for (let before = Infinity; left() < before;) {
      before = left()
      await this.#timeline.wait(INDEXED_MS)
    }
  }

  async #judgePages(): Promise<void> {
    for (const process of this.#fleet.processes) {
      const { host } = process
      for (const url of PAGE_NAMES) {
        const shown = await this.#read('judge', url, process)
        if (!shown) this.#report('page', `${host.name}${url} is refused after everything has healed`)
        for (const { productId, version } of shown ?? []) {
          const current = this.#database.rows.get(productId)?.version
          if (version !== current)
            this.#report(
              'page',
              `${host.name}${url} shows version ${version} of product ${productId}, Postgres has ${current}`,
            )
        }
      }
    }
  }
}

export async function simulate(seed: number, scripts: Scripts, { faults, bug }: Options = {}): Promise<Outcome> {
  const plan = planOf(seed)
  const putRight = bug?.everywhere?.()
  scripts.replace(bug?.scripts)
  try {
    return await new History(seed, scripts, faults ? { ...plan, faults } : plan, bug).run(seed)
  } finally {
    putRight?.()
  }
}
