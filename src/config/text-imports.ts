/** What of Babel and its nodes is used. */
interface Babel {
  readonly template: {
    statements(code: string, options: object): () => unknown
    expression(code: string, options: object): () => unknown
  }
}
interface AstNode {
  readonly type: string
  readonly name?: string
  readonly value?: unknown
}
interface ImportNode {
  readonly source: AstNode
  readonly specifiers: readonly {
    readonly type: string
    readonly local: AstNode
    readonly imported?: AstNode
  }[]
  readonly attributes?: readonly { readonly key: AstNode; readonly value: AstNode }[]
}
interface CallNode {
  readonly callee: AstNode
  readonly arguments: readonly [AstNode?, AstNode?]
}
interface AstPath<Node> {
  readonly node: Node
  replaceWith(node: unknown): void
  replaceWithMultiple(nodes: unknown): void
}
interface ProgramPath {
  traverse(visitor: {
    ImportDeclaration(path: AstPath<ImportNode>): void
    CallExpression(path: AstPath<CallNode>): void
  }): void
  readonly scope: { crawl(): void }
}

const asWritten = { placeholderPattern: false }

/**
 * A Babel plugin for imports of a file's text: `import text from './prompt.md?raw'`, as Vite has it, and
 * `import text from './prompt.md' with { type: 'text' }` (https://github.com/tc39/proposal-import-text), also as
 * `import(…)`. They are read when the module is.
 */
export function textImports({ template }: Babel): object {
  return {
    name: 'text-imports',
    visitor: {
      Program(program: ProgramPath) {
        let isChanged = false
        program.traverse({
          ImportDeclaration(path) {
            const name = textPath(path.node.source, path.node.attributes ?? [])
            if (name === null) return
            const lines = path.node.specifiers.map((specifier) => {
              const isDefault =
                specifier.type === 'ImportDefaultSpecifier' || nameOf(specifier.imported) === 'default'
              return `const ${nameOf(specifier.local)} = ${isDefault ? readText(name) : moduleOf(name)};`
            })
            path.replaceWithMultiple(template.statements(lines.join('\n'), asWritten)())
            isChanged = true
          },
          CallExpression(path) {
            const [source, options] = path.node.arguments
            if (path.node.callee.type !== 'Import' || !source) return
            const name = textPath(source, attributesOf(options))
            if (name !== null)
              path.replaceWith(template.expression(`Promise.resolve(${moduleOf(name)})`, asWritten)())
          },
        })
        if (isChanged) program.scope.crawl()
      },
    },
  }
}

/** The file that is meant as a text; null: the import is another. */
export function textPath(source: AstNode, attributes: ImportNode['attributes'] & object): string | null {
  const { value } = source
  if (source.type !== 'StringLiteral' || typeof value !== 'string') return null
  const isMarked = value.endsWith('?raw')
  const saysText = attributes.some((entry) => nameOf(entry.key) === 'type' && entry.value.value === 'text')
  if (!isMarked && !saysText) return null
  return isMarked ? value.slice(0, -'?raw'.length) : value
}

/** The attributes in `{ with: { type: 'text' } }`, where they are written out. */
function attributesOf(options: AstNode | undefined): ImportNode['attributes'] & object {
  const inner = entriesOf(options).find(({ key }) => nameOf(key) === 'with')
  return entriesOf(inner?.value)
}

function entriesOf(node: AstNode | undefined): ImportNode['attributes'] & object {
  const properties: unknown = node?.type === 'ObjectExpression' && Reflect.get(node, 'properties')
  return Array.isArray(properties) ? properties.filter(({ type }) => type === 'ObjectProperty') : []
}

function nameOf(node: AstNode | undefined): string {
  const name = node?.name ?? node?.value
  return typeof name === 'string' ? name : ''
}

/** The expression that reads the text, in the module that asks for it. */
function readText(name: string): string {
  const path = /^\.{0,2}\//.test(name)
    ? `require('node:path').resolve(__dirname, ${JSON.stringify(name)})`
    : `jitiESMResolve(${JSON.stringify(name)})`
  return `require('node:fs').readFileSync(${path}, 'utf8').replace(/^\\uFEFF/, '')`
}

function moduleOf(name: string): string {
  return `{ default: ${readText(name)} }`
}
