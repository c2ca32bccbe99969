/** @param text as `escapedJson` makes it: nothing in it can end the element */
export function JsonLd({ text }: { text: string }) {
  // oxlint-disable-next-line react/no-danger -- see above
  return <script type="application/ld+json" dangerouslySetInnerHTML={{ __html: text }} />
}
