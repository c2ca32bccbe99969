/**
 * Runs in a page. What sticks out of the screen, is cut off, lies over another thing that can be pressed, or stands askew in its row.
 * @returns a sentence for each; none where all is well
 */
export async function layoutFaults(): Promise<string[]> {
  await document.fonts.ready
  const faults: string[] = []
  const SLACK_PX = 1
  const named = (element: Element) =>
    `${element.tagName.toLowerCase()} “${(element.getAttribute('aria-label') ?? element.textContent ?? '').trim().slice(0, 40)}”`
  const shown = (selector: string) =>
    [...document.querySelectorAll<HTMLElement>(selector)].filter(
      (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest('.visually-hidden'),
    )
  const sticksOut = document.documentElement.scrollWidth - innerWidth
  if (sticksOut > 0) faults.push(`scrolls sideways by ${sticksOut} px`)

  const pressed = 'a, button, summary, input:not([type=hidden]), select'
  for (const element of shown(`${pressed}, h1, h2, h3, label, legend, th, dt, [data-price-version], [data-stock]`)) {
    if (element instanceof HTMLInputElement) continue
    const { scrollWidth, clientWidth } = element
    if (clientWidth > 0 && scrollWidth > clientWidth + SLACK_PX)
      faults.push(`${named(element)} is ${scrollWidth - clientWidth} px wider than its place`)
  }

  const pen = new OffscreenCanvas(1, 1).getContext('2d')
  for (const field of shown('select, input[placeholder]')) {
    const chosen =
      field instanceof HTMLSelectElement ? field.selectedOptions[0]?.text : field.getAttribute('placeholder')
    const { font, paddingInlineStart, paddingInlineEnd } = getComputedStyle(field)
    if (!pen || !chosen) continue
    pen.font = font
    const room = field.clientWidth - parseFloat(paddingInlineStart) - parseFloat(paddingInlineEnd)
    const cut = pen.measureText(chosen.trim()).width - room
    if (cut > SLACK_PX) faults.push(`“${chosen.trim()}” is ${Math.round(cut)} px longer than its field`)
  }

  const boxes = shown(pressed).flatMap((element) => {
    let rects = [...element.getClientRects()]
    for (let at: HTMLElement | null = element; at; at = at.parentElement) {
      const { position, overflowY } = getComputedStyle(at)
      // A bar at the edge of the screen lies over the page by design.
      if (/fixed|sticky/.test(position)) return []
      // What a list has scrolled away lies under nothing.
      const { top, bottom } = at.getBoundingClientRect()
      if (/auto|scroll/.test(overflowY)) rects = rects.filter((rect) => rect.top < bottom && rect.bottom > top)
    }
    return [{ element, rects }]
  })
  for (const [i, one] of boxes.entries())
    for (const other of boxes.slice(i + 1)) {
      // The button of a search stands in its field.
      if (one.element.contains(other.element) || other.element.closest('search')?.contains(one.element)) continue
      const lies = one.rects.some((a) =>
        other.rects.some(
          (b) =>
            Math.min(a.right, b.right) - Math.max(a.left, b.left) > SLACK_PX &&
            Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > SLACK_PX,
        ),
      )
      if (lies) faults.push(`${named(one.element)} and ${named(other.element)} lie over each other`)
    }

  const rows = Map.groupBy(shown('li:has(> article)'), (card) => Math.round(card.getBoundingClientRect().top))
  for (const cards of rows.values())
    for (const part of ['article', 'article :is(h2, h3)', 'article [data-price-version]', 'article [data-stock]']) {
      const places = cards.flatMap((card) => {
        const rect = card.querySelector(part)?.getBoundingClientRect()
        if (!rect) return []
        return [Math.round(part === 'article' ? rect.height : rect.top)]
      })
      if (new Set(places).size > 1) faults.push(`${part} of a row: ${places.join(', ')}`)
    }
  return faults
}
