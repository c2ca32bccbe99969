/** Makes the template of a page that Next has rendered with placeholders. */
import { cutFlight } from './cutFlight.ts'
import { cutHtml } from './cutHtml.ts'
import { slotsIn, type Part } from './parts.ts'
import type { Placeholders } from './placeholders.ts'
import { TemplateRefused } from './refused.ts'
import type { SlotPort } from './slots.ts'

export interface RenderedPage {
  readonly html: string
  readonly rscData?: Buffer | undefined
  readonly segmentData?: ReadonlyMap<string, Buffer> | undefined
}

/** The page, what the client router loads in its place, or one segment of that, by its path. */
export type Representation = 'html' | 'rsc' | `/${string}`

/** The parts of each representation. */
export type PageTemplate = ReadonlyMap<Representation, readonly Part[]>

function templateOf(
  { html, rscData, segmentData }: RenderedPage,
  cutText: (text: string) => Part[],
  cutData: (bytes: Buffer) => Part[],
): PageTemplate {
  const template = new Map<Representation, readonly Part[]>([['html', cutText(html)]])
  if (rscData) template.set('rsc', cutData(rscData))
  for (const [path, bytes] of segmentData ?? []) template.set(`/${path.replace(/^\//, '')}`, cutData(bytes))
  return template
}

/** A page without slots: its bytes as they are. */
export function fixedPage(page: RenderedPage): PageTemplate {
  return templateOf(
    page,
    (text) => [Buffer.from(text)],
    (bytes) => [bytes],
  )
}

function checkNothingLeft(parts: readonly Part[], placeholders: Placeholders): void {
  for (const part of parts) {
    if (part instanceof Uint8Array) {
      if (placeholders.remainsIn(Buffer.from(part))) throw new TemplateRefused('a value was made from a placeholder')
    } else if ('when' in part) checkNothingLeft(part.parts, placeholders)
    else if ('counted' in part) checkNothingLeft(part.counted, placeholders)
    else if ('embedded' in part) checkNothingLeft(part.embedded, placeholders)
  }
}

/**
 * @returns the template, and the tags of the rows whose payloads fill it
 * @throws {TemplateRefused} when the page cannot be filled exactly: it is to be rendered with the values themselves
 */
export function cutPage(
  page: RenderedPage,
  placeholders: Placeholders,
  leaves: SlotPort['leaves'],
): { template: PageTemplate; slots: string[] } {
  const template = templateOf(
    page,
    (text) => cutHtml(text, placeholders, leaves),
    (bytes) => cutFlight(bytes, placeholders),
  )
  const tags = new Set<string>()
  for (const parts of template.values()) {
    checkNothingLeft(parts, placeholders)
    for (const slot of slotsIn(parts)) for (const name of slot.tags) tags.add(name)
  }
  return { template, slots: [...tags] }
}
