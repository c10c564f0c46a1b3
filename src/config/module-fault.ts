import { messageOf, OffpeakError } from '../domain/errors.ts'
import { userPlace } from '../domain/user-code.ts'

const notFound =
  /Cannot find (?:module|package) '([^']+)'(?:[^]*?(?:Require stack:\n- |imported from )([^\n]+))?/
const unknownKind = /Unknown file extension "([^"]+)" for ([^\n]+)/

/** An error for a file of the project that cannot be loaded, with its fix as far as that can be told. */
export function cannotLoad(thrown: unknown, where: string, tsconfigFault: Error | null): OffpeakError {
  const said = messageOf(thrown)
    .split('\nRequire stack:')[0]
    ?.replace(/^TRANSFORM_ERROR: /, '')
    .trim()
  const place = userPlace(thrown)
  return new OffpeakError('E_JOB_FILE', `the file cannot be loaded: ${said}`, {
    where:
      place === null || where.endsWith(place.split(':')[0] ?? '') ? (place ?? where) : `${where} (${place})`,
    fix: fixFor(messageOf(thrown), place, tsconfigFault),
    cause: thrown,
  })
}

function fixFor(said: string, place: string | null, tsconfigFault: Error | null): string {
  const [, name, from] = notFound.exec(said) ?? []
  if (name !== undefined) {
    if (/^\.{0,2}\//.test(name) || /^[a-z]:\\/i.test(name))
      return `there is no such file; the path is meant from ${from === undefined ? 'the file that imports it' : from.trim()}`
    if (tsconfigFault !== null)
      return `tsconfig.json cannot be read, so its \`paths\` are not followed: ${tsconfigFault.message}`
    if (/^(?:@\/|~)/.test(name))
      return `name it in \`compilerOptions.paths\` of the tsconfig.json next to the config file, or import it by its path`
    if (name.startsWith('#')) return `name it in \`imports\` of the package.json of the file that imports it`
    return `npm install ${packageOf(name)}; a path of tsconfig.json is found by \`compilerOptions.paths\` or \`baseUrl\` there`
  }
  const [, ending, path = ''] = unknownKind.exec(said) ?? []
  if (ending !== undefined)
    return `for its text: import text from './${path.split(/[\\/]/).at(-1)}' with { type: 'text' }`
  if (/\(\d+:\d+\)|:\d+:\d+/.test(said)) return 'fix the line that the message names'
  return place === null ? 'fix the file; with --verbose the whole stack is shown' : `fix it at ${place}`
}

/** The package of an import: `a/b` is of `a`, `@a/b/c` of `@a/b`. */
function packageOf(name: string): string {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/')
}
