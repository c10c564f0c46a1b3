/** A node of a syntax tree as the parser gives it. */
export interface SyntaxNode {
  readonly type: string
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'type') === 'string'
}

/** A field of a node. */
export function fieldOf(node: SyntaxNode, name: string): unknown {
  return Reflect.get(node, name)
}

/** Where it stands, how it was written, and what only the type checker reads. */
const leftOut = new Set([
  'type',
  'start',
  'end',
  'loc',
  'range',
  'extra',
  'errors',
  'comments',
  'leadingComments',
  'innerComments',
  'trailingComments',
  'typeAnnotation',
  'returnType',
  'typeParameters',
  'typeArguments',
  'superTypeParameters',
  'superTypeArguments',
  'implements',
  'accessibility',
  'readonly',
  'override',
  'definite',
  'abstract',
  'declare',
  'importKind',
  'exportKind',
  'shorthand',
])

/** A value with something that only the type checker reads around it. */
const wrappers = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'TSTypeAssertion',
  'TSInstantiationExpression',
])

/** What TypeScript has that exists at run time as well. */
const atRunTime = new Set([
  'TSEnumDeclaration',
  'TSEnumBody',
  'TSEnumMember',
  'TSModuleDeclaration',
  'TSModuleBlock',
  'TSParameterProperty',
  'TSExportAssignment',
  'TSImportEqualsDeclaration',
  'TSExternalModuleReference',
])

/** The node without what only the type checker reads; null where nothing is left of it. */
export function atRun(node: SyntaxNode): SyntaxNode | null {
  if (wrappers.has(node.type)) {
    const inner = fieldOf(node, 'expression')
    return isNode(inner) ? atRun(inner) : null
  }
  const isTypes = node.type.startsWith('TS') && !atRunTime.has(node.type)
  return isTypes || node.type === 'EmptyStatement' || fieldOf(node, 'declare') === true ? null : node
}

/** The fields of a node that say what it does, in the order of their names. */
export function meaningOf(node: SyntaxNode): readonly (readonly [string, unknown])[] {
  if (node.type === 'TemplateElement') {
    const value = fieldOf(node, 'value')
    const text = isObject(value) ? (Reflect.get(value, 'cooked') ?? Reflect.get(value, 'raw')) : value
    return [['text', text]]
  }
  return Object.entries(node)
    .filter(
      ([name, value]) =>
        !leftOut.has(name) &&
        value !== null &&
        value !== undefined &&
        value !== false &&
        !(name === 'optional' && node.type === 'Identifier'),
    )
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
}

/** A syntax tree as text: equal for code that differs in comments, layout, line ends, quotes and types alone. */
export function canonical(node: SyntaxNode): string {
  const left = atRun(node)
  if (left === null) return ''
  return `${left.type}(${meaningOf(left)
    .map(([name, value]) => `${name}:${valueText(value)}`)
    .join(',')})`
}

function valueText(value: unknown): string {
  if (isNode(value)) return canonical(value)
  if (Array.isArray(value)) {
    // A hole in a list counts, a type between statements does not.
    const texts = value.map((each: unknown) =>
      isNode(each) ? canonical(each) : (JSON.stringify(each) ?? ''),
    )
    return `[${texts.filter((text) => text !== '').join(',')}]`
  }
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'string') return JSON.stringify(value.replaceAll('\r\n', '\n'))
  return JSON.stringify(value) ?? ''
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
