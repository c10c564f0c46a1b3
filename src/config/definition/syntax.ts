import { canonical, fieldOf, isNode, type SyntaxNode } from './canonical.ts'

/** The part of the module loader that is used: it has a parser of TypeScript inside. */
export interface Transforming {
  transform(options: {
    source: string
    filename: string
    ts: boolean
    jsx: boolean
    babel: { plugins: readonly unknown[] }
  }): string
}

/** Ends the translation when the tree is there: nobody needs what it would make of it. */
const enough = new Error('the tree is all that is wanted')

/** The syntax tree (`program`) of a file's text, as it was written; null where it cannot be read. */
export function parseModule(jiti: Transforming, source: string, filename: string): SyntaxNode | null {
  let program: unknown = null
  const look = (): object => ({
    name: 'look',
    pre(file: { readonly ast: { readonly program: unknown } }) {
      program = file.ast.program
      throw enough
    },
  })
  try {
    const ts = /\.[cm]?tsx?$/.test(filename)
    jiti.transform({ source, filename, ts, jsx: filename.endsWith('x'), babel: { plugins: [look] } })
  } catch (thrown) {
    if (thrown !== enough) return null
  }
  return isNode(program) ? program : null
}

/** The text of a function (`toString()`) without comments, layout and line ends. */
export function functionText(jiti: Transforming, text: string): string {
  for (const source of [`(${text})`, `({${text}})`]) {
    const program = parseModule(jiti, source, 'function.js')
    const body = program === null ? null : fieldOf(program, 'body')
    if (Array.isArray(body) && isNode(body[0])) return canonical(body[0])
  }
  return text.replaceAll(/\s+/g, ' ')
}
