/** What of Babel and its nodes is used. */
interface Babel {
  readonly template: {
    expression(code: string, options: object): (parts: object) => unknown
  }
}
interface Field {
  readonly key: { readonly type: string; readonly name?: string; readonly value?: string | number }
  readonly static?: boolean
  readonly computed?: boolean
  readonly declare?: boolean
  definite?: boolean
  decorators?: readonly { readonly expression: unknown }[] | null
}
interface FieldPath {
  readonly node: Field
  remove(): void
  insertAfter(node: unknown): void
}
interface ProgramPath {
  traverse(visitor: Readonly<Record<'ClassProperty', (path: FieldPath) => void>>): void
}

/**
 * A Babel plugin for fields of classes as TypeScript has them: `declare id: string` is nothing at run time, and the
 * decorators of `@Column() title!: string` are called with the prototype and the name, as `experimentalDecorators` does
 * (https://www.typescriptlang.org/docs/handbook/decorators.html#property-decorators). Metadata of types is not emitted.
 */
export function classFields({ template }: Babel): object {
  const applied = template.expression(`DECORATOR(TARGET, NAME, undefined)`, {
    placeholderPattern: /^(?:DECORATOR|TARGET|NAME)$/,
  })
  const target = (isStatic: boolean): unknown => {
    const self = { type: 'ThisExpression' }
    const property = { type: 'Identifier', name: 'prototype' }
    return isStatic ? self : { type: 'MemberExpression', object: self, property, computed: false }
  }
  const look = (path: FieldPath): void => {
    const { node } = path
    const { decorators, key } = node
    const name = key.name ?? key.value
    if (decorators && decorators.length > 0 && node.computed !== true && name !== undefined) {
      const body = decorators.toReversed().map(({ expression }) => ({
        type: 'ExpressionStatement',
        expression: applied({
          DECORATOR: expression,
          TARGET: target(node.static === true),
          NAME: { type: 'StringLiteral', value: String(name) },
        }),
      }))
      path.insertAfter({ type: 'StaticBlock', body })
      node.decorators = null
    }
    if (node.declare === true) path.remove()
    else if (node.definite === true) node.definite = false
  }
  return {
    name: 'class-fields',
    visitor: { Program: (path: ProgramPath) => path.traverse({ ClassProperty: look }) },
  }
}
