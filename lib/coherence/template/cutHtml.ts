/**
 * Cuts the HTML of a page at its placeholders. The flight data that Next embeds in it, in scripts that are divided at any place, is
 * joined and cut as such.
 */
import { Parser } from 'htmlparser2'
import { cutFlight } from './cutFlight.ts'
import { embeddedText, type Part, type Slot } from './parts.ts'
import type { FoundPlaceholder, Placeholders } from './placeholders.ts'
import { TemplateRefused } from './refused.ts'
import type { SlotPort } from './slots.ts'

const PUSH = /<script>self\.__next_f\.push\((\[1,"(?:[^"\\]|\\.)*"\])\)<\/script>/g
const ANY_PUSH = 'self.__next_f.push('
const PUSH_START = '<script>self.__next_f.push([1,"'
const PUSH_END = '"])</script>'

interface Element {
  readonly name: string
  readonly start: number
  end: number
}

interface Located {
  readonly found: FoundPlaceholder
  readonly slot: Slot
  readonly element: Element | undefined
}

function elementsOf(html: string): Element[] {
  const elements: Element[] = []
  const open: Element[] = []
  const parser = new Parser({
    onopentag(name) {
      const element = { name, start: parser.startIndex, end: html.length }
      elements.push(element)
      open.push(element)
    },
    onclosetag() {
      const element = open.pop()
      if (element) element.end = parser.endIndex + 1
    },
  })
  parser.end(html)
  return elements
}

/** Each placeholder with the smallest element around it. */
function locate(html: string, placeholders: Placeholders): Located[] {
  const found = placeholders.find(html)
  const elements = found.length === 0 ? [] : elementsOf(html)
  return found.map((one) => {
    const element = elements.findLast(({ start, end }) => start < one.start && one.end < end)
    const place = element?.name === 'script' ? 'script' : 'html'
    return { found: one, element, slot: { leaf: one.leaf, tags: one.tags, argument: one.argument, place } }
  })
}

const isWithin = ({ found }: Located, { start, end }: Pick<Element, 'start' | 'end'>) =>
  found.start >= start && found.end <= end

/** @param removable elements that go when a slot of theirs has no value, from the outer ones to the inner ones */
function cutRange(
  html: string,
  range: Pick<Element, 'start' | 'end'>,
  located: readonly Located[],
  removable: ReadonlyMap<Element, readonly Slot[]>,
): Part[] {
  const parts: Part[] = []
  let at = range.start
  const keep = (end: number) => {
    if (end > at) parts.push(Buffer.from(html.slice(at, end)))
    at = end
  }
  let next = at
  for (const one of located.filter((each) => isWithin(each, range))) {
    if (one.found.start < next) continue
    const element = [...removable.keys()].find(
      (outer) => isWithin(one, outer) && outer.start >= range.start && outer.end <= range.end,
    )
    if (element) {
      keep(element.start)
      const inner = new Map([...removable].filter(([other]) => other !== element))
      parts.push({ when: removable.get(element) ?? [], parts: cutRange(html, element, located, inner) })
      at = next = element.end
    } else {
      keep(one.found.start)
      parts.push(one.slot)
      at = next = one.found.end
    }
  }
  keep(range.end)
  return parts
}

/** The embedded flight data, and where it stands. */
function embeddedFlight(html: string): { start: number; end: number; flight: string } | undefined {
  const pushes = [...html.matchAll(PUSH)]
  const first = pushes[0]
  if (!first) {
    if (html.includes(ANY_PUSH)) throw new TemplateRefused('flight data is embedded in a way that is not known')
    return undefined
  }
  let end = first.index
  let flight = ''
  for (const { 0: script, 1: pushed = '', index } of pushes) {
    if (index !== end) throw new TemplateRefused('the scripts of the flight data are not contiguous')
    end += script.length
    const [, text]: unknown[] = JSON.parse(pushed)
    flight += String(text)
  }
  if (html.slice(0, first.index).includes(ANY_PUSH) || html.slice(end).includes(ANY_PUSH))
    throw new TemplateRefused('flight data is embedded in a way that is not known')
  return { start: first.index, end, flight }
}

/** As it stands in the string of a script. The counted text stays: its length is that of the text before. */
function embed(parts: readonly Part[]): Part[] {
  return parts.map((part) =>
    part instanceof Uint8Array ? Buffer.from(embeddedText(Buffer.from(part).toString())) : part,
  )
}

/**
 * @returns the template of `html`
 * @throws {TemplateRefused} when a placeholder stands where it cannot be filled
 */
export function cutHtml(html: string, placeholders: Placeholders, leaves: SlotPort['leaves']): Part[] {
  const embedded = embeddedFlight(html)
  const seam = embedded?.start ?? html.length
  const visible = embedded ? html.slice(0, seam) + html.slice(embedded.end) : html
  const located = locate(visible, placeholders)
  const removable = new Map<Element, Slot[]>()
  for (const { slot, element } of located) {
    if (!leaves[slot.leaf]?.optional) continue
    if (!element || (element.start < seam && element.end > seam))
      throw new TemplateRefused(`no element to leave out when ${slot.leaf} has no value`)
    removable.set(element, [...(removable.get(element) ?? []), slot])
  }
  const flight: Part[] = embedded
    ? [
        Buffer.from(PUSH_START),
        { embedded: embed(cutFlight(Buffer.from(embedded.flight), placeholders)) },
        Buffer.from(PUSH_END),
      ]
    : []
  return [
    ...cutRange(visible, { start: 0, end: seam }, located, removable),
    ...flight,
    ...cutRange(visible, { start: seam, end: visible.length }, located, removable),
  ]
}
