/** The little of ESTree that the house rules look at. */
export interface Node {
  readonly type: string
  readonly value?: unknown
  readonly name?: string
  readonly quasis?: readonly { readonly value: { readonly cooked: string } }[]
  readonly arguments?: readonly Node[]
  readonly callee?: Node
  readonly object?: Node
  readonly property?: Node
  readonly left?: Node
  readonly right?: Node
  readonly operator?: string
  readonly regex?: { readonly pattern: string }
  readonly typeAnnotation?: Node
  readonly source?: Node
  readonly properties?: readonly { readonly key?: Node }[]
  readonly specifiers?: readonly Node[]
  readonly imported?: Node
}

export interface Context {
  readonly filename: string
  report(problem: { node: Node; message: string }): void
}
