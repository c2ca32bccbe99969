/** A page that cannot become a template: it is rendered with its values. */
export class TemplateRefused extends Error {
  override readonly name = 'TemplateRefused'
}
