/** The ref of the current link in a row that is longer than a phone is wide: scrolls the row to it, and not the page. */
export function bringIntoRow(link: HTMLElement | null): void {
  const row = link?.parentElement
  if (row) row.scrollLeft = link.offsetLeft - row.offsetLeft - (row.clientWidth - link.clientWidth) / 2
}
