import { atRun, canonical, fieldOf, isNode, meaningOf, type SyntaxNode } from './canonical.ts'

/** A stretch of code: what it does, and what it names. */
export interface Piece {
  readonly text: string
  /** Names that may be those of declarations of the module. */
  readonly names: readonly string[]
  /** Modules that it loads when it runs. */
  readonly loads: readonly string[]
  /** Files that it reads as it runs: by a path from the project (`./`), or by a URL from its module (`url:`). */
  readonly reads: readonly string[]
}

/** A field of a definition, and whether its function is written out there. */
export interface FieldPiece extends Piece {
  readonly isFunction: boolean
}

/** The import that a name of a module stands for; `name` null: the module as a whole. */
export interface Import {
  readonly from: string
  readonly name: string | null
}

/** A module as far as it matters for what depends on what. */
export interface ModuleShape {
  readonly imports: Readonly<Record<string, Import>>
  /** By name; a name may be declared in several pieces. */
  readonly declarations: Readonly<Record<string, readonly Piece[]>>
  /** By the name that others know: a name of this module, or of another. */
  readonly exports: Readonly<Record<string, string | Import>>
  /** Modules whose exports are handed on. */
  readonly handsOn: readonly string[]
  /** Statements that declare nothing, and modules that are imported for what they do. */
  readonly effects: readonly Piece[]
  /** The fields of each definition that is written out, by the name of its declaration; `...` is what is spread into it. */
  readonly definitions: Readonly<Record<string, Readonly<Record<string, FieldPiece>>>>
}

/** Names for `export default`, for spread fields, and of the functions that define a job. */
export const defaultName = '*default'
export const spreadField = '...'
const definers = new Set(['defineJob', 'defineEmbedding'])

interface Draft {
  readonly imports: Record<string, Import>
  readonly declarations: Record<string, Piece[]>
  readonly exports: Record<string, string | Import>
  readonly handsOn: string[]
  readonly effects: Piece[]
  readonly definitions: Record<string, Record<string, FieldPiece>>
}

/** The shape of a module from its syntax tree (`program`). */
export function shapeOf(program: SyntaxNode): ModuleShape {
  const draft: Draft = {
    imports: {},
    declarations: {},
    exports: {},
    handsOn: [],
    effects: [],
    definitions: {},
  }
  for (const statement of nodesIn(program, 'body')) readStatement(draft, statement)
  return draft
}

function readStatement(draft: Draft, given: SyntaxNode): void {
  const statement = atRun(given)
  if (statement === null) return
  const { type } = statement
  if (type === 'ImportDeclaration') readImport(draft, statement)
  else if (type === 'ExportAllDeclaration') draft.handsOn.push(sourceOf(statement) ?? '')
  else if (type === 'ExportNamedDeclaration') readExports(draft, statement)
  else if (type === 'ExportDefaultDeclaration') readDefault(draft, statement)
  else declare(draft, statement)
}

function readImport({ imports, effects }: Draft, statement: SyntaxNode): void {
  if (fieldOf(statement, 'importKind') === 'type') return
  const from = sourceOf(statement) ?? ''
  const specifiers = nodesIn(statement, 'specifiers')
  if (specifiers.length === 0) effects.push({ text: `import ${from}`, names: [], loads: [from], reads: [] })
  for (const specifier of specifiers) {
    const local = nameOf(fieldOf(specifier, 'local'))
    if (local === null) continue
    const name =
      specifier.type === 'ImportNamespaceSpecifier'
        ? null
        : specifier.type === 'ImportDefaultSpecifier'
          ? 'default'
          : nameOf(fieldOf(specifier, 'imported'))
    imports[local] = { from, name }
  }
}

function readExports(draft: Draft, statement: SyntaxNode): void {
  if (fieldOf(statement, 'exportKind') === 'type') return
  const declaration = fieldOf(statement, 'declaration')
  if (isNode(declaration)) {
    const left = atRun(declaration)
    if (left !== null) for (const name of declare(draft, left)) draft.exports[name] = name
    return
  }
  const from = sourceOf(statement)
  for (const specifier of nodesIn(statement, 'specifiers')) {
    const exported = nameOf(fieldOf(specifier, 'exported'))
    const local = nameOf(fieldOf(specifier, 'local'))
    if (exported === null) continue
    if (from === null) draft.exports[exported] = local ?? exported
    else
      draft.exports[exported] = { from, name: specifier.type === 'ExportNamespaceSpecifier' ? null : local }
  }
}

function readDefault(draft: Draft, statement: SyntaxNode): void {
  const declaration = fieldOf(statement, 'declaration')
  const left = isNode(declaration) ? atRun(declaration) : null
  if (left === null) return
  const named = nameOf(left.type === 'Identifier' ? left : fieldOf(left, 'id'))
  if (named !== null && left.type !== 'Identifier') declare(draft, left)
  else if (named === null) {
    add(draft, defaultName, pieceOf(left))
    readDefinition(draft, defaultName, left)
  }
  draft.exports['default'] = named ?? defaultName
}

/** Notes what a statement declares, or that it declares nothing; returns the names. */
function declare(draft: Draft, statement: SyntaxNode): readonly string[] {
  if (statement.type === 'VariableDeclaration') {
    const kind = String(fieldOf(statement, 'kind'))
    return nodesIn(statement, 'declarations').flatMap((declarator) => {
      const piece = pieceOf(declarator)
      const names = patternNames(fieldOf(declarator, 'id'))
      for (const name of names) add(draft, name, { ...piece, text: `${kind} ${piece.text}` })
      const [only] = names
      const init = fieldOf(declarator, 'init')
      if (only !== undefined && isNode(init)) readDefinition(draft, only, init)
      return names
    })
  }
  const id = nameOf(fieldOf(statement, 'id'))
  const declares = statement.type.endsWith('Declaration') && id !== null
  if (!declares) {
    draft.effects.push(pieceOf(statement))
    return []
  }
  add(draft, id, pieceOf(statement))
  return [id]
}

function add({ declarations }: Draft, name: string, piece: Piece): void {
  declarations[name] = [...(Object.hasOwn(declarations, name) ? (declarations[name] ?? []) : []), piece]
}

/** Takes `defineJob({ … })` apart, where it is written out. */
function readDefinition(draft: Draft, name: string, given: SyntaxNode): void {
  const call = atRun(given)
  if (call?.type !== 'CallExpression' || !isDefiner(draft, fieldOf(call, 'callee'))) return
  const [argument] = nodesIn(call, 'arguments')
  const literal = argument && atRun(argument)
  if (literal?.type !== 'ObjectExpression') return
  const fields: Record<string, FieldPiece> = {}
  const spread: Piece[] = []
  for (const property of nodesIn(literal, 'properties')) {
    const key = fieldOf(property, 'computed') === true ? null : nameOf(fieldOf(property, 'key'))
    if (property.type === 'SpreadElement' || key === null) spread.push(pieceOf(property))
    else fields[key] = { ...pieceOf(property), isFunction: isFunction(property) }
  }
  if (spread.length > 0) fields[spreadField] = { ...joined(spread), isFunction: false }
  draft.definitions[name] = fields
}

function isFunction(property: SyntaxNode): boolean {
  const value = fieldOf(property, 'value')
  return property.type === 'ObjectMethod' || (isNode(value) && value.type.endsWith('FunctionExpression'))
}

function isDefiner({ imports }: Draft, callee: unknown): boolean {
  const name = nameOf(callee)
  if (name === null || !Object.hasOwn(imports, name)) return false
  const found = imports[name]
  return found?.from === 'offpeak' && definers.has(found.name ?? '')
}

function joined(pieces: readonly Piece[]): Piece {
  return {
    text: pieces.map(({ text }) => text).join(';'),
    names: pieces.flatMap(({ names }) => names),
    loads: pieces.flatMap(({ loads }) => loads),
    reads: pieces.flatMap(({ reads }) => reads),
  }
}

function pieceOf(node: SyntaxNode): Piece {
  const found: Found = { names: new Set(), loads: new Set(), reads: new Set() }
  collect(node, found)
  return {
    text: canonical(node),
    names: [...found.names],
    loads: [...found.loads],
    reads: [...found.reads],
  }
}

interface Found {
  readonly names: Set<string>
  readonly loads: Set<string>
  readonly reads: Set<string>
}

/** Every name that may be one of the module: all but those of properties. */
function collect(given: SyntaxNode, found: Found): void {
  const node = atRun(given)
  if (node === null) return
  const own = node.type === 'Identifier' || node.type === 'JSXIdentifier' ? nameOf(node) : null
  if (own !== null) found.names.add(own)
  const loaded = loadedBy(node)
  if (loaded !== null) found.loads.add(loaded)
  const read = readBy(node)
  if (read !== null) found.reads.add(read)
  const isNamed = fieldOf(node, 'computed') !== true
  for (const [field, value] of meaningOf(node)) {
    if (isNamed && (field === 'property' || field === 'key')) continue
    for (const each of Array.isArray(value) ? value : [value]) if (isNode(each)) collect(each, found)
  }
}

/** `template('prompts/a.md', …)`, `new URL('../prompts/a.md', import.meta.url)`. */
function readBy(node: SyntaxNode): string | null {
  const callee = nameOf(fieldOf(node, 'callee'))
  const text = textOf(nodesIn(node, 'arguments')[0])
  if (text === null) return null
  if (node.type === 'CallExpression' && callee === 'template') return `./${text}`
  return node.type === 'NewExpression' && callee === 'URL' ? `url:${text}` : null
}

/** `import('./x.ts')`, `require('./x')`. */
function loadedBy(node: SyntaxNode): string | null {
  if (node.type === 'ImportExpression') return textOf(fieldOf(node, 'source'))
  if (node.type !== 'CallExpression') return null
  const callee = fieldOf(node, 'callee')
  const loads = isNode(callee) && (callee.type === 'Import' || nameOf(callee) === 'require')
  return loads ? textOf(nodesIn(node, 'arguments')[0]) : null
}

function patternNames(pattern: unknown): readonly string[] {
  if (!isNode(pattern)) return []
  if (pattern.type === 'Identifier') return [nameOf(pattern) ?? '']
  const inner = ['elements', 'properties', 'argument', 'left'].flatMap((field): readonly unknown[] => {
    const value = fieldOf(pattern, field)
    return Array.isArray(value) ? value : [value]
  })
  const values = pattern.type === 'ObjectProperty' ? [fieldOf(pattern, 'value')] : inner
  return values.flatMap(patternNames)
}

function nodesIn(node: SyntaxNode, field: string): readonly SyntaxNode[] {
  const value = fieldOf(node, field)
  return Array.isArray(value) ? value.filter(isNode) : []
}

function sourceOf(statement: SyntaxNode): string | null {
  return textOf(fieldOf(statement, 'source'))
}

function textOf(node: unknown): string | null {
  if (!isNode(node) || node.type !== 'StringLiteral') return null
  const value = fieldOf(node, 'value')
  return typeof value === 'string' ? value : null
}

/** The name of an identifier, or of an export that is written as a text. */
function nameOf(node: unknown): string | null {
  if (!isNode(node)) return null
  const name = fieldOf(node, 'name')
  return typeof name === 'string' ? name : textOf(node)
}
