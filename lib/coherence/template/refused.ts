/** A page of which no template can be made: it is rendered with the values themselves. */
export class TemplateRefused extends Error {
  override readonly name = 'TemplateRefused'
}
