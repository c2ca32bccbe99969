/** The schedules that a price manager must do something about: prices that did not follow them, and prices that will not. */
import { Prisma } from '#lib/generated/prisma/client.ts'
import { db, type Db } from '#lib/platform/db.ts'
import { notTaken, triesFrom } from '../apply/tries.ts'
import { BASE_CHANGED_AT } from '#lib/catalog/prices/baseChange.ts'

/** A start or an end is given this long before it is called stuck. */
const STUCK_S = 30

const TRIES = triesFrom(Prisma.sql`e.id`)

/** Rows of a start in a state that no retry has taken. @param open a further condition on the row `r` and its price `pr` */
const leftAs = (state: 'conflict' | 'refused', open: Prisma.Sql) => Prisma.sql`
  CASE WHEN s.started_at IS NOT NULL AND COALESCE((e.counts->>${state}::text)::int, 0) > 0 THEN (
    SELECT count(*) FROM bulk_edit_rows r LEFT JOIN prices pr USING (product_id)
    WHERE r.bulk_edit_id = e.id AND r.state = ${state}::bulk_edit_row_state AND ${open} AND ${notTaken(TRIES)}) ELSE 0 END`

/** A conflict that has another base price since then is settled: a person has decided. */
const STILL_OPEN = Prisma.sql`${BASE_CHANGED_AT} <= e.applied_at`
/** The others are refused by the preview, before the approval. */
const REFUSED_AT_START = Prisma.sql`NOT EXISTS (SELECT FROM unnest(r.warnings) w WHERE starts_with(w, 'refused-'))`

/** The prices that did not follow a schedule `s` and its edit `e`, as JSON. */
const TROUBLE = Prisma.sql`jsonb_build_object(
  'missed', s.state = 'failed' AND NOT EXISTS (
    SELECT FROM bulk_edits f WHERE f.id IN (${TRIES}) AND f.state IN ('approved', 'applying', 'applied')),
  'startStuck', COALESCE(e.state IN ('approved', 'applying') AND CASE WHEN s.state = 'pending' THEN s.starts_at
    WHEN s.state IN ('running', 'done') THEN s.started_at END < clock_timestamp() - make_interval(secs => ${STUCK_S}), false),
  'conflicts', ${leftAs('conflict', STILL_OPEN)},
  'refused', ${leftAs('refused', REFUSED_AT_START)},
  'notEnded', CASE WHEN s.state = 'running' AND s.ends_at < clock_timestamp() - make_interval(secs => ${STUCK_S})
    THEN (SELECT count(*) FROM sale_prices l WHERE l.sale_id = s.id) ELSE 0 END)`

interface Trouble {
  readonly missed: boolean
  readonly startStuck: boolean
  readonly conflicts: number
  readonly refused: number
  readonly notEnded: number
}
const NO_TROUBLE: Trouble = { missed: false, startStuck: false, conflicts: 0, refused: 0, notEnded: 0 }

/** Rows of the edit that are to be shown, or are, with a condition on the row `r` and its price `pr`. */
const rowsThat = (condition: Prisma.Sql) => Prisma.sql`(
  SELECT count(*) FROM bulk_edit_rows r JOIN prices pr USING (product_id)
  WHERE r.bulk_edit_id = e.id AND r.state IN ('pending', 'applied') AND ${condition})`

/** The prices that will not be what a schedule was made for, as JSON. Only plans that are not over are looked at. */
const RISK = Prisma.sql`jsonb_build_object(
  'notReduced', CASE WHEN s.state IN ('pending', 'running') AND s.ends_at IS NOT NULL
    THEN ${rowsThat(Prisma.sql`r.new_amount_cents < r.old_amount_cents AND r.new_amount_cents >= pr.base_amount_cents`)} ELSE 0 END,
  'editedSince', CASE WHEN s.state = 'pending' AND s.ends_at IS NULL
    THEN ${rowsThat(Prisma.sql`pr.base_version > r.previewed_version`)} ELSE 0 END)`

interface Risk {
  readonly notReduced: number
  readonly editedSince: number
}
const NO_RISK: Risk = { notReduced: 0, editedSince: 0 }

/** Columns of a schedule `s` and its edit `e`, for `attentionOf`. */
export const ATTENTION_COLUMNS = Prisma.sql`${TROUBLE} AS trouble, ${RISK} AS risk`

/** True of a schedule `s` and its edit `e` that have a problem or a warning. */
export const NEEDS_ATTENTION = Prisma.sql`(${TROUBLE} <> ${JSON.stringify(NO_TROUBLE)}::jsonb OR ${RISK} <> ${JSON.stringify(NO_RISK)}::jsonb)`

const prices = (count: number) => (count === 1 ? '1 price' : `${count.toLocaleString('en')} prices`)
const be = (count: number, one: string, many: string) => `${prices(count)} ${count === 1 ? one : many}`

/** @returns what went wrong and what to do; null: nothing did */
function problemOf({ missed, startStuck, conflicts, refused, notEnded }: Trouble): string | null {
  if (notEnded > 0)
    return `${prices(notEnded)} did not go back at the end. Change the base price of these products, or ask for the log of the workers; the end goes on by itself.`
  if (missed) return 'No price was changed. Open the edit, preview it again and plan it for another time.'
  if (startStuck)
    return 'It has not started yet: no worker runs, or another change holds one of its prices. Look at the workers on the Freshness page; it starts by itself.'
  const left = [
    conflicts > 0 &&
      `${prices(conflicts)} did not start: edited after the preview. Open the edit and retry the conflicts.`,
    refused > 0 && `${prices(refused)} did not start: refused. Open the edit to see why, and retry the refused.`,
  ].filter((one) => one !== false)
  return left.length === 0 ? null : left.join(' ')
}

/** @returns what will not be as it was planned and what to do; null: nothing */
function warningOf({ notReduced, editedSince }: Risk, state: string): string | null {
  if (editedSince > 0)
    return `${be(editedSince, 'was', 'were')} edited after the preview and will stay as ${editedSince === 1 ? 'it is' : 'they are'}. Make a new preview to change ${editedSince === 1 ? 'it' : 'them'} too.`
  if (notReduced === 0) return null
  return `${prices(notReduced)} of this sale ${notReduced === 1 ? 'is' : 'are'} not below the base price. ${
    state === 'pending' ? 'Make a new preview, or change the base price.' : 'Change the base price, or end the sale.'
  }`
}

export interface Attention {
  readonly trouble: Trouble
  readonly risk: Risk
}

export function attentionOf({ trouble, risk }: Attention, state: string) {
  return { problem: problemOf(trouble), warning: warningOf(risk, state) }
}

/** A schedule that did not reach all of its prices. */
export interface ScheduleProblem {
  readonly id: string
  readonly bulkEditId: string
  readonly reason: string
  readonly problem: string
  /** Prices of a sale that is over are shown. */
  readonly atEnd: boolean
}

const MAX_LISTED = 20

/** Begun and not ended, due, or of the last day. */
const OF_NOW = Prisma.sql`(s.state = 'running' OR (s.state = 'pending' AND s.starts_at < clock_timestamp())
  OR (s.state IN ('done', 'failed') AND s.starts_at > clock_timestamp() - interval '1 day'))`

/** The problems of the last day and of running schedules. The newest first. */
export async function scheduleProblems(db: Db): Promise<ScheduleProblem[]> {
  const rows = await db.$queryRaw<{ id: string; bulkEditId: string; reason: string; trouble: Trouble }[]>`
    SELECT s.id, s.bulk_edit_id AS "bulkEditId", e.reason, ${TROUBLE} AS trouble
    FROM price_schedules s JOIN bulk_edits e ON e.id = s.bulk_edit_id WHERE ${OF_NOW} ORDER BY s.starts_at DESC, s.id`
  return rows
    .flatMap(({ trouble, ...schedule }) => {
      const problem = problemOf(trouble)
      return problem === null ? [] : [{ ...schedule, problem, atEnd: trouble.notEnded > 0 }]
    })
    .slice(0, MAX_LISTED)
}

/** A schedule that a price manager must do something about. */
export interface ScheduleNotice {
  readonly id: string
  readonly bulkEditId: string
  readonly reason: string
  readonly problem: string | null
  readonly warning: string | null
}

/** The problems as scheduleProblems has them, and the warnings of what is planned or runs. The newest first. */
export async function scheduleNotices(): Promise<ScheduleNotice[]> {
  const rows = await db().$queryRaw<(Omit<ScheduleNotice, 'problem' | 'warning'> & Attention & { state: string })[]>`
    SELECT s.id, s.bulk_edit_id AS "bulkEditId", e.reason, s.state::text AS state, ${ATTENTION_COLUMNS}
    FROM price_schedules s JOIN bulk_edits e ON e.id = s.bulk_edit_id
    WHERE (${OF_NOW} OR s.state = 'pending') AND ${NEEDS_ATTENTION} ORDER BY s.starts_at DESC, s.id LIMIT ${MAX_LISTED}`
  return rows.map(({ trouble, risk, state, ...schedule }) => ({
    ...schedule,
    ...attentionOf({ trouble, risk }, state),
  }))
}
